import { toInstant } from "../../../src/model/instant.ts";
import type { KubeObject } from "../../../src/model/kube.ts";
import type { FakeClock } from "./fake-clock.ts";
import { isTerminating } from "./stateful-sets.ts";
import type { Store } from "./store.ts";

/** How long things take, in ms of the fake clock. */
export type Times = { readonly startMs: number; readonly readyMs: number; readonly stopMs: number; readonly resizeMs: number };

export type Kubelet = {
  /** Starts what can start, binds and grows volumes. */
  look(): void;
  /** Begins a pod's end. */
  stop(pod: KubeObject): void;
  /** From now on pods of this name do not start, and why ("CrashLoopBackOff"); undefined: they do again. */
  trouble(pod: string, reason: string | undefined): void;
};

type Volume = {
  configMap?: { name?: string };
  secret?: { secretName?: string };
  persistentVolumeClaim?: { claimName: string };
  projected?: { sources?: { secret?: { name?: string } }[] };
};
type Claim = KubeObject & {
  spec: { resources?: { requests?: { storage?: string } } };
  status?: { phase?: string; capacity?: { storage?: string }; conditions?: object[] };
};

function canMount(store: Store, pod: KubeObject): boolean {
  const { namespace } = pod.metadata;
  const volumes = (pod.spec as { volumes?: Volume[] } | undefined)?.volumes ?? [];
  const there = (kind: string, name: string | undefined) => name === undefined || store.find(kind, namespace, name) !== undefined;
  return volumes.every(
    ({ configMap, secret, persistentVolumeClaim, projected }) =>
      (projected?.sources ?? []).every((source) => there("Secret", source.secret?.name)) &&
      there("ConfigMap", configMap?.name) &&
      there("Secret", secret?.secretName) &&
      there("PersistentVolumeClaim", persistentVolumeClaim?.claimName),
  );
}

const scheduled = { type: "PodScheduled", status: "True" };

export function newKubelet(store: Store, clock: FakeClock, { times, offlineGrowth }: { times: Times; offlineGrowth: boolean }): Kubelet {
  const started = new Set<string>();
  const growing = new Set<string>();
  const troubles = new Map<string, string>();
  const present = ({ metadata }: KubeObject): KubeObject | undefined => {
    const now = store.find("Pod", metadata.namespace, metadata.name);
    return now?.metadata.uid === metadata.uid && now && !isTerminating(now) ? now : undefined;
  };
  const setStatus = (pod: KubeObject, status: object): void => {
    const now = present(pod);
    if (now !== undefined) store.update({ ...now, status });
  };
  const waiting = (pod: KubeObject, reason: string): void =>
    setStatus(pod, {
      phase: "Pending",
      conditions: [scheduled],
      containerStatuses: [{ name: "kafka", ready: false, restartCount: 0, state: { waiting: { reason } } }],
    });
  const start = (pod: KubeObject): void => {
    if (started.has(pod.metadata.uid ?? "")) return;
    const trouble = troubles.get(pod.metadata.name) ?? (canMount(store, pod) ? undefined : "ContainerCreating");
    if (trouble !== undefined) {
      waiting(pod, trouble);
      return;
    }
    started.add(pod.metadata.uid ?? "");
    clock.after(times.startMs, () => {
      const startTime = toInstant(clock.now());
      const status = (ready: boolean) => ({
        phase: "Running",
        startTime,
        conditions: [scheduled, { type: "Ready", status: ready ? "True" : "False", lastTransitionTime: toInstant(clock.now()) }],
        containerStatuses: [{ name: "kafka", ready, restartCount: 0 }],
      });
      setStatus(pod, status(false));
      clock.after(times.readyMs, () => setStatus(pod, status(true)));
    });
  };
  const grow = (claim: Claim): void => {
    const { uid = "" } = claim.metadata;
    const wanted = claim.spec.resources?.requests?.storage ?? "";
    const { phase, capacity } = claim.status ?? {};
    if (phase !== "Bound") {
      store.update({ ...claim, status: { phase: "Bound", capacity: { storage: wanted } } });
      return;
    }
    if (capacity?.storage === wanted || growing.has(uid)) return;
    growing.add(uid);
    store.update({ ...claim, status: { ...claim.status, conditions: [{ type: "Resizing", status: "True" }] } });
    clock.after(times.resizeMs, () => {
      if (!offlineGrowth) growing.delete(uid);
      const now = store.find("PersistentVolumeClaim", claim.metadata.namespace, claim.metadata.name) as Claim | undefined;
      if (now?.metadata.uid !== uid || !now) return;
      const size = now.spec.resources?.requests?.storage;
      const pending = { ...now.status, conditions: [{ type: "FileSystemResizePending", status: "True" }] };
      store.update({ ...now, status: offlineGrowth ? pending : { phase: "Bound", capacity: { storage: size } } });
    });
  };
  const resizeOf = (pod: KubeObject): void => {
    for (const claim of store.all("PersistentVolumeClaim") as Claim[]) {
      if (!claim.metadata.name.endsWith(`-${pod.metadata.name}`) || !growing.delete(claim.metadata.uid ?? "")) continue;
      store.update({ ...claim, status: { phase: "Bound", capacity: { storage: claim.spec.resources?.requests?.storage } } });
    }
  };
  return {
    look() {
      for (const claim of store.all("PersistentVolumeClaim")) grow(claim as Claim);
      for (const pod of store.all("Pod")) if (!isTerminating(pod) && pod.metadata.labels?.["controller-revision-hash"]) start(pod);
    },
    stop(pod) {
      const now = present(pod);
      if (now === undefined) return;
      store.update({ ...now, metadata: { ...now.metadata, deletionTimestamp: toInstant(clock.now()) } });
      clock.after(times.stopMs, () => {
        const last = store.find("Pod", pod.metadata.namespace, pod.metadata.name);
        if (last?.metadata.uid !== pod.metadata.uid || last === undefined) return;
        resizeOf(pod);
        store.remove(last);
      });
    },
    trouble(pod, reason) {
      if (reason === undefined) troubles.delete(pod);
      else troubles.set(pod, reason);
      for (const one of store.all("Pod")) if (reason === undefined && one.metadata.name === pod && !isTerminating(one)) start(one);
    },
  };
}
