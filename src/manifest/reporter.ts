import type { Path, Problem } from "../model/problem.ts";
import { type ManifestDocument, problemAt } from "./manifest-document.ts";

/** Collects what is wrong with one document. */
export type Reporter = {
  readonly problems: Problem[];
  error(path: Path, message: string, hint?: string): void;
  warning(path: Path, message: string, hint?: string): void;
  /** A warning that the status of the resource tells too, by its reason. */
  told(path: Path, reason: string, wrong: { readonly message: string; readonly hint?: string }): void;
};

export function reporterFor(document: ManifestDocument): Reporter {
  const problems: Problem[] = [];
  return {
    problems,
    error: (path, message, hint) => void problems.push(problemAt(document, path, { message, hint })),
    warning: (path, message, hint) => void problems.push(problemAt(document, path, { message, hint, severity: "warning" })),
    told: (path, reason, wrong) => void problems.push(problemAt(document, path, { ...wrong, reason, severity: "warning" })),
  };
}

/** Items that an earlier one has the same key as, with their positions. */
export function repeated<T>(items: readonly T[], keyOf: (item: T) => unknown): { readonly item: T; readonly index: number }[] {
  const seen = new Set<unknown>();
  return items.flatMap((item, index) => {
    const key = keyOf(item);
    if (seen.has(key)) return [{ item, index }];
    seen.add(key);
    return [];
  });
}
