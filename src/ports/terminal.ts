/** The person's side: two streams and what they can show. */
export interface Terminal {
  /** Data: stdout. Does nothing any more once its reader went away (EPIPE). */
  out(text: string): void;
  /** To stdout, on a terminal: control sequences as they are. What others had a word in must be made harmless first. */
  draw(text: string): void;
  /** Everything else: stderr. */
  err(text: string): void;
  /** The reader of stdout went away: the program ends without an error. */
  readonly closed: boolean;
  readonly isTty: boolean;
  /** There is a person to ask: stdin and stderr are terminals. */
  readonly canAsk: boolean;
  /** Shows a question on stderr; the line that is typed, "" when input ended. Rejects with the signal's reason. */
  ask(question: string, signal: AbortSignal): Promise<string>;
  readonly columns: number;
  readonly rows: number;
  readonly color: boolean;
  readonly unicode: boolean;
}
