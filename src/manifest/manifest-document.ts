import type { KubeObject } from "../model/kube.ts";
import { formatPath, type Path, type Problem } from "../model/problem.ts";

/** One object of a manifest or of the cluster, and the way to name places in it. */
export type ManifestDocument = {
  readonly source: string;
  /** Counted from 1. */
  readonly index: number;
  /** Its first line; left out where it is not from a text. */
  readonly line?: number;
  readonly object: KubeObject;
  /** False: it does not fit its schema, and its fields cannot be relied on. */
  readonly valid: boolean;
  readonly lineOf: (path: Path) => number | undefined;
};

type Wrong = {
  readonly message: string;
  readonly hint?: string | undefined;
  readonly severity?: Problem["severity"];
  readonly reason?: string;
};

type Placed = Pick<ManifestDocument, "source" | "index" | "lineOf">;

/** A problem at a place of a document. */
export function problemAt({ source, index, lineOf }: Placed, path: Path, { message, hint, severity = "error", reason }: Wrong): Problem {
  const line = lineOf(path);
  return {
    severity,
    source,
    document: index,
    path: formatPath(path),
    ...(line === undefined ? {} : { line }),
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(reason === undefined ? {} : { reason }),
  };
}
