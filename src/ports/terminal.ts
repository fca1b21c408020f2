/** The person's side: two streams and what they can show. */
export interface Terminal {
  /** Data: stdout. Resolves false when the reader went away (EPIPE); the caller then stops without an error. */
  out(text: string): void;
  /** Everything else: stderr. */
  err(text: string): void;
  readonly isTty: boolean;
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
  readonly unicode: boolean;
}
