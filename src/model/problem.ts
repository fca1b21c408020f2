/** Steps from the top of a document down to one of its values: field names and positions in lists. */
export type Path = readonly (string | number)[];

/** What is wrong with a manifest, and where. A `warning` does not keep it from being used. */
export type Problem = {
  readonly severity: "error" | "warning";
  /** The file, "-" for standard input, or the object where it was read from the cluster. */
  readonly source: string;
  /** Counted from 1 among the documents of the source that are not empty; 0: the source as a whole. */
  readonly document: number;
  /** "spec.kafka.listeners[0].name"; "" for the document as a whole. */
  readonly path: string;
  /** Counted from 1; left out where the document is not from a text. */
  readonly line?: number;
  readonly message: string;
  /** What to write instead. */
  readonly hint?: string;
  /** Of a warning that the status of the resource tells too: by this name (Strimzi's). */
  readonly reason?: string;
};

const plainName = /^[A-Za-z_][\w-]*$/;

/** "spec.kafka.config[min.insync.replicas]", "spec.kafka.listeners[0].name". */
export function formatPath(path: Path): string {
  return path
    .map((step) => (typeof step === "string" && plainName.test(step) ? `.${step}` : `[${step}]`))
    .join("")
    .replace(/^\./, "");
}
