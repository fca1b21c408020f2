import { AppError } from "../../model/errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { Files } from "../../ports/files.ts";
import type { Program } from "../../ports/program.ts";
import type { Terminal } from "../../ports/terminal.ts";
import { clock } from "./clock.ts";
import { files } from "./files.ts";
import { openProgram } from "./program.ts";
import { openTerminal } from "./terminal.ts";

type Surroundings = { program: Program; terminal: Terminal; clock: Clock; files: Files; signal: AbortSignal; faults: Promise<never> };

/** The first SIGINT or SIGTERM aborts, so that work ends at a safe point; the second ends the process at once. */
function onSignals(controller: AbortController): void {
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.on(name, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort(new AppError("Interrupted", "interrupted"));
    });
  }
}

function catchFaults(): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  process.on("uncaughtException", reject);
  process.on("unhandledRejection", reject);
  // it may reject when nobody listens any more
  promise.catch(() => {});
  return promise;
}

/** Leaves when both streams are written out; whatever else is still open does not hold the process. */
function leave(code: number): void {
  process.exitCode = code;
  process.stdout.write("", () => process.stderr.write("", () => process.exit()));
}

/** Gives `run` the process's side of the world, and the process its exit code. */
export function start(run: (surroundings: Surroundings) => Promise<number>): void {
  const controller = new AbortController();
  onSignals(controller);
  const terminal = openTerminal(() => controller.abort(new AppError("Interrupted", "the reader of the output went away")));
  const faults = catchFaults();
  void run({ program: openProgram(), terminal, clock, files, signal: controller.signal, faults }).then(leave, (error) => {
    terminal.err(`${error instanceof Error ? error.stack : error}\n`);
    leave(1);
  });
}
