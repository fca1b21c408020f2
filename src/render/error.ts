import { AppError } from "../model/errors.ts";

function causes(error: unknown): string[] {
  const lines: string[] = [];
  for (let at = error; at instanceof Error && lines.length < 5; at = at.cause) {
    if (at !== error) lines.push(`caused by: ${at.message || at.name}`);
  }
  return lines;
}

/**
 * A failure on stderr: `error: …` names the object, `hint: …` the next step. Anything but an AppError is a bug of ours and says so; its stack
 * and an expected fault's causes are shown when `verbose`.
 */
export function renderError(error: unknown, { verbose, self }: { verbose: boolean; self: string }): string {
  if (error instanceof AppError) {
    const hint = error.hint === undefined ? [] : [`hint: ${error.hint}`];
    return `${[`error: ${error.message}`, ...(verbose ? causes(error) : []), ...hint].join("\n")}\n`;
  }
  const text = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const stack = error instanceof Error && verbose ? [error.stack ?? text, ...causes(error)] : [];
  const hint = verbose
    ? `please report it, with the lines above and the output of: ${self} version`
    : "the same command with -v shows where; please report it";
  return `${[...stack, `error: this is a bug in ${self}: ${text}`, `hint: ${hint}`].join("\n")}\n`;
}
