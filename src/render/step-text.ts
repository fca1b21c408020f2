import { assertNever } from "../model/errors.ts";
import type { Condition, Step } from "../model/plan.ts";

/** "my-cluster-broker-3", "my-cluster-broker-3, my-cluster-broker-6", "my-cluster-broker-3, my-cluster-broker-6 and 2 more". */
export function some(names: readonly string[]): string {
  const rest = names.length - 2;
  return `${names.slice(0, 2).join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

/** "Secret c-clients-ca": what a step is about, in as few words as a person needs to find it. */
export function stepSubject(step: Step): string {
  switch (step.kind) {
    case "CreateObject":
    case "UpdateObject":
    case "ReplaceStatefulSet":
      return `${step.object.kind} ${step.object.metadata.name}`;
    case "DeleteObject":
    case "RemoveAnnotation":
      return `${step.ref.resource.kind} ${step.ref.name}`;
    case "CreateAuthority":
      return `${step.ca} CA`;
    case "CopyCertificates":
      return `Secret ${step.secret.metadata.name}`;
    case "IssueCertificates":
      return `${step.leafs.length === 1 ? "certificate" : `${step.leafs.length} certificates`} in Secret ${step.secret.metadata.name}`;
    case "GrowVolume":
      return `${step.claim.resource.kind} ${step.claim.name}`;
    case "RestartNodes":
    case "AskOperatorToRestart":
      return some(step.nodes.map(({ pod }) => pod));
    case "AlterConfigs":
      return step.node === undefined ? "settings of all brokers" : `settings of node ${step.node}`;
    case "UpdateMetadataVersion":
      return "metadata version";
    case "UnregisterNode":
      return `node ${step.node}`;
    case "WriteStatus":
      return step.phase === "ids" ? "node ids in the status" : "status";
    case "WaitFor":
      return conditionText(step.condition);
    default:
      return assertNever(step);
  }
}

const named = (names: readonly string[], what: string): string => (names.length === 1 ? (names[0] ?? "") : `${names.length} ${what}`);

/** What is waited for, as the end of "waiting for …". */
export function conditionText(condition: Condition): string {
  switch (condition.kind) {
    case "PodsReady":
      return `${named(condition.pods, "pods")} to be ready`;
    case "NodesBack":
      return `${some(condition.nodes.map(({ pod }) => pod))} to be back`;
    case "VolumesResized":
      return `${named(condition.claims, "volumes")} to grow`;
    case "ObjectsGone":
      return `${named(condition.objects, "objects")} to be gone`;
    case "ChangeAllowed":
      return "the cluster to be well enough for a change";
    case "GateOpen":
      return `${some(condition.nodes.map(({ pod }) => pod))} to be free to restart`;
    default:
      return assertNever(condition);
  }
}

/** What a step did, as the words before its subject. */
export function doneText(step: Step): string {
  switch (step.kind) {
    case "CreateObject":
    case "CreateAuthority":
      return "created";
    case "UpdateObject":
    case "CopyCertificates":
    case "RemoveAnnotation":
    case "AlterConfigs":
    case "UpdateMetadataVersion":
      return "changed";
    case "ReplaceStatefulSet":
      return "replaced";
    case "IssueCertificates":
      return "issued";
    case "GrowVolume":
      return "grown";
    case "RestartNodes":
    case "AskOperatorToRestart":
      return "restarted";
    case "DeleteObject":
      return "removed";
    case "UnregisterNode":
      return "unregistered";
    case "WriteStatus":
      return "written";
    case "WaitFor":
      return "waited for";
    default:
      return assertNever(step);
  }
}
