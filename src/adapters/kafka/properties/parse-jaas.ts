/** One login module of a JAAS configuration. */
export type LoginModule = { readonly name: string; readonly options: ReadonlyMap<string, string> };

/** The text is no JAAS configuration. The message never quotes it: it has passwords. */
export class MalformedJaas extends Error {
  override readonly name = "MalformedJaas";
}

type Token =
  | { readonly kind: "Word" | "Text"; readonly text: string }
  | { readonly kind: "Sign"; readonly sign: string }
  | { readonly kind: "Number" };

const octal = /^[0-3]?[0-7]{1,2}/;
const controls: Readonly<Record<string, string>> = { a: "\x07", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t", v: "\v" };

/** A quoted text from after its opening quote. Like Java's, it also ends with the line. */
function readQuoted(text: string, from: number, quote: string): { content: string; end: number } {
  let content = "";
  let at = from;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === quote) return { content, end: at + 1 };
    if (char === "\n" || char === "\r") return { content, end: at };
    at += 1;
    if (char !== "\\" || at >= text.length) {
      content += char === "\\" ? "" : char;
      continue;
    }
    const code = octal.exec(text.slice(at, at + 3))?.[0];
    const escaped = text.charAt(at);
    content += code === undefined ? (controls[escaped] ?? escaped) : String.fromCharCode(Number.parseInt(code, 8));
    at += code?.length ?? 1;
  }
  return { content, end: at };
}

// The syntax of java.io.StreamTokenizer as Kafka sets it up: a lone slash begins a comment too, and numbers are no words.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are blanks to the tokenizer
const space = /^[\x00-\x20]+/;
const comment = /^(?:\/\*[\s\S]*?(?:\*\/|$)|\/[^\r\n]*)/;
const word = /^[A-Za-z_$\u00a0-\uffff][A-Za-z0-9_$.\-\u00a0-\uffff]*/;
const number = /^(?:-?\.?[0-9]|-\.)[0-9.]*/;

function* tokens(text: string): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    const rest = text.slice(at);
    const skipped = space.exec(rest) ?? comment.exec(rest);
    const found = skipped === null ? (word.exec(rest) ?? number.exec(rest)) : null;
    const char = rest.charAt(0);
    if (skipped !== null) at += skipped[0].length;
    else if (found !== null) {
      at += found[0].length;
      yield word.test(found[0]) ? { kind: "Word", text: found[0] } : { kind: "Number" };
    } else if (char === '"' || char === "'") {
      const { content, end } = readQuoted(text, at + 1, char);
      at = end;
      yield { kind: "Text", text: content };
    } else {
      at += 1;
      yield { kind: "Sign", sign: char };
    }
  }
}

const isSign = (token: Token | undefined, sign: string): boolean => token?.kind === "Sign" && token.sign === sign;
const textOf = (token: Token | undefined): string | undefined =>
  token?.kind === "Word" || token?.kind === "Text" ? token.text : undefined;

const flags = new Set(["REQUIRED", "REQUISITE", "SUFFICIENT", "OPTIONAL"]);

function readModule(all: Token[]): LoginModule {
  const name = textOf(all.shift());
  const flag = textOf(all.shift());
  if (name === undefined) throw new MalformedJaas("it does not begin with the name of a login module");
  if (flag === undefined || !flags.has(flag.toUpperCase())) throw new MalformedJaas(`"required" is missing after the login module`);
  const options = new Map<string, string>();
  for (let token = all.shift(); !isSign(token, ";"); token = all.shift()) {
    if (token === undefined) throw new MalformedJaas("the semicolon at its end is missing");
    const key = textOf(token);
    const equals = all.shift();
    const value = all.shift();
    if (key === undefined || !isSign(equals, "=") || value === undefined) throw new MalformedJaas("it is not a list of name=value");
    const content = textOf(value);
    if (content === undefined) throw new MalformedJaas(`the value of ${key} has to stand in quotes`);
    options.set(key, content);
  }
  return { name, options };
}

/** Reads the value of `sasl.jaas.config`: login modules with options, each ended by a semicolon. Throws MalformedJaas. */
export function parseJaas(text: string): LoginModule[] {
  const all = [...tokens(text)];
  const modules: LoginModule[] = [];
  while (all.length > 0) modules.push(readModule(all));
  return modules;
}
