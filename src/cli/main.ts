import { AppError } from "../model/errors.ts";
import type { Terminal } from "../ports/terminal.ts";
import { renderError } from "../render/error.ts";
import { createStyle } from "../render/style.ts";
import { harmless } from "../render/visible.ts";
import { withBuiltins } from "./builtin/commands.ts";
import { answerEarly } from "./builtin/early.ts";
import type { Command, Face } from "./command.ts";
import type { Context, World } from "./context.ts";
import { exitCodeOf, exitCodes } from "./exit-codes.ts";
import { connectionOf } from "./global-flags.ts";
import type { Invocation } from "./parse.ts";
import { selfOf } from "./self.ts";
import { usageError } from "./usage-error.ts";

/** Tables are laid out for this many columns even where a terminal has fewer. */
const leastColumns = 80;

/** A terminal that nobody controls by a name or a message that we show. */
function guarded(terminal: Terminal): Terminal {
  const { color, isTty } = terminal;
  return Object.create(terminal, {
    out: { value: (text: string) => terminal.out(harmless(text, { color, piped: !isTty })) },
    err: { value: (text: string) => terminal.err(harmless(text, { color })) },
  });
}

/** The terminal as --color and --ascii want it. */
function withDisplay(terminal: Terminal, { color, ascii }: Context["flags"]): Terminal {
  return Object.create(terminal, {
    color: { value: color === "auto" ? terminal.color : color === "always" },
    unicode: { value: terminal.unicode && !ascii },
  });
}

async function runCommand(command: Command, invocation: Invocation, { world, self }: { world: World; self: string }): Promise<number> {
  const { clock, files, signal, program } = world;
  const flags = invocation.flags as Context["flags"];
  const terminal = guarded(withDisplay(world.terminal, flags));
  const trace = flags.v >= 6 ? (line: string) => terminal.err(`${line}\n`) : () => {};
  const width = terminal.isTty ? Math.max(leastColumns, terminal.columns) : Number.POSITIVE_INFINITY;
  const [{ run }, { connect, ...readers }] = await Promise.all([command.run(), world.outside()]);
  const connections = connect(connectionOf(flags), trace);
  try {
    const person = { args: invocation.args as Context["args"], flags, terminal, style: createStyle(terminal), width, self };
    return await run({ ...person, ...readers, clock, files, env: program.env, process: program.process, connections, signal });
  } finally {
    connections.close();
  }
}

async function showHelp(face: Face, invocation: Invocation, { world, self }: { world: World; self: string }): Promise<number> {
  const { renderHelp } = await import("./help.ts");
  const text = renderHelp(face, invocation.command?.name, { self, style: createStyle(world.terminal) });
  if (invocation.help) {
    world.terminal.out(text);
    return exitCodes.done;
  }
  world.terminal.err(`${text}\n`);
  throw usageError("a command is missing");
}

async function dispatch(face: Face, world: World, self: string): Promise<number> {
  const whole = withBuiltins(face, world);
  if (await answerEarly(whole, world)) return exitCodes.done;
  const { parseCommandLine } = await import("./parse.ts");
  const invocation = parseCommandLine(whole, world.program.args, self);
  const { command } = invocation;
  if (!command || invocation.help) return showHelp(whole, invocation, { world, self });
  return runCommand(command, invocation, { world, self });
}

const isVerbose = (args: readonly string[]): boolean => args.some((arg) => /^(-v(=?[1-9])?|--v(=[1-9])?)$/.test(arg));

function reportFailure(error: unknown, { terminal, signal, program }: World, self: string): number {
  const { err } = guarded(terminal);
  if (terminal.closed) return exitCodes.done;
  // what an aborted request throws is only the echo of the abort
  const fault = signal.aborted && !(error instanceof AppError) ? signal.reason : error;
  // whoever pressed Ctrl-C knows; there is something to say only when work was left half done
  if (fault instanceof AppError && fault.code === "Interrupted" && fault.hint === undefined) return exitCodeOf(fault.code);
  err(renderError(fault, { verbose: isVerbose(program.args), self }));
  return fault instanceof AppError ? exitCodeOf(fault.code) : exitCodes.failed;
}

/** Runs one command line and tells the exit code; the one place that catches everything. */
export async function main(face: Face, world: World): Promise<number> {
  const self = selfOf(face.name, world.program);
  try {
    return await Promise.race([dispatch(face, world, self), world.faults]);
  } catch (error) {
    return reportFailure(error, world, self);
  }
}
