import type { Role } from "./observation.ts";

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
