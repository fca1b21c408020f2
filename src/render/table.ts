import { displayWidth, truncate } from "./display-width.ts";
import { createStyle, type Style, type Tone } from "./style.ts";

/** `shrink`: this column is cut when the table is too wide; without any such column the widest text column is. */
export type Column = { readonly title: string; readonly align?: "left" | "right"; readonly shrink?: boolean };

export type Cell = string | { readonly text: string; readonly tone: Tone };

const gap = "  ";
/** A column is never cut below this, or below its title. */
const leastWidth = 8;

type Rows = readonly (readonly Cell[])[];
type Alignment = "left" | "right";

const textOf = (cell: Cell | undefined): string => (cell === undefined ? "" : typeof cell === "string" ? cell : cell.text);

const isNumeric = (text: string): boolean => /^(-|[-+]?\d[\d,.]*%?)$/.test(text);

/** Numbers line up on the right: a column of nothing but numbers and dashes, with at least one number. */
function aligned(columns: readonly Column[], rows: Rows): Alignment[] {
  return columns.map(({ align }, at) => {
    if (align) return align;
    const texts = rows.map((row) => textOf(row[at])).filter((text) => text !== "");
    return texts.some((text) => /\d/.test(text)) && texts.every(isNumeric) ? "right" : "left";
  });
}

/** Takes what is missing from one column after the other, the widest candidate first. */
function fit(
  columns: readonly Column[],
  natural: readonly number[],
  { alignments, width }: { alignments: readonly Alignment[]; width: number },
): number[] {
  const widths = [...natural];
  const chosen = columns.flatMap(({ shrink }, at) => (shrink ? [at] : []));
  const texts = columns.flatMap((_, at) => (alignments[at] === "left" ? [at] : []));
  const candidates = (chosen.length > 0 ? chosen : texts).sort((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0));
  let excess = widths.reduce((sum, one) => sum + one, gap.length * (widths.length - 1)) - width;
  for (const at of candidates) {
    if (excess <= 0) break;
    const now = widths[at] ?? 0;
    const least = Math.min(now, Math.max(leastWidth, displayWidth(columns[at]?.title ?? "")));
    const cut = Math.min(excess, now - least);
    widths[at] = now - cut;
    excess -= cut;
  }
  return widths;
}

export type TableOptions = { readonly style?: Style /** Nothing is cut without it. */; readonly width?: number };

const plain = createStyle({ color: false, unicode: false });

/**
 * kubectl's plain columns, joined by line ends but without the last: two spaces apart, numbers to the right, no trailing spaces, one line per
 * row whatever the width. Wider than `width`, the texts of one column are cut. Without rows there is the header alone.
 */
export function renderTable(
  columns: readonly Column[],
  rows: Rows,
  { style = plain, width = Number.POSITIVE_INFINITY }: TableOptions = {},
): string {
  const natural = columns.map(({ title }, at) =>
    rows.reduce((most, row) => Math.max(most, displayWidth(textOf(row[at]))), displayWidth(title)),
  );
  const alignments = aligned(columns, rows);
  const widths = fit(columns, natural, { alignments, width });
  const mark = style.unicode ? "…" : "...";
  const renderCell = (cell: Cell | undefined, at: number): string => {
    const text = truncate(textOf(cell), widths[at] ?? 0, mark);
    const painted = cell === undefined || typeof cell === "string" ? text : style.paint(cell.tone, text);
    const padding = " ".repeat((widths[at] ?? 0) - displayWidth(text));
    return alignments[at] === "right" ? padding + painted : painted + padding;
  };
  const renderRow = (cells: readonly Cell[]): string =>
    columns
      .map((_, at) => renderCell(cells[at], at))
      .join(gap)
      .trimEnd();
  return [columns.map(({ title }) => title), ...rows].map(renderRow).join("\n");
}
