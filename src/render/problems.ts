import type { Problem } from "../model/problem.ts";
import { visible } from "./visible.ts";

function place({ source, document, line }: Problem): string {
  const parts = [source === "-" ? "standard input" : source];
  if (document > 0 && line !== undefined) parts.push(`document ${document}`);
  if (line !== undefined) parts.push(`line ${line}`);
  return parts.join(", ");
}

/** "error: kafka.yaml, document 1, line 9: spec.kafka.listners: there is no such field; did you mean listeners?" */
export function renderProblem(problem: Problem): string {
  const { severity, path, message, hint } = problem;
  const what = [place(problem), path, hint === undefined ? message : `${message}; ${hint}`].filter((part) => part !== "").join(": ");
  return visible(`${severity}: ${what}`);
}

/** One line each, errors before warnings, otherwise in the order they were found. */
export const renderProblems = (problems: readonly Problem[]): string =>
  [...problems]
    .sort((a, b) => Number(a.severity === "warning") - Number(b.severity === "warning"))
    .map((problem) => `${renderProblem(problem)}\n`)
    .join("");
