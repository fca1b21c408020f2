/** As JSON writes it, by its units of 16 bits. */
const escaped = (char: string): string =>
  Array.from({ length: char.length }, (_, at) => `\\u${char.charCodeAt(at).toString(16).padStart(4, "0")}`).join("");

/** What would move the cursor, hide text or turn its direction round is written out; so is the end of a line. */
export const visible = (text: string): string => text.replace(/[\p{Cc}\p{Cf}]/gu, escaped);

/** Everything that controls a terminal but ends of lines and tabs. */
const controls = /[^\P{Cc}\n\t]/gu;
/** The same, and what turns the direction of a text round. */
const controlsAndTurns = /[^\P{Cc}\n\t]|\p{Bidi_Control}/gu;

/** The colours of `createStyle`. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a colour sequence begins with ESC
const ownColors = /(\u001b\[(?:1|2|22|31|32|33|39)m)/;

type Shown = {
  /** Our own colours are in it. */
  readonly color: boolean;
  /** It is read by a program: what only confuses the eye stays as it is. Documents have no other control characters by themselves. */
  readonly piped?: boolean;
};

/** A whole text, whoever had a word in it: lines, tabs and our own colours stay, every other control character is written out. */
export function harmless(text: string, { color, piped = false }: Shown): string {
  const clean = (part: string): string => part.replace(piped ? controls : controlsAndTurns, escaped);
  if (!color) return clean(text);
  return text
    .split(ownColors)
    .map((part, at) => (at % 2 === 1 ? part : clean(part)))
    .join("");
}
