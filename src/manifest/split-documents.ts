/** A part of a text that is one document or more, and the line its first line has in the whole. */
export type Chunk = { readonly text: string; readonly line: number };

const linesIn = (text: string): number => text.split("\n").length - 1;

/** Comments and directives alone belong to the document after them. */
const hasContent = (text: string): boolean => /^[^\S\n]*[^\s#%]/m.test(text);

/** As kubectl does, at the lines that begin with ---, so that a fault in one document leaves the others readable. */
function* splitAtMarkers(text: string): Generator<Chunk> {
  let line = 1;
  let open = "";
  for (const part of text.split(/^(?=---(?:\s|$))/m)) {
    if (open !== "" && hasContent(open)) {
      yield { text: open, line };
      line += linesIn(open);
      open = "";
    }
    open += part;
  }
  yield { text: open, line };
}

/** The end of the JSON object that a text begins with; -1 when there is none. */
function endOfObject(text: string): number {
  let depth = 0;
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]/g)) {
    if (token === "{") depth += 1;
    if (token === "}") depth -= 1;
    if (depth === 0) return index + token.length;
  }
  return -1;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** JSON objects may follow each other without anything between them. */
function* splitJson(chunk: Chunk): Generator<Chunk> {
  let { text, line } = chunk;
  while (/^\s*\{/.test(text)) {
    const end = endOfObject(text);
    const head = text.slice(0, end);
    if (end < 0 || !hasContent(text.slice(end)) || !isJson(head)) break;
    yield { text: head, line };
    line += linesIn(head);
    text = text.slice(end);
  }
  yield { text, line };
}

/** The parts of a file that can be read each on its own: YAML documents, or JSON objects one after the other. */
export function* splitDocuments(text: string): Generator<Chunk> {
  for (const chunk of splitAtMarkers(text)) yield* splitJson(chunk);
}
