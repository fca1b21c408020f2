import { assertNever } from "../model/errors.ts";
import type { Condition, Step } from "../model/plan.ts";

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
    case "RestartNode":
      return step.pod;
    case "AlterConfigs":
      return "settings of all brokers";
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
    case "NodeBack":
      return `${condition.pod} to be back`;
    case "VolumesResized":
      return `${named(condition.claims, "volumes")} to grow`;
    case "ObjectsGone":
      return `${named(condition.objects, "objects")} to be gone`;
    case "GateOpen":
      return `${condition.pod} to be free to restart`;
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
    case "RestartNode":
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
