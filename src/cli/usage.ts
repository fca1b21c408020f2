import type { Positionals } from "./command.ts";

/** " [CLUSTER] [NODE...]": a verb's words, as its usage line shows them. */
export const usageOf = (positionals: Positionals): string =>
  Object.entries(positionals)
    .map(([name, { required, rest }]) => {
      const word = `${name.toUpperCase()}${rest ? "..." : ""}`;
      return required ? ` ${word}` : ` [${word}]`;
    })
    .join("");
