/** One property and the line its key begins on, counted from 1. */
export type Property = { readonly key: string; readonly value: string; readonly line: number };

/** `line` is where the fault is. */
export class MalformedProperties extends Error {
  override readonly name = "MalformedProperties";
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.line = line;
  }
}

type LogicalLine = { readonly text: string; readonly line: number };

const isBlank = (char: string | undefined): boolean => char === " " || char === "\t" || char === "\f";

/** Whether the line goes on: a backslash at its end that is itself escaped does not count. */
function endsInBackslash(text: string): boolean {
  let count = 0;
  while (text[text.length - 1 - count] === "\\") count += 1;
  return count % 2 === 1;
}

/**
 * Lines as java.util.Properties sees them: blank ones and comments left out, those that end in a backslash joined with the next. A joined
 * line that is still empty may begin a comment; what is joined to text may not.
 */
function* logicalLines(text: string): Generator<LogicalLine> {
  let pending: LogicalLine | undefined;
  const naturals = text.split(/\r\n|\r|\n/);
  if (naturals.at(-1) === "") naturals.pop(); // after the last line end
  for (const [index, natural] of naturals.entries()) {
    const content: string = natural.replace(/^[ \t\f]+/, "");
    const before: string = pending?.text ?? "";
    if (before === "" && (content === "" || content.startsWith("#") || content.startsWith("!"))) {
      pending = undefined;
      continue;
    }
    const line: number = pending?.line ?? index + 1;
    const joined = before + content;
    // what was joined before ended in an even number of backslashes, so counting those of the whole is right
    if (endsInBackslash(content)) pending = { text: joined.slice(0, -1), line };
    else {
      pending = undefined;
      yield { text: joined, line };
    }
  }
  if (pending !== undefined) yield pending;
}

const escapes: Readonly<Record<string, string>> = { t: "\t", n: "\n", r: "\r", f: "\f" };

function unescapeText(text: string, line: number): string {
  return text.replace(/\\(?:u([0-9a-fA-F]{4})|([\s\S]))/g, (_, code: string | undefined, char: string | undefined) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    if (char === "u") throw new MalformedProperties(line, "\\u is not followed by four hexadecimal digits");
    return escapes[char ?? ""] ?? char ?? "";
  });
}

/** Where the key ends: at the first blank, `=` or `:` that no backslash stands before. */
function keyLength(text: string): number {
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === "\\") at += 1;
    else if (char === "=" || char === ":" || isBlank(char)) return at;
  }
  return text.length;
}

function splitLine({ text, line }: LogicalLine): Property {
  const end = keyLength(text);
  const rest = text.slice(end).replace(/^[ \t\f]*[=:]?[ \t\f]*/, "");
  return { key: unescapeText(text.slice(0, end), line), value: unescapeText(rest, line), line };
}

/**
 * Reads the syntax of java.util.Properties, of a text that is decoded already. A key may come again; Java takes the last. Throws
 * MalformedProperties for `\u` without four digits.
 */
export const parseProperties = (text: string): Property[] => [...logicalLines(text)].map(splitLine);
