import { AppError } from "../model/errors.ts";
import { msOf, toInstant } from "../model/instant.ts";
import { type KubeObject, type ObjectRef, resources } from "../model/kube.ts";
import type { ClusterRef } from "../model/observation.ts";
import { formatDuration } from "../model/units.ts";
import type { Clock } from "../ports/clock.ts";
import type { KubeApi } from "../ports/kube.ts";
import type { ThisProcess } from "../ports/program.ts";
import { getObject } from "./get-object.ts";
import { hasEnded, markOf } from "./lock-holder.ts";

// One Lease per cluster keeps two runs apart.
// 1. Who creates it has it. One that was not renewed in its time is taken over, and one whose process has surely ended (lock-holder), any
//    other only by force; each take-over names the version it saw, so that of two only one succeeds.
// 2. It is renewed four times in its time. A renewal that is refused, or that fails for as long as the lease lasts, is a lock that was lost.
// 3. Released, the Lease is deleted; killed, it runs out.

export type LockIo = { readonly kube: KubeApi; readonly clock: Clock };

export type LockRequest = {
  readonly cluster: ClusterRef;
  /** Who we are to whoever finds the lock taken: "jane@laptop/12345". */
  readonly holder: string;
  readonly process: ThisProcess;
  /** Take it from whoever has it. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
};

export type Lock = {
  /** Aborted, with AppError Conflict, when somebody else took it: stop at the next safe point. */
  readonly lost: AbortSignal;
  /** From whom it was taken before its time was over, as a sentence; left out: from nobody. */
  readonly taken?: string;
  /** Ends the renewals and gives the lock back. Throws nothing: a lock that could not be given back runs out. */
  release(): Promise<void>;
};

const leaseSeconds = 60;
const renewMs = (leaseSeconds * 1_000) / 4;

type Lease = KubeObject & {
  spec?: {
    holderIdentity?: string;
    leaseDurationSeconds?: number;
    acquireTime?: string;
    renewTime?: string;
    leaseTransitions?: number;
  };
};

type Change = NonNullable<Lease["spec"]> & { readonly annotations?: Readonly<Record<string, string>> };

/** Kubernetes' MicroTime wants six digits. */
const microTime = (ms: number): string => toInstant(ms).replace("Z", "000Z");

const endOf = ({ spec }: Lease): number => msOf(spec?.renewTime ?? "") + (spec?.leaseDurationSeconds ?? leaseSeconds) * 1_000;

/** A lease that tells no time, or whose time is over, holds nobody up. */
const isOver = (lease: Lease, now: number): boolean => !(endOf(lease) > now) || !lease.spec?.holderIdentity;

const isRefusal = (error: unknown): boolean =>
  error instanceof AppError && (error.code === "Conflict" || error.code === "NotFound" || error.code === "AlreadyExists");

const since = (acquireTime: string | undefined): string =>
  acquireTime === undefined ? "" : `, since ${toInstant(msOf(acquireTime)).replace(/\.\d+/, "")}`;

function taken({ namespace, name }: ClusterRef, lease: Lease | undefined, now: number): AppError {
  const { holderIdentity = "somebody", acquireTime } = lease?.spec ?? {};
  const left = lease === undefined ? 0 : endOf(lease) - now;
  return new AppError("Conflict", `${holderIdentity} is changing Kafka ${namespace}/${name}${since(acquireTime)}`, {
    hint: `wait for that run to end; if it died, its lock ends in ${formatDuration(Math.max(0, left))}, and --force-unlock takes it at once`,
    details: { holder: holderIdentity, ...(acquireTime === undefined ? {} : { since: acquireTime }) },
  });
}

type Place = { readonly io: LockIo; readonly request: LockRequest; readonly ref: ObjectRef };

async function create({ io, request, ref }: Place): Promise<Lease> {
  const now = microTime(io.clock.now());
  const spec = {
    holderIdentity: request.holder,
    leaseDurationSeconds: leaseSeconds,
    acquireTime: now,
    renewTime: now,
    leaseTransitions: 0,
  };
  const labels = { "strimzi.io/cluster": request.cluster.name, "app.kubernetes.io/managed-by": "kubectl-kafka" };
  const metadata = { name: ref.name, namespace: request.cluster.namespace, labels, annotations: markOf(request.process) };
  const lease = { apiVersion: "coordination.k8s.io/v1", kind: "Lease", metadata, spec };
  return io.kube.create(lease, resources.leases, request.signal);
}

/** The version makes the server refuse when somebody was quicker. */
const change = ({ io, ref }: Place, { metadata }: Lease, { annotations, ...spec }: Change): Promise<Lease> => {
  const marked = annotations === undefined ? {} : { annotations };
  return io.kube.patch({ ref, type: "merge", body: { metadata: { resourceVersion: metadata.resourceVersion, ...marked }, spec } });
};

type Acquired = { readonly lease: Lease; readonly taken?: string };

/** What there is to say of a lock that was not over. */
function takenFrom({ spec }: Lease, ended: boolean): string {
  const holder = `${spec?.holderIdentity ?? "somebody"}${since(spec?.acquireTime)}`;
  return ended
    ? `The lock was left by a run that ended without giving it back, and is taken over: ${holder}.`
    : `The lock is taken from ${holder}.`;
}

async function takeOver(place: Place, lease: Lease): Promise<Acquired> {
  const { io, request } = place;
  const now = io.clock.now();
  const over = isOver(lease, now);
  const ended = hasEnded(lease, request.process);
  if (!request.force && !over && !ended) throw taken(request.cluster, lease, now);
  const at = microTime(now);
  const next = await change(place, lease, {
    annotations: markOf(request.process),
    holderIdentity: request.holder,
    leaseDurationSeconds: leaseSeconds,
    acquireTime: at,
    renewTime: at,
    leaseTransitions: (lease.spec?.leaseTransitions ?? 0) + 1,
  });
  return { lease: next, ...(over ? {} : { taken: takenFrom(lease, ended) }) };
}

async function acquire(place: Place): Promise<Acquired> {
  const { io, request, ref } = place;
  try {
    const present = await getObject(io.kube, ref, request.signal);
    return present === undefined ? { lease: await create(place) } : await takeOver(place, present);
  } catch (error) {
    if (!isRefusal(error) || (error instanceof AppError && "holder" in error.details)) throw error;
    // somebody was quicker
    const winner = await getObject(io.kube, ref, request.signal);
    throw taken(request.cluster, winner, io.clock.now());
  }
}

type Held = { lease: Lease; goodUntil: number };

/** A renewal of ours may have come through although its answer was lost. */
const isSameHold = (a: Lease, b: Lease): boolean =>
  a.metadata.uid === b.metadata.uid &&
  a.spec?.holderIdentity === b.spec?.holderIdentity &&
  a.spec?.acquireTime === b.spec?.acquireTime &&
  a.spec?.leaseTransitions === b.spec?.leaseTransitions;

/** One renewal; one that fails in passing changes nothing. Throws when the lock is somebody else's by now, or surely ran out. */
async function renew(place: Place, { lease, goodUntil }: Held): Promise<Held> {
  const { io, request, ref } = place;
  const now = io.clock.now();
  try {
    const next = await change(place, lease, { renewTime: microTime(now) });
    return { lease: next, goodUntil: now + leaseSeconds * 1_000 };
  } catch (error) {
    if (!isRefusal(error)) {
      if (io.clock.now() >= goodUntil) throw error;
      return { lease, goodUntil };
    }
    const present = (await getObject(io.kube, ref)) as Lease | undefined;
    if (present === undefined || !isSameHold(present, lease)) throw taken(request.cluster, present, io.clock.now());
    return { lease: present, goodUntil: now + leaseSeconds * 1_000 };
  }
}

/** Takes the lock of a cluster and keeps it until it is released. Throws AppError Conflict that names who has it. */
export async function acquireLock(io: LockIo, request: LockRequest): Promise<Lock> {
  const { namespace, name } = request.cluster;
  const place: Place = { io, request, ref: { resource: resources.leases, namespace, name: `kubectl-kafka-${name}` } };
  const start = io.clock.now();
  const { lease, taken: words } = await acquire(place);
  let held: Held = { lease, goodUntil: start + leaseSeconds * 1_000 };
  const lost = new AbortController();
  const ended = new AbortController();
  const keep = async (): Promise<void> => {
    for (;;) {
      await io.clock.sleep(renewMs, ended.signal);
      held = await renew(place, held);
    }
  };
  const keeping = keep().catch((error: unknown) => {
    if (!ended.signal.aborted) lost.abort(error);
  });
  return {
    lost: lost.signal,
    ...(words === undefined ? {} : { taken: words }),
    async release() {
      ended.abort();
      await keeping;
      if (lost.signal.aborted) return;
      const { uid, resourceVersion } = held.lease.metadata;
      await io.kube.delete({ ref: place.ref, propagation: "Background", uid, resourceVersion }).catch(() => {});
    },
  };
}
