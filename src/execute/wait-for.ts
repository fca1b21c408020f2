import { assertNever } from "../model/errors.ts";
import { type ObjectRef, type Resource, resources } from "../model/kube.ts";
import type { Condition, Step } from "../model/plan.ts";
import { parseQuantity } from "../model/units.ts";
import type { Pod, VolumeClaim } from "../observe/kube-shapes.ts";
import { podState } from "../observe/pods.ts";
import { waitForChange } from "./change-kafka.ts";
import { changed, type StepResult, type StepRun } from "./execute-io.ts";
import { getObject } from "./get-object.ts";
import { waitForNodes } from "./nodes-back.ts";
import { waitForGate } from "./restart-nodes.ts";
import { type Seen, waitUntil } from "./wait-until.ts";

type Of<Kind extends Condition["kind"]> = Extract<Condition, { kind: Kind }>;
type Waited = { readonly timeoutMs: number };

async function listOwn<T>({ io, cluster }: StepRun, resource: Resource): Promise<T[]> {
  const request = { resource, namespace: cluster.namespace, labelSelector: `strimzi.io/cluster=${cluster.name}` };
  return (await io.kube.list(request, io.signal)).items as T[];
}

const count = (done: number, total: number, what: string): Seen<undefined> =>
  done === total ? { done: true, value: undefined } : { done: false, progress: { text: `${done} of ${total} ${what}`, done, total } };

function waitForPods(run: StepRun, condition: Of<"PodsReady">, { timeoutMs }: Waited): Promise<undefined> {
  const { namespace } = run.cluster;
  return waitUntil(run, {
    condition,
    otherwise: "not all pods are ready",
    hint: `kubectl get pods -n ${namespace} -l strimzi.io/cluster=${run.cluster.name}`,
    timeoutMs,
    signal: run.io.signal,
    async look() {
      const states = new Map((await listOwn<Pod>(run, resources.pods)).map((pod) => [pod.metadata.name, podState(pod)]));
      const waiting = condition.pods.filter((name) => !states.get(name)?.ready || states.get(name)?.terminating);
      const seen = count(condition.pods.length - waiting.length, condition.pods.length, "pods ready");
      const troubled = waiting.find((name) => states.get(name)?.trouble !== undefined);
      if (seen.done || troubled === undefined) return seen;
      return { ...seen, because: `${troubled}: ${states.get(troubled)?.trouble}` };
    },
  });
}

/** A kubelet grows the file system of a running pod within a minute or two, where the driver can do so at all. */
const onlineGrowthMs = 120_000;

/** As large as asked for; or, once the kubelet had its time, as far as a running pod lets it: the rest comes with the pod's restart. */
function isResized({ spec, status }: VolumeClaim, waitedMs: number): boolean {
  const wanted = parseQuantity(spec?.resources?.requests?.storage ?? "");
  const present = parseQuantity(status?.capacity?.storage ?? "");
  if (wanted !== undefined && present !== undefined && present >= wanted) return true;
  const pending = status?.conditions?.some((entry) => entry.type === "FileSystemResizePending" && entry.status === "True") ?? false;
  return pending && waitedMs >= onlineGrowthMs;
}

function waitForVolumes(run: StepRun, condition: Of<"VolumesResized">, { timeoutMs }: Waited): Promise<undefined> {
  const { clock } = run.io;
  const startedAt = clock.now();
  return waitUntil(run, {
    condition,
    otherwise: "not all volumes have grown",
    hint: `kubectl describe pvc ${condition.claims[0] ?? ""} -n ${run.cluster.namespace}`,
    timeoutMs,
    signal: run.io.signal,
    async look() {
      const claims = await listOwn<VolumeClaim>(run, resources.volumeClaims);
      const waitedMs = clock.now() - startedAt;
      const grown = claims.filter((claim) => condition.claims.includes(claim.metadata.name) && isResized(claim, waitedMs));
      return count(grown.length, condition.claims.length, "volumes have their new size");
    },
  });
}

/** "StatefulSet/my-cluster-broker" in the cluster's namespace. */
function refTo(text: string, namespace: string): ObjectRef {
  const [kind, name = ""] = text.split("/", 2);
  const resource = Object.values<Resource>(resources).find((candidate) => candidate.kind === kind);
  if (resource === undefined) throw new Error(`unknown kind in ${text}`);
  return { resource, namespace: resource.namespaced ? namespace : undefined, name };
}

function waitForGone(run: StepRun, condition: Of<"ObjectsGone">, { timeoutMs }: Waited): Promise<undefined> {
  const refs = condition.objects.map((text) => refTo(text, run.cluster.namespace));
  return waitUntil(run, {
    condition,
    otherwise: "not everything is gone",
    timeoutMs,
    signal: run.io.signal,
    async look() {
      const present = await Promise.all(refs.map((ref) => getObject(run.io.kube, ref, run.io.signal)));
      return count(present.filter((object) => object === undefined).length, refs.length, "objects gone");
    },
  });
}

/** Waits for a condition of the plan, showing how far it is. Throws AppError Timeout. */
export async function waitForCondition(run: StepRun, { condition, timeoutMs }: Extract<Step, { kind: "WaitFor" }>): Promise<StepResult> {
  switch (condition.kind) {
    case "PodsReady":
      await waitForPods(run, condition, { timeoutMs });
      return changed;
    case "NodesBack":
      await waitForNodes(run, condition.nodes, { timeoutMs, signal: run.io.signal });
      return changed;
    case "VolumesResized":
      await waitForVolumes(run, condition, { timeoutMs });
      return changed;
    case "ObjectsGone":
      await waitForGone(run, condition, { timeoutMs });
      return changed;
    case "ChangeAllowed":
      await waitForChange(run, [], timeoutMs);
      return changed;
    case "GateOpen":
      await waitForGate(run, condition.nodes, timeoutMs);
      return changed;
    default:
      return assertNever(condition);
  }
}
