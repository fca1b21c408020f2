/** The process of a run, for other runs that find its traces. */
export interface ThisProcess {
  readonly pid: number;
  /** The name of the machine, or of the container. */
  readonly host: string;
  /**
   * Where process numbers mean the same as here: one place is one space of processes on one machine, from one start of it to the next.
   * Undefined where the system does not tell.
   */
  readonly place: string | undefined;
  /** Whether a process of this place has this number. */
  exists(pid: number): boolean;
}

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
  readonly process: ThisProcess;
  /** Makes `name` beside the program's path a link to it. "present" when it already is one. Throws AppError InvalidFile. */
  link(name: string): Promise<"created" | "present">;
}
