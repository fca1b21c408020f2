// biome-ignore lint/suspicious/noControlCharactersInRegex: a colour sequence begins with ESC
const ansi = /\u001b\[[0-9;]*m/g;

/** East Asian wide and fullwidth characters and emoji, as a terminal draws them in two columns. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** Combining marks, zero-width joiners and variation selectors, which take no column of their own. */
function isZeroWidth(code: number): boolean {
  return (
    code < 0x20 ||
    (code >= 0x7f && code < 0xa0) ||
    (code >= 0x300 && code <= 0x36f) ||
    (code >= 0x1ab0 && code <= 0x1aff) ||
    (code >= 0x1dc0 && code <= 0x1dff) ||
    (code >= 0x200b && code <= 0x200f) ||
    (code >= 0x20d0 && code <= 0x20ff) ||
    (code >= 0xfe00 && code <= 0xfe0f) ||
    (code >= 0xfe20 && code <= 0xfe2f)
  );
}

function widthOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (isZeroWidth(code)) return 0;
  return isWide(code) ? 2 : 1;
}

/** Columns a text takes on a terminal; colour sequences take none. */
export function displayWidth(text: string): number {
  // plain ASCII, nearly always
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text.replace(ansi, "")) width += widthOf(character);
  return width;
}

/** The text cut to `width` columns, ending in `mark` when something was cut. Takes text without colours. */
export function truncate(text: string, width: number, mark: string): string {
  if (displayWidth(text) <= width) return text;
  let kept = "";
  let used = displayWidth(mark);
  for (const character of text) {
    used += widthOf(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept}${mark}`;
}
