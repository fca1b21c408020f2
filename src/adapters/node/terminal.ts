import type { Terminal } from "../../ports/terminal.ts";

type Env = Readonly<Record<string, string | undefined>>;

/** Colour unless the output is no terminal or the person said no; FORCE_COLOR overrules all but the flag --color. */
export function wantsColor(env: Env, isTty: boolean): boolean {
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== "") return env.FORCE_COLOR !== "0";
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== "") return false;
  return isTty && env.TERM !== "dumb";
}

/** Whether the locale can show more than ASCII. */
export function wantsUnicode(env: Env, platform: string): boolean {
  if (env.TERM === "linux" || env.TERM === "dumb") return false;
  if (platform === "win32") return env.WT_SESSION !== undefined || env.TERM_PROGRAM !== undefined;
  const locale = [env.LC_ALL, env.LC_CTYPE, env.LANG].find((value) => value !== undefined && value !== "");
  return /utf-?8/i.test(locale ?? "");
}

/** The process's own streams. `onClosed` is called once, when the reader of stdout went away. */
export function openTerminal(onClosed: () => void): Terminal {
  const { stdin, stdout, stderr, env, platform } = process;
  const isTty = stdout.isTTY === true;
  let closed = false;
  stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE" && error.code !== "EOF") throw error;
    if (closed) return;
    closed = true;
    onClosed();
  });
  // nobody is left to be told
  stderr.on("error", () => {});
  return {
    out: (text) => void (closed || stdout.write(text)),
    draw: (text) => void (closed || stdout.write(text)),
    err: (text) => void stderr.write(text),
    get closed() {
      return closed;
    },
    isTty,
    get canAsk() {
      return stdin.isTTY === true && stderr.isTTY === true;
    },
    ask: async (question, signal) => (await import("./ask.ts")).ask(question, { stdin, stderr }, signal),
    get columns() {
      return stdout.columns ?? 80;
    },
    get rows() {
      return stdout.rows ?? 24;
    },
    color: wantsColor(env, isTty),
    unicode: wantsUnicode(env, platform),
  };
}
