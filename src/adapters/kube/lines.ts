import { StringDecoder } from "node:string_decoder";

/** The lines of a byte stream, without their ends; a last line that has no end as well. A long line costs no copy per chunk. */
export async function* readLines(bytes: AsyncIterable<Buffer>): AsyncGenerator<string> {
  const decoder = new StringDecoder("utf8");
  let begun: string[] = [];
  for await (const chunk of bytes) {
    const text = decoder.write(chunk);
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      begun.push(text.slice(from, end));
      yield withoutReturn(begun.join(""));
      begun = [];
      from = end + 1;
    }
    if (from < text.length) begun.push(text.slice(from));
  }
  const rest = begun.join("") + decoder.end();
  if (rest !== "") yield withoutReturn(rest);
}

const withoutReturn = (line: string): string => (line.endsWith("\r") ? line.slice(0, -1) : line);
