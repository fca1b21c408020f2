import type { Source } from "../manifest/read-manifests.ts";
import { AppError } from "../model/errors.ts";
import { formatBytes } from "../model/units.ts";
import type { Context } from "./context.ts";
import type { FlagValues } from "./flags.ts";
import type { manifestFlags } from "./manifest-flags.ts";
import { usageError } from "./usage-error.ts";

export type ManifestFlags = FlagValues<typeof manifestFlags>;

export type SourceContext = Pick<Context, "files" | "fetchText" | "kustomize" | "signal">;

/** The endings that kubectl takes from a directory. */
const isManifest = (path: string): boolean => /\.(yaml|yml|json)$/.test(path);
const isUrl = (place: string): boolean => /^https?:\/\//i.test(place);

/** Of one text. */
const maxBytes = 10_000_000;
/** Of all together. */
const maxCharacters = 50_000_000;
/** In a directory, manifests or not. */
const maxFiles = 100_000;

/** As it is shown: without a password that stands in a URL. */
const nameOf = (place: string): string => (isUrl(place) ? place.replace(/\/\/[^/@]*@/, "//") : place);

/** Whether the flags name manifests at all. Throws Usage when they contradict each other, as kubectl does. */
export function namesManifests({ filename, kustomize, recursive }: ManifestFlags): boolean {
  if (kustomize !== undefined && (filename.length > 0 || recursive))
    throw usageError("--kustomize goes with neither --filename nor --recursive");
  if (recursive && filename.length === 0) throw usageError("--recursive needs --filename DIRECTORY");
  return filename.length > 0 || kustomize !== undefined;
}

/** What is to be read for one --filename: itself, or the manifests of a directory. */
async function expand(place: string, { files, signal }: SourceContext, recursive: boolean): Promise<readonly string[]> {
  if (place === "-" || isUrl(place)) return [place];
  const found = await files.list(place, { recursive, atMost: maxFiles, signal });
  if (found === undefined) return [place];
  const manifests = found.filter(isManifest);
  if (manifests.length > 0) return manifests;
  throw new AppError("InvalidFile", `there is no manifest in ${place}: nothing ends in .yaml, .yml or .json`, {
    hint: recursive ? undefined : "with --recursive the directories in it are read too",
  });
}

/** The texts that the flags name, in their order; a directory's by the names of its files. Throws AppError that names what cannot be read. */
export async function readSources(context: SourceContext, { filename, recursive, kustomize }: ManifestFlags): Promise<Source[]> {
  const { files, fetchText, signal } = context;
  if (kustomize !== undefined) {
    const text = await context.kustomize(kustomize, { maxBytes, signal });
    return [{ name: `kubectl kustomize ${kustomize}`, text }];
  }
  const places = (await Promise.all(filename.map((place) => expand(place, context, recursive)))).flat();
  const sources: Source[] = [];
  let characters = 0;
  for (const place of new Set(places)) {
    signal.throwIfAborted();
    const text = isUrl(place) ? await fetchText(place, { maxBytes, signal }) : await files.read(place, maxBytes);
    sources.push({ name: nameOf(place), text });
    characters += text.length;
    if (characters > maxCharacters)
      throw new AppError("InvalidFile", `the manifests are larger than ${formatBytes(maxCharacters)} together`);
  }
  return sources;
}
