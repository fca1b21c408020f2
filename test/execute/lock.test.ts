import assert from "node:assert/strict";
import { test } from "node:test";
import { acquireLock } from "../../src/execute/lock.ts";
import { AppError } from "../../src/model/errors.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { fakeProcess } from "../fakes/process.ts";
import { type FakeWorld, newWorld } from "../fakes/world/world.ts";

const cluster = { namespace: "kafka", name: "c" };
const lease = (world: FakeWorld) =>
  world.store.find("Lease", "kafka", "kubectl-kafka-c") as (KubeObject & { spec: Record<string, unknown> }) | undefined;
const jane = { cluster, holder: "jane@laptop/100", process: fakeProcess({ pid: 100 }) };
const joe = { cluster, holder: "joe@desk/200", process: fakeProcess({ pid: 200, host: "desk", place: "another boot/space" }) };

async function refusal(promise: Promise<unknown>): Promise<AppError> {
  const fault = await promise.then(
    () => undefined,
    (error: unknown) => error,
  );
  assert.ok(fault instanceof AppError, String(fault));
  return fault;
}

test("the lock is a Lease that goes with its run", async () => {
  const world = newWorld();
  const lock = await acquireLock(world, jane);
  assert.deepEqual(lease(world)?.spec, {
    holderIdentity: "jane@laptop/100",
    leaseDurationSeconds: 60,
    acquireTime: "2026-11-23T12:00:00.000000Z",
    renewTime: "2026-11-23T12:00:00.000000Z",
    leaseTransitions: 0,
  });
  await lock.release();
  assert.equal(lease(world), undefined);
  assert.equal(lock.lost.aborted, false);
});

test("a second run is told who has it, since when, and what to do", async () => {
  const world = newWorld();
  const lock = await acquireLock(world, jane);
  await world.clock.sleep(20_000);
  const fault = await refusal(acquireLock(world, joe));
  assert.equal(fault.code, "Conflict");
  assert.equal(fault.message, "jane@laptop/100 is changing Kafka kafka/c, since 2026-11-23T12:00:00Z");
  assert.match(fault.hint ?? "", /^wait for that run to end; if it died, its lock ends in 55 s, and --force-unlock takes it at once$/);
  assert.equal(fault.details.holder, "jane@laptop/100");
  await lock.release();
  await (await acquireLock(world, joe)).release();
});

test("as long as a run lives its lock is renewed", async () => {
  const world = newWorld();
  const lock = await acquireLock(world, jane);
  await world.clock.sleep(600_000);
  assert.equal((await refusal(acquireLock(world, joe))).code, "Conflict");
  assert.equal(lock.lost.aborted, false);
  await lock.release();
});

/** The Lease of a run that was killed so long ago. */
const stale = (agoMs: number): KubeObject => ({
  apiVersion: "coordination.k8s.io/v1",
  kind: "Lease",
  metadata: { name: "kubectl-kafka-c", namespace: "kafka" },
  spec: {
    holderIdentity: "jane@laptop/100",
    leaseDurationSeconds: 60,
    leaseTransitions: 3,
    acquireTime: "2026-11-23T11:00:00.000000Z",
    renewTime: new Date(Date.UTC(2026, 10, 23, 12) - agoMs).toISOString(),
  },
});

test("a lock whose time is over is taken over", async () => {
  const world = newWorld({ objects: [stale(61_000)] });
  const lock = await acquireLock(world, joe);
  assert.deepEqual([lease(world)?.spec.holderIdentity, lease(world)?.spec.leaseTransitions], ["joe@desk/200", 4]);
  await lock.release();
});

test("a lock that is still good is kept, and taken only by force; whoever had it hears of it", async () => {
  const world = newWorld();
  const first = await acquireLock(world, jane);
  assert.equal((await refusal(acquireLock(world, joe))).code, "Conflict");
  const second = await acquireLock(world, { ...joe, force: true });
  assert.equal(first.taken, undefined);
  assert.equal(second.taken, "The lock is taken from jane@laptop/100, since 2026-11-23T12:00:00Z.");
  await world.clock.sleep(20_000);
  assert.equal(first.lost.aborted, true);
  assert.equal(first.lost.reason.message, "joe@desk/200 is changing Kafka kafka/c, since 2026-11-23T12:00:00Z");
  await first.release();
  assert.equal(lease(world)?.spec.holderIdentity, "joe@desk/200", "the loser does not delete the winner's lock");
  await second.release();
});

test("of two that want a dead run's lock one gets it", async () => {
  const world = newWorld({ objects: [stale(61_000)] });
  const both = await Promise.allSettled([acquireLock(world, jane), acquireLock(world, joe)]);
  assert.deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
  for (const one of both) if (one.status === "fulfilled") await one.value.release();
});

test("of two that begin at the same moment one gets it", async () => {
  const world = newWorld();
  const both = await Promise.allSettled([acquireLock(world, jane), acquireLock(world, joe)]);
  const [loser] = both.flatMap((one) => (one.status === "rejected" ? [one.reason as AppError] : []));
  assert.match(loser?.message ?? "", /@/);
  for (const one of both) if (one.status === "fulfilled") await one.value.release();
});

test("a renewal whose answer was lost is no loss; an API server that is away for long is", async () => {
  const world = newWorld();
  const lock = await acquireLock(world, jane);
  let [renewals, away] = [0, false];
  world.intercept = ({ verb, when }) => {
    if (verb !== "patch") return;
    if (when === "before" && away) throw new AppError("Unreachable", "no answer");
    if (when === "after" && (renewals += 1) === 1) throw new AppError("Conflict", "the version is another one by now");
  };
  await world.clock.sleep(50_000);
  assert.equal(lock.lost.aborted, false);
  assert.equal(renewals, 3);
  away = true;
  await world.clock.sleep(40_000);
  assert.equal(lock.lost.aborted, false);
  await world.clock.sleep(60_000);
  assert.equal(lock.lost.aborted, true);
  await lock.release();
});

test("a lock that cannot be given back runs out", async () => {
  const world = newWorld();
  const lock = await acquireLock(world, jane);
  world.intercept = ({ verb }) => {
    if (verb === "delete") throw new AppError("Unreachable", "no answer");
  };
  await lock.release();
  world.intercept = () => {};
  await world.clock.sleep(61_000);
  await (await acquireLock(world, joe)).release();
});
