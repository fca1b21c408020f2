/** This program as it was started. */
export interface Program {
  /** The path it was called by, before any symbolic link is followed. */
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  /** "node 24.21.0" */
  readonly runtime: string;
  /** "linux/x64" */
  readonly platform: string;
  /** Makes `name` beside the program's path a link to it. "present" when it already is one. Throws AppError InvalidFile. */
  link(name: string): Promise<"created" | "present">;
}
