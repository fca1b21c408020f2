/** What a text means, not which colour it has. */
export type Tone = "plain" | "good" | "warn" | "bad" | "dim" | "bold";

/** How meaning is shown on this terminal. Without colour every tone is the text itself. */
export type Style = {
  readonly color: boolean;
  readonly unicode: boolean;
  paint(tone: Tone, text: string): string;
};

const codes: Readonly<Record<Exclude<Tone, "plain">, readonly [string, string]>> = {
  good: ["32", "39"],
  warn: ["33", "39"],
  bad: ["31", "39"],
  dim: ["2", "22"],
  bold: ["1", "22"],
};

/** Semantic styles as ANSI sequences, or as nothing. */
export function createStyle({ color, unicode }: { color: boolean; unicode: boolean }): Style {
  return {
    color,
    unicode,
    paint(tone, text) {
      if (!color || tone === "plain" || text === "") return text;
      const [open, close] = codes[tone];
      return `\u001b[${open}m${text}\u001b[${close}m`;
    },
  };
}
