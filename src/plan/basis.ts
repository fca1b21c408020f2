import { fingerprint } from "../model/hash.ts";
import type { ClusterRef } from "../model/observation.ts";
import type { Wave } from "../model/plan.ts";

/**
 * What a plan does, in short: it changes when anything that the plan was made from does, and is the same again for a plan that was saved and
 * read back. How long a step may wait does not count.
 */
export const basisOf = (cluster: ClusterRef, waves: readonly Wave[]): string =>
  fingerprint(JSON.stringify([cluster, waves], (key, value: unknown) => (key === "timeoutMs" ? undefined : value)));
