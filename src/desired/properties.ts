/** A name and its value, in the order in which they are written. */
export type Option = readonly [name: string, value: string];

/** Java reads properties as Latin-1. */
const escapeRest = (text: string): string =>
  text.replace(/[^\x20-\x7e]/g, (char) => {
    const code = char.charCodeAt(0);
    return { 9: "\\t", 10: "\\n", 13: "\\r" }[code] ?? `\\u${code.toString(16).padStart(4, "0")}`;
  });

const escapeName = (name: string): string => escapeRest(name.replace(/[\\ :=#!]/g, "\\$&"));

/** A value keeps the blanks it begins with. */
const escapeValue = (value: string): string => escapeRest(value.replaceAll("\\", "\\\\").replace(/^ /, "\\ "));

/** The lines of a Java properties file, which reads back as the same names and values whatever they hold. */
export const renderProperties = (options: Iterable<Option>): string =>
  Array.from(options, ([name, value]) => `${escapeName(name)}=${escapeValue(value)}\n`).join("");

/** By name, as the same text in every locale. */
export const byName = ([a]: Option, [b]: Option): number => (a < b ? -1 : a > b ? 1 : 0);
