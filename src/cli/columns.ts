import Table from "cli-table3";

const noLines = Object.fromEntries(
  ["top", "bottom", "left", "right", "mid"]
    .flatMap((side) => [side, `${side}-mid`, `${side}-left`, `${side}-right`])
    .concat("middle")
    .map((key) => [key, ""]),
);

function render(rows: readonly (readonly string[])[], colWidths: number[]): string {
  const style = { head: [], border: [], "padding-left": 0, "padding-right": 0, compact: true };
  const table = new Table({ chars: noLines, style, colWidths, wordWrap: true });
  table.push(...rows.map((row) => [...row]));
  return table
    .toString()
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n");
}

/** A paragraph, broken between words. */
export const wrapText = (text: string, width: number): string => render([[text]], [width]);

/**
 * Two columns, the second broken between words to fill `width`: help pages. Wrapping, wide characters and colours are cli-table3's work; the
 * plain tables of data, which are on the hot path and never wrapped, are render/table's.
 */
export function wrapColumns(rows: readonly (readonly [string, string])[], width: number): string {
  const first = Math.max(...rows.map(([left]) => left.length)) + 2;
  return render(rows, [first, width - first]);
}
