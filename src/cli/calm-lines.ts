import type { Clock } from "../ports/clock.ts";

const calmMs = 5_000;

/** Lets a line pass unless it says the same as the last but for its numbers, and that was a moment ago. */
export function calmLines(clock: Clock): (line: string) => boolean {
  let last = "";
  let at = Number.NEGATIVE_INFINITY;
  return (line) => {
    const shape = line.replaceAll(/\d+/g, "0");
    if (shape === last && clock.now() - at < calmMs) return false;
    last = shape;
    at = clock.now();
    return true;
  };
}
