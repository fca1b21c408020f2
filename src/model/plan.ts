import type { CertificatePlace } from "./certificate.ts";
import type { KubeObject, ObjectRef, Resource } from "./kube.ts";
import type { ClusterRef, RestartReason, Role } from "./observation.ts";

/** Where a value stands in a document ("spec.template.spec.containers[kafka].image") and what becomes of it. Secrets' values are never in here. */
export type FieldChange = { readonly path: string; readonly from?: unknown; readonly to?: unknown };

/** `disruptive`: something restarts or moves. `destructive`: data or identity is lost for good. */
export type Hazard = "none" | "disruptive" | "destructive";

export type ConfigChange = { readonly name: string; readonly from?: string /** Left out: back to the default. */; readonly to?: string };

/** A leaf certificate to make: into which Secret and keys, for whom. */
export type LeafOrder = {
  readonly secret: string;
  readonly certificateKey: string;
  readonly privateKey: string;
  readonly commonName: string;
  readonly dns: readonly string[];
  readonly ca: "cluster" | "clients";
  readonly why: string;
};

/** A node to restart. `uid`: of the pod it has now, by which a restart of somebody else is told. */
export type RestartTarget = {
  readonly node: number;
  readonly pod: string;
  readonly uid: string;
  readonly reasons: readonly RestartReason[];
  /** What a person should know of it; left out where nobody asked. */
  readonly facts?: RestartFacts;
};

/** What a restart costs. `atMinIsr`: what has no replica to spare while its wave is away; the topics named are the first few. */
export type RestartFacts = {
  readonly roles: readonly Role[];
  readonly rack?: string;
  /** It is the active controller. */
  readonly active?: true;
  readonly leaders?: number;
  readonly atMinIsr?: { readonly partitions: number; readonly topics: number; readonly examples: readonly string[] };
};

/** A node that was restarted. `previousUid`: of the pod that had to go. */
export type RestartedNode = { readonly node: number; readonly pod: string; readonly previousUid: string };
/** A certificate that a Secret is to hold under `key`, as another holds it: whole, or only the authorities behind the first. */
export type CertificateCopy = { readonly key: string; readonly from: CertificatePlace; readonly part: "whole" | "behind" };

/** What a WaitFor step waits for. */
export type Condition =
  | { readonly kind: "PodsReady"; readonly pods: readonly string[] }
  | { readonly kind: "NodesBack"; readonly nodes: readonly RestartedNode[] }
  | { readonly kind: "VolumesResized"; readonly claims: readonly string[] }
  | { readonly kind: "ObjectsGone"; readonly objects: readonly string[] }
  | { readonly kind: "ChangeAllowed" }
  | { readonly kind: "GateOpen"; readonly nodes: readonly { readonly node: number; readonly pod: string }[] };

export type StepKind = Step["kind"];

/** `ids`: before anything is made with them; `unfinished`: the run ends with waits and restarts left to do; `final`: all is as it should be. */
export type StatusPhase = "ids" | "unfinished" | "final";

/** One thing to do. A step is complete: the executor needs nothing but it and the ports. */
export type Step = { readonly id: string; readonly hazard: Hazard; readonly why: readonly string[] } & (
  | {
      readonly kind: "CreateObject" | "UpdateObject";
      readonly resource: Resource;
      readonly object: KubeObject;
      readonly changes: readonly FieldChange[];
    }
  | { readonly kind: "RemoveAnnotation"; readonly ref: ObjectRef; readonly annotation: string }
  | { readonly kind: "DeleteObject"; readonly ref: ObjectRef; readonly uid?: string }
  | {
      readonly kind: "CreateAuthority";
      readonly ca: "cluster" | "clients";
      readonly validityDays: number;
      readonly generation: number;
      /** Stays while the key does, however often its certificate is renewed: leaves name their authority by it. */
      readonly commonName: string;
      readonly secrets: readonly KubeObject[];
    }
  | { readonly kind: "CopyCertificates"; readonly secret: KubeObject; readonly texts: readonly CertificateCopy[] }
  | { readonly kind: "IssueCertificates"; readonly secret: KubeObject; readonly leafs: readonly LeafOrder[]; readonly validityDays: number }
  | { readonly kind: "ReplaceStatefulSet"; readonly object: KubeObject; readonly uid: string; readonly changes: readonly FieldChange[] }
  | { readonly kind: "GrowVolume"; readonly claim: ObjectRef; readonly from: string; readonly to: string }
  | {
      /** One batch: its nodes are down together. */
      readonly kind: "RestartNodes";
      readonly nodes: readonly RestartTarget[];
      /** By eviction, so that disruption budgets are asked. */
      readonly evict?: true;
      /** Partitions get their preferred leaders back afterwards. */
      readonly leaderMoves: boolean;
      readonly estimateMs?: number;
    }
  | {
      /** The operator restarts them, in its own order. */
      readonly kind: "AskOperatorToRestart";
      readonly nodes: readonly RestartTarget[];
      readonly estimateMs?: number;
    }
  | {
      readonly kind: "AlterConfigs";
      /** `cluster`: the dynamic defaults of all brokers. `broker`: the settings of one, `node`. */
      readonly scope: "cluster" | "broker";
      readonly node?: number;
      readonly changes: readonly ConfigChange[];
    }
  | { readonly kind: "UpdateMetadataVersion"; readonly from?: string; readonly to: string }
  | { readonly kind: "UnregisterNode"; readonly node: number }
  | { readonly kind: "WriteStatus"; readonly phase: StatusPhase }
  | { readonly kind: "WaitFor"; readonly condition: Condition; readonly timeoutMs: number }
);

/** Steps of a wave are independent of each other; waves follow one another. */
export type Wave = { readonly steps: readonly Step[] };

/** Something that was noticed and is left as it is, or that makes the whole plan impossible. */
export type Notice = { readonly subject: string; readonly reason: string; readonly message: string; readonly hint?: string };

export type Plan = {
  readonly apiVersion: "kubectl-kafka/v1";
  /** `RollPlan`: restarts alone, asked for as such. */
  readonly kind: "ClusterPlan" | "RollPlan";
  readonly cluster: ClusterRef;
  readonly observedAt: string;
  /** Changes when anything that the plan was made from does; an apply of a saved plan compares it. */
  readonly basis: string;
  readonly waves: readonly Wave[];
  readonly leftAlone: readonly Notice[];
  /** The resources it was made for which were not written, as "Kafka c"; left out: it was made for those of the cluster. */
  readonly given?: readonly string[];
  /** What it costs to carry it out. */
  readonly warnings?: readonly Notice[];
  /** How long it takes, by how long the same took before. */
  readonly estimateMs?: number;
};

export type Planned = { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly refusals: readonly Notice[] };
