import assert from "node:assert/strict";
import { test } from "node:test";
import { acquireLock, type LockRequest } from "../../src/execute/lock.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import type { ThisProcess } from "../../src/ports/program.ts";
import { fakeProcess } from "../fakes/process.ts";
import { type FakeWorld, newWorld } from "../fakes/world/world.ts";

const requestOf = (process: ThisProcess): LockRequest => ({
  cluster: { namespace: "kafka", name: "c" },
  holder: `jane@${process.host}/${process.pid}`,
  process,
});

/** A world whose lock a run of the process 100 left when it was killed. */
async function killed(process: ThisProcess = fakeProcess()): Promise<FakeWorld> {
  const world = newWorld();
  const lock = await acquireLock(world, requestOf(process));
  const lease = structuredClone(world.store.find("Lease", "kafka", "kubectl-kafka-c") as KubeObject);
  await lock.release();
  return newWorld({ objects: [lease] });
}

test("a lock of a process that has ended on this machine is taken at once, and it is told", async () => {
  const world = await killed();
  const lock = await acquireLock(world, requestOf(fakeProcess({ pid: 200 })));
  assert.match(lock.taken ?? "", /left by a run that ended .*: jane@laptop\/100, since 2026-11-23T12:00:00Z\.$/);
  await lock.release();
});

const doubtful: readonly [what: string, holder: ThisProcess, next: ThisProcess][] = [
  ["the process is there", fakeProcess(), fakeProcess({ pid: 200 }, [100])],
  ["another machine, or this one before it was started again", fakeProcess({ place: "boot before/space" }), fakeProcess({ pid: 200 })],
  ["another container of this machine", fakeProcess({ place: "boot/other space" }), fakeProcess({ pid: 200 })],
  ["another host's name", fakeProcess({ host: "desk" }), fakeProcess({ pid: 200 })],
  ["the holder's system does not tell its place", fakeProcess({ place: undefined }), fakeProcess({ pid: 200 })],
  ["ours does not", fakeProcess(), fakeProcess({ pid: 200, place: undefined })],
  ["neither does", fakeProcess({ place: undefined }), fakeProcess({ pid: 200, place: undefined })],
];

for (const [what, holder, next] of doubtful)
  test(`a lock is waited for where its run may live: ${what}`, async () => {
    await assert.rejects(acquireLock(await killed(holder), requestOf(next)), { code: "Conflict" });
  });

test("a mark that was left when somebody else took the lock says nothing of that one", async () => {
  const world = await killed();
  const lease = world.store.find("Lease", "kafka", "kubectl-kafka-c") as KubeObject & { spec: object };
  world.store.update({ ...lease, spec: { ...lease.spec, holderIdentity: "another tool" } });
  await assert.rejects(acquireLock(world, requestOf(fakeProcess({ pid: 200 }))), { code: "Conflict" });
});

test("whoever takes a lock over leaves a mark of its own, or none", async () => {
  for (const [place, mark] of [
    ["boot/space", "boot/space/200"],
    [undefined, ""],
  ] as const) {
    const world = await killed();
    const lock = await acquireLock(world, { ...requestOf(fakeProcess({ pid: 200, place })), force: true });
    assert.deepEqual(world.store.find("Lease", "kafka", "kubectl-kafka-c")?.metadata.annotations, { "kubectl-kafka/process": mark });
    await lock.release();
  }
});
