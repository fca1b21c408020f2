import { createInterface } from "node:readline";

type Streams = { readonly stdin: NodeJS.ReadableStream; readonly stderr: NodeJS.WritableStream };

/**
 * One question, one line. The terminal stays as it is: its own editing of lines works, and Ctrl-C ends the wait by the signal like any other.
 * "" when no line comes (Ctrl-D). Rejects with the signal's reason.
 */
export function ask(question: string, { stdin, stderr }: Streams, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  stderr.write(question);
  const lines = createInterface({ input: stdin, terminal: false });
  let ended = "\n";
  const stop = (): void => {
    reject(signal.reason);
    lines.close();
  };
  signal.addEventListener("abort", stop, { once: true });
  lines.once("line", (line) => {
    // the terminal has shown the end of the line itself
    ended = "";
    resolve(line);
    lines.close();
  });
  lines.once("close", () => {
    signal.removeEventListener("abort", stop);
    stderr.write(ended);
    // of no effect where a line came or the signal
    resolve("");
  });
  return promise;
}
