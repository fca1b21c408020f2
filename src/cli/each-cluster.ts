import { AppError } from "../model/errors.ts";
import type { ClusterRef } from "../model/observation.ts";
import { renderError } from "../render/error.ts";
import { exitCodeOf, exitCodes, worstExitCode } from "./exit-codes.ts";
import type { FlowContext } from "./reconcile-input.ts";

type Job = { readonly ref: ClusterRef; readonly run: () => Promise<number> };

/** The exit code of one of several jobs; what is no fault of its cluster ends them all. */
async function codeOf({ run }: Job, { terminal, signal, self, verbose }: EachContext): Promise<number> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "Interrupted" || signal.aborted) throw error;
    terminal.err(renderError(error, { verbose, self }));
    return exitCodeOf(error.code);
  }
}

type EachContext = Pick<FlowContext, "terminal" | "signal" | "self"> & { readonly verbose: boolean };

const bad = (code: number): boolean => code !== exitCodes.done && code !== exitCodes.findings;

/**
 * One cluster after the other. Where there are several, one that is refused or fails keeps nobody else waiting: it is told, and named again at
 * the end, and the worst exit code of all is the result.
 */
export async function eachCluster(context: EachContext, jobs: readonly Job[]): Promise<number> {
  const [only] = jobs;
  if (only !== undefined && jobs.length === 1) return only.run();
  const codes: number[] = [];
  for (const job of jobs) codes.push(await codeOf(job, context));
  const failed = jobs.filter((_, at) => bad(codes[at] ?? exitCodes.done)).map(({ ref }) => `${ref.namespace}/${ref.name}`);
  if (failed.length > 0) context.terminal.err(`Not done, of ${jobs.length} clusters: ${failed.join(", ")}.\n`);
  return worstExitCode(codes);
}
