/** The person's side: two streams and what they can show. */
export interface Terminal {
  /** Data: stdout. Does nothing any more once its reader went away (EPIPE). */
  out(text: string): void;
  /** Everything else: stderr. */
  err(text: string): void;
  /** The reader of stdout went away: the program ends without an error. */
  readonly closed: boolean;
  readonly isTty: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
  readonly unicode: boolean;
}
