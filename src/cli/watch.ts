import { AppError } from "../model/errors.ts";
import { toInstant } from "../model/instant.ts";
import type { Clock } from "../ports/clock.ts";
import type { Terminal } from "../ports/terminal.ts";
import { harmless } from "../render/visible.ts";

/** What is shown at one moment: the page for a terminal, and one line that changes when anything that matters does. */
export type Frame = { readonly page: string; readonly line: string };

type Watching = { readonly terminal: Terminal; readonly clock: Clock; readonly signal: AbortSignal };

const intervalMs = 2000;
const home = "\u001b[H";
const clearScreen = "\u001b[2J";
const clearLine = "\u001b[K";
const clearBelow = "\u001b[J";
/** Long lines are cut by the terminal itself for as long as the page is drawn. */
const noWrap = "\u001b[?7l";
const wrap = "\u001b[?7h";

/** The page drawn over the last one, line by line, so that nothing flickers; what does not fit is cut and said so. */
function redraw(page: string, rows: number): string {
  const lines = page.trimEnd().split("\n");
  const fitting = lines.length < rows ? lines : [...lines.slice(0, rows - 2), `... ${lines.length - rows + 2} more lines`];
  return `${home}${noWrap}${fitting.map((line) => `${line}${clearLine}\n`).join("")}${wrap}${clearBelow}`;
}

/** Looks every two seconds until interrupted. On a terminal the page stays in place; elsewhere each change is a line. A failed look is shown, and the next one tried. */
export async function watchFrames({ terminal, clock, signal }: Watching, look: () => Promise<Frame>): Promise<never> {
  let frame = await look();
  let last = "";
  if (terminal.isTty) terminal.draw(clearScreen);
  for (;;) {
    if (terminal.isTty) terminal.draw(redraw(harmless(frame.page, terminal), terminal.rows));
    else if (frame.line !== last) terminal.out(`${toInstant(clock.now()).slice(11, 19)}Z  ${frame.line}\n`);
    last = frame.line;
    await clock.sleep(intervalMs, signal);
    frame = await look().catch((error: unknown) => {
      if (!(error instanceof AppError) || error.code === "Interrupted") throw error;
      return { page: `${frame.page}\ncould not look again: ${error.message}\n`, line: `could not look: ${error.message}` };
    });
  }
}
