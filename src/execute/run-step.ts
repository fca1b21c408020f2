import { assertNever } from "../model/errors.ts";
import type { StatusPhase, Step } from "../model/plan.ts";
import { askOperator } from "./ask-operator.ts";
import { alterConfigs, unregisterNode, updateMetadataVersion } from "./change-kafka.ts";
import { applyObject, deleteObject, growVolume, removeAnnotation, replaceStatefulSet } from "./change-objects.ts";
import { changed, type StepResult, type StepRun } from "./execute-io.ts";
import { copyCertificates, createAuthority, issueCertificates } from "./make-certificates.ts";
import { restartNodes } from "./restart-nodes.ts";
import { waitForCondition } from "./wait-for.ts";

async function writeStatus({ io }: StepRun, phase: StatusPhase): Promise<StepResult> {
  await io.writeStatus(phase);
  return changed;
}

/** Carries out one step. Done twice, it is as if done once. */
export function runStep(run: StepRun, step: Step): Promise<StepResult> {
  switch (step.kind) {
    case "CreateObject":
    case "UpdateObject":
      return applyObject(run, step.resource, step.object);
    case "RemoveAnnotation":
      return removeAnnotation(run, step);
    case "DeleteObject":
      return deleteObject(run, step);
    case "CreateAuthority":
      return createAuthority(run, step);
    case "CopyCertificates":
      return copyCertificates(run, step);
    case "IssueCertificates":
      return issueCertificates(run, step);
    case "ReplaceStatefulSet":
      return replaceStatefulSet(run, step);
    case "GrowVolume":
      return growVolume(run, step);
    case "RestartNodes":
      return restartNodes(run, step);
    case "AskOperatorToRestart":
      return askOperator(run, step);
    case "AlterConfigs":
      return alterConfigs(run, step);
    case "UpdateMetadataVersion":
      return updateMetadataVersion(run, step);
    case "UnregisterNode":
      return unregisterNode(run, step);
    case "WriteStatus":
      return writeStatus(run, step.phase);
    case "WaitFor":
      return waitForCondition(run, step);
    default:
      return assertNever(step);
  }
}
