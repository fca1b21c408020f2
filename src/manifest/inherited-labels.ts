/** Those that say whose an object is, or how its resource came to the cluster (Strimzi: STRIMZI_LABELS_EXCLUSION_PATTERN). */
const own = /^(strimzi\.io\/|app\.kubernetes\.io\/(?!part-of$)|kustomize\.toolkit\.fluxcd\.io)/;

/** The labels of a resource that everything made for it has too. */
export const inheritedLabels = (labels: Readonly<Record<string, string>> = {}): Record<string, string> =>
  Object.fromEntries(Object.entries(labels).filter(([name]) => !own.test(name)));
