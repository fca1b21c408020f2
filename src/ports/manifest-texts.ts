export type TextLimits = { readonly maxBytes: number; readonly signal: AbortSignal };

/** The text at an http or https address. Throws AppError that names the address. */
export type FetchText = (url: string, limits: TextLimits) => Promise<string>;

/** What `kubectl kustomize` prints for a directory; what it says on stderr the person sees. Throws AppError that names the directory. */
export type Kustomize = (directory: string, limits: TextLimits) => Promise<string>;
