import type { ThisProcess } from "../../src/ports/program.ts";

/** A process that sees itself and the others of its place that are named. */
export const fakeProcess = (changes: Partial<ThisProcess> = {}, others: readonly number[] = []): ThisProcess => {
  const { pid = 100 } = changes;
  return { pid, host: "laptop", place: "boot/space", exists: (number) => number === pid || others.includes(number), ...changes };
};
