import type { ClusterRef, RestartReason, Role } from "./observation.ts";

/** How many brokers may be down together: a number, or a rack. */
export type MaxUnavailable = number | "rack";

/** Which nodes to restart, why and how. Lists that are empty select nothing and leave everything in. */
export type RollRequest = {
  /** Ids or pod names. */
  readonly nodes: readonly string[];
  readonly pools: readonly string[];
  readonly roles: readonly Role[];
  readonly racks: readonly string[];
  /** Only what waits for a restart already. */
  readonly onlyPending: boolean;
  /** Why, in the words of whoever asks. */
  readonly reason?: string;
  readonly maxUnavailable: MaxUnavailable;
  readonly evict: boolean;
  readonly leaderMoves: boolean;
};

/** A node of a roll. `uid`: of the pod it had before; another one now is the proof of its restart. */
export type JournaledNode = {
  readonly node: number;
  readonly pod: string;
  readonly uid: string;
  readonly reasons: readonly RestartReason[];
  /** Left out: not seen to be back yet. */
  readonly outcome?: "restarted" | "alreadyDone";
  readonly ms?: number;
};

/** What is written down of a roll in the cluster, so that another run can go on with it; the last one is kept. */
export type RollJournal = {
  readonly apiVersion: "kubectl-kafka/v1";
  readonly kind: "Roll";
  readonly cluster: ClusterRef;
  readonly request: RollRequest;
  /** Who carries it out: "jane@laptop/12345". */
  readonly holder: string;
  readonly startedAt: string;
  readonly resumedAt?: string;
  /** Both left out while it is under way, or when it was killed. */
  readonly endedAt?: string;
  readonly outcome?: "done" | "failed" | "interrupted";
  readonly because?: string;
  readonly nodes: readonly JournaledNode[];
};

/** A roll as it stands: what was written down, and by `isDone` what the pods that are there prove. */
export type RollState = Omit<RollJournal, "nodes"> & {
  /** `underWay`: whoever began it holds the cluster. `unknown`: who holds it could not be read. */
  readonly state: "underWay" | "unfinished" | "done" | "unknown";
  readonly nodes: readonly (JournaledNode & { readonly isDone: boolean })[];
};
