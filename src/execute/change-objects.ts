import { AppError } from "../model/errors.ts";
import type { KubeObject, ObjectRef, Resource } from "../model/kube.ts";
import { resources } from "../model/kube.ts";
import type { Step } from "../model/plan.ts";
import { parseQuantity } from "../model/units.ts";
import { alreadyDone, changed, type StepResult, type StepRun } from "./execute-io.ts";
import { getObject } from "./get-object.ts";
import { waitUntil } from "./wait-until.ts";

type Of<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

const fieldManager = "kubectl-kafka";

/** Where an object stands; one that names no namespace stands in the cluster's. */
const refOf = ({ cluster }: StepRun, resource: Resource, { metadata }: KubeObject): ObjectRef => ({
  resource,
  namespace: resource.namespaced ? (metadata.namespace ?? cluster.namespace) : undefined,
  name: metadata.name,
});

/** Server-side apply; fields that others set and we want otherwise become ours. */
export async function applyObject(run: StepRun, resource: Resource, object: KubeObject): Promise<StepResult> {
  const { kube } = run.io;
  const before = await getObject(kube, refOf(run, resource, object));
  const after = await kube.apply({ object, resource, fieldManager, force: true });
  const same = before !== undefined && before.metadata.resourceVersion === after.metadata.resourceVersion;
  return same ? alreadyDone : changed;
}

/** Deletes the very object that was planned for; with what it owns. */
export async function deleteObject({ io, cluster }: StepRun, { ref, uid }: Of<"DeleteObject">): Promise<StepResult> {
  const namespace = ref.resource.namespaced ? (ref.namespace ?? cluster.namespace) : undefined;
  try {
    await io.kube.delete({ ref: { ...ref, namespace }, propagation: "Background", uid });
    return changed;
  } catch (error) {
    if (error instanceof AppError && error.code === "NotFound") return alreadyDone;
    throw error;
  }
}

/** Takes an annotation away, whoever set it. */
export async function removeAnnotation({ io, cluster }: StepRun, { ref, annotation }: Of<"RemoveAnnotation">): Promise<StepResult> {
  const place = { ...ref, namespace: ref.resource.namespaced ? (ref.namespace ?? cluster.namespace) : undefined };
  const now = await getObject(io.kube, place);
  if (now?.metadata.annotations?.[annotation] === undefined) return alreadyDone;
  await io.kube.patch({ ref: place, type: "merge", body: { metadata: { annotations: { [annotation]: null } } } });
  return changed;
}

/**
 * Puts another StatefulSet in the place of one whose fields cannot change. Its pods go on running and the new one adopts them. Not
 * interrupted between: a cluster without the set would not bring a lost pod back.
 */
export async function replaceStatefulSet(run: StepRun, { object, uid }: Of<"ReplaceStatefulSet">): Promise<StepResult> {
  const { kube, waitMs } = run.io;
  const ref = refOf(run, resources.statefulSets, object);
  const before = await getObject(kube, ref);
  if (before?.metadata.uid === uid) {
    await kube.delete({ ref, propagation: "Orphan", uid });
    await waitUntil(run, {
      condition: { kind: "ObjectsGone", objects: [`StatefulSet/${ref.name}`] },
      otherwise: `StatefulSet ${ref.name} is still there`,
      timeoutMs: waitMs,
      async look() {
        const now = await getObject(kube, ref);
        if (now?.metadata.uid !== uid) return { done: true, value: undefined };
        return { done: false, progress: { text: `StatefulSet ${ref.name} lets go of its pods` } };
      },
    });
  }
  return applyObject(run, resources.statefulSets, object);
}

type Claim = KubeObject & { spec?: { resources?: { requests?: { storage?: string } } } };

/** Asks for a larger volume; to wait for it is another step. */
export async function growVolume({ io, cluster }: StepRun, { claim, to }: Of<"GrowVolume">): Promise<StepResult> {
  const ref = { ...claim, namespace: claim.namespace ?? cluster.namespace };
  const now = ((await io.kube.get(ref)) as Claim).spec?.resources?.requests?.storage;
  if ((parseQuantity(now ?? "") ?? 0) >= (parseQuantity(to) ?? Number.POSITIVE_INFINITY)) return alreadyDone;
  await io.kube.patch({ ref, type: "merge", body: { spec: { resources: { requests: { storage: to } } } } });
  return changed;
}
