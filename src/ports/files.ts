export type Listing = {
  /** The directories in it too, and so on. */
  readonly recursive: boolean;
  /** With more files than this it throws. */
  readonly atMost: number;
  readonly signal?: AbortSignal;
};

/** The person's files. `-` is standard input. Throws AppError InvalidFile that names the path. */
export interface Files {
  /** A text, which must be UTF-8. `maxBytes`: a larger one throws. */
  read(path: string, maxBytes?: number): Promise<string>;
  /**
   * The paths of the files in a directory, in the order of their names; undefined: it is a file. Links to directories are not followed.
   */
  list(path: string, listing: Listing): Promise<readonly string[] | undefined>;
}
