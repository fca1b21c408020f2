import type { RestartTimes, RunEvent, StepOutcome } from "../model/event.ts";
import type { ClusterRef, Observation } from "../model/observation.ts";
import type { StatusPhase } from "../model/plan.ts";
import type { CertificateAuthority } from "../ports/certificate-authority.ts";
import type { Clock } from "../ports/clock.ts";
import type { KafkaControl } from "../ports/kafka-cluster.ts";
import type { KubeApi } from "../ports/kube.ts";

/** Everything a run touches. A function that is called without a signal must not be interrupted: it stands between two safe points. */
export type ExecuteIo = {
  readonly kube: KubeApi;
  /** The cluster as its own administrator; the caller closes it. */
  readonly openKafka: (signal?: AbortSignal) => Promise<KafkaControl>;
  readonly authority: CertificateAuthority;
  readonly clock: Clock;
  /** The cluster of the plan, read anew. Disks are not asked for. */
  readonly observe: (signal?: AbortSignal) => Promise<Observation>;
  readonly writeStatus: (phase: StatusPhase) => Promise<void>;
  /** Aborted: the run stops at the next safe point. Its reason is what the run ends with. */
  readonly signal: AbortSignal;
  /** What to type to go on after an interruption; left out: the same command. */
  readonly goOn?: string;
  /** How long to wait for anything that makes no progress. */
  readonly waitMs: number;
};

export type Waiting = Omit<Extract<RunEvent, { kind: "Waiting" }>, "at" | "kind" | "step">;

/** One step under way. */
export type StepRun = {
  readonly io: ExecuteIo;
  readonly cluster: ClusterRef;
  /** Shows what is waited for; the same again is not shown. */
  readonly report: (waiting: Waiting) => void;
};

export type StepResult = {
  readonly outcome: Extract<StepOutcome, "changed" | "alreadyDone">;
  readonly nodes?: readonly RestartTimes[];
  readonly because?: string;
};

export const changed: StepResult = { outcome: "changed" };
export const alreadyDone: StepResult = { outcome: "alreadyDone" };
