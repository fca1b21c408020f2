import type { KubeObject } from "../../../src/model/kube.ts";
import type { FakeClock } from "./fake-clock.ts";
import { isReady, isTerminating } from "./stateful-sets.ts";
import type { Store } from "./store.ts";

type PodSet = KubeObject & { spec?: { pods?: KubeObject[] } };
type Parts = { readonly stop: (pod: KubeObject) => void; readonly forgets: number };

const annotation = "strimzi.io/manual-rolling-update";

/** How long the operator takes to come to anything. */
const reconcileMs = 3_000;

/**
 * A Strimzi operator as far as restarts go: it makes the pods of its sets, and deletes those that carry the annotation, one by one, the next
 * when all are ready again. The first `forgets` times it takes the annotation off instead, and restarts nothing.
 */
export function newOperator(store: Store, clock: FakeClock, { stop, forgets }: Parts): { look(): void } {
  let left = forgets;
  let planned = false;
  const sets = (): PodSet[] => store.all("StrimziPodSet") as PodSet[];
  const podsOf = (set: PodSet): KubeObject[] =>
    (set.spec?.pods ?? []).flatMap(({ metadata }) => store.find("Pod", set.metadata.namespace, metadata.name) ?? []);
  const make = (set: PodSet, pod: KubeObject): void => {
    const { apiVersion, kind } = set;
    const { name, namespace, uid = "" } = set.metadata;
    const labels = { ...pod.metadata.labels, "controller-revision-hash": "none" };
    const ownerReferences = [{ apiVersion, kind, name, uid, controller: true }];
    store.insert({
      ...pod,
      metadata: { ...pod.metadata, ...(namespace ? { namespace } : {}), labels, ownerReferences },
      status: { phase: "Pending" },
    });
  };
  const forget = (pod: KubeObject): void => {
    left -= 1;
    const { [annotation]: _, ...annotations } = pod.metadata.annotations ?? {};
    store.update({ ...pod, metadata: { ...pod.metadata, annotations } });
  };
  const reconcile = (): void => {
    planned = false;
    const pods = sets().flatMap(podsOf);
    const [due] = pods.filter((pod) => pod.metadata.annotations?.[annotation] === "true" && !isTerminating(pod));
    if (due === undefined || !pods.every((pod) => isReady(pod) && !isTerminating(pod))) return;
    if (left > 0) forget(due);
    else stop(due);
  };
  return {
    look() {
      for (const set of sets())
        for (const pod of set.spec?.pods ?? [])
          if (store.find("Pod", set.metadata.namespace, pod.metadata.name) === undefined) make(set, pod);
      const pods = sets().flatMap(podsOf);
      if (planned || !pods.some((pod) => pod.metadata.annotations?.[annotation] === "true")) return;
      planned = true;
      clock.after(reconcileMs, () => {
        reconcile();
        // what it could not do yet it tries again
        planned = false;
        this.look();
      });
    },
  };
}
