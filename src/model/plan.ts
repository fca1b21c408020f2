import type { CertificatePlace } from "./certificate.ts";
import type { KubeObject, ObjectRef, Resource } from "./kube.ts";
import type { ClusterRef, RestartReason } from "./observation.ts";

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

/** A certificate that a Secret is to hold under `key`, as another holds it: whole, or only the authorities behind the first. */
export type CertificateCopy = { readonly key: string; readonly from: CertificatePlace; readonly part: "whole" | "behind" };

/** What a WaitFor step waits for. */
export type Condition =
  | { readonly kind: "PodsReady"; readonly pods: readonly string[] }
  | { readonly kind: "NodeBack"; readonly node: number; readonly pod: string; readonly previousUid: string }
  | { readonly kind: "VolumesResized"; readonly claims: readonly string[] }
  | { readonly kind: "ObjectsGone"; readonly objects: readonly string[] }
  | { readonly kind: "GateOpen"; readonly node: number; readonly pod: string };

export type StepKind = Step["kind"];

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
      readonly kind: "RestartNode";
      readonly node: number;
      readonly pod: string;
      readonly uid: string;
      readonly reasons: readonly RestartReason[];
    }
  | { readonly kind: "AlterConfigs"; readonly scope: "cluster"; readonly changes: readonly ConfigChange[] }
  | { readonly kind: "UpdateMetadataVersion"; readonly from?: string; readonly to: string }
  | { readonly kind: "UnregisterNode"; readonly node: number }
  | { readonly kind: "WriteStatus"; readonly phase: "ids" | "final" }
  | { readonly kind: "WaitFor"; readonly condition: Condition; readonly timeoutMs: number }
);

/** Steps of a wave are independent of each other; waves follow one another. */
export type Wave = { readonly steps: readonly Step[] };

/** Something that was noticed and is left as it is, or that makes the whole plan impossible. */
export type Notice = { readonly subject: string; readonly reason: string; readonly message: string; readonly hint?: string };

export type Plan = {
  readonly apiVersion: "kubectl-kafka/v1";
  readonly kind: "ClusterPlan";
  readonly cluster: ClusterRef;
  readonly observedAt: string;
  /** Changes when anything that the plan was made from does; an apply of a saved plan compares it. */
  readonly basis: string;
  readonly waves: readonly Wave[];
  readonly leftAlone: readonly Notice[];
};

export type Planned = { readonly ok: true; readonly plan: Plan } | { readonly ok: false; readonly refusals: readonly Notice[] };
