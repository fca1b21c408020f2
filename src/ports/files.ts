/** The person's files. `-` is standard input. Throws AppError InvalidFile that names the path. */
export interface Files {
  read(path: string): Promise<string>;
}
