import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ExecuteIo } from "../../src/execute/execute-io.ts";
import { runPlan } from "../../src/execute/run-plan.ts";
import { AppError } from "../../src/model/errors.ts";
import type { RunEvent } from "../../src/model/event.ts";
import type { Observation } from "../../src/model/observation.ts";
import type { Plan } from "../../src/model/plan.ts";
import type { RollRequest } from "../../src/model/roll.ts";
import { planRoll } from "../../src/plan/roll.ts";
import { executeIo, observeWorld } from "../fakes/world/execute-io.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import { countRestarts, directCluster, everyone, managedCluster, podNames, uidsOf, watchSafety } from "./roll-cluster.ts";
import { ref } from "./small-cluster.ts";

type Ran = { readonly events: RunEvent[]; readonly fault: unknown };

async function plan(world: FakeWorld, request: Partial<RollRequest> = {}): Promise<Plan> {
  const answer = planRoll(await observeWorld(world, ref), { ...everyone, ...request });
  assert.ok(answer.ok, JSON.stringify(answer));
  return answer.plan;
}

async function roll(world: FakeWorld, request: Partial<RollRequest> = {}, changes: Partial<ExecuteIo> = {}): Promise<Ran> {
  const events: RunEvent[] = [];
  try {
    for await (const event of runPlan(await plan(world, request), executeIo(world, ref, changes))) events.push(event);
  } catch (fault) {
    return { events, fault };
  }
  return { events, fault: undefined };
}

const waiting = ({ events }: Ran) => events.flatMap((event) => (event.kind === "Waiting" ? [event] : []));
const told = (ran: Ran): string[] => waiting(ran).flatMap(({ because, progress }) => [because ?? [], progress?.text ?? []].flat());
const phases = (ran: Ran, node: number): string[] => {
  const all = waiting(ran).flatMap(({ nodes = [] }) => nodes.flatMap((one) => (one.node === node ? [one.phase] : [])));
  return all.filter((phase, at) => phase !== all[at - 1]);
};
const outcomes = ({ events }: Ran): string[] => events.flatMap((event) => (event.kind === "StepDone" ? [event.outcome] : []));
const faultOf = ({ fault }: Ran): AppError => {
  assert.ok(fault instanceof AppError, String(fault));
  return fault;
};
const strays = (world: FakeWorld): number =>
  world
    .kafka("c")
    .topics()
    .flatMap(({ partitions }) => partitions)
    .filter(({ leader, replicas }) => leader !== replicas[0]).length;
const once = Object.fromEntries(podNames.map((name) => [name, 1]));
const only = (...names: string[]) => Object.fromEntries(podNames.map((name) => [name, names.includes(name) ? 1 : 0]));

describe("a whole roll", () => {
  test("one at a time: everybody once, nothing broken, leaders given back", async () => {
    const world = directCluster();
    const [restarts, broken] = [countRestarts(world), watchSafety(world)];
    const ran = await roll(world);
    assert.equal(ran.fault, undefined);
    assert.deepEqual(restarts(), once);
    assert.deepEqual(broken, []);
    assert.equal(strays(world), 0);
    assert.deepEqual(phases(ran, 3), ["leaving", "down", "starting", "catchingUp"]);
    const done = ran.events.find((event) => event.kind === "StepDone" && event.step === "restart c-broker-3");
    assert.ok(done?.kind === "StepDone");
    const [times] = done.nodes ?? [];
    const sum = Object.values(times?.phases ?? {}).reduce((total, ms) => total + ms, 0);
    assert.equal(times?.ms, sum);
    assert.ok((done.leftMs ?? 0) > 0);
  });

  test("without leader moves they stay where they went", async () => {
    const world = directCluster();
    await roll(world, { roles: ["broker"], leaderMoves: false });
    assert.ok(strays(world) > 0);
    assert.ok(!world.writes.includes("alter leaders"));
  });

  test("a leader that is not given back is a remark, and no failure", async () => {
    const world = directCluster();
    world.intercept = ({ what, when }) => {
      if (what === "leaders" && when === "before") throw new AppError("KafkaError", "not now");
    };
    const ran = await roll(world, { nodes: ["3"] });
    assert.equal(ran.fault, undefined);
    assert.ok(ran.events.some((event) => event.kind === "StepDone" && event.because === "leaders were not given back: not now"));
  });

  test("rack by rack: three controllers, then three waves, nothing broken", async () => {
    const world = directCluster();
    const [restarts, broken] = [countRestarts(world), watchSafety(world)];
    const ran = await roll(world, { maxUnavailable: "rack" });
    assert.equal(ran.fault, undefined);
    assert.equal(outcomes(ran).length, 6);
    assert.deepEqual(restarts(), once);
    assert.deepEqual(broken, []);
    assert.ok(told(ran).some((text) => /^[01] of 2 nodes back$/.test(text)));
  });

  test("after it, nothing waits for a restart", async () => {
    const world = directCluster();
    await roll(world, { maxUnavailable: 2 });
    assert.deepEqual((await plan(world, { onlyPending: true })).waves, []);
  });
});

describe("what goes wrong", () => {
  test("a node that was restarted behind our back is done", async () => {
    const world = directCluster();
    const restarts = countRestarts(world);
    const planned = await plan(world, { nodes: ["3", "4"] });
    await world.kube.delete({
      ref: {
        resource: { group: "", version: "v1", plural: "pods", kind: "Pod", namespaced: true },
        namespace: "kafka",
        name: "c-broker-4",
      },
      propagation: "Background",
    });
    world.clock.advance(10_000);
    const events: RunEvent[] = [];
    for await (const event of runPlan(planned, executeIo(world, ref))) events.push(event);
    assert.deepEqual(outcomes({ events, fault: undefined }), ["changed", "alreadyDone"]);
    assert.deepEqual(restarts(), only("c-broker-3", "c-broker-4"));
  });

  for (const [what, outage] of [
    ["the API server", { kube: new AppError("Unreachable", "connection refused") }],
    ["Kafka", { kafka: new AppError("KafkaUnreachable", "no broker answers") }],
  ] as const)
    for (const atMs of [500, 2_500, 4_500])
      test(`${what} is gone for 30 s, from ${atMs} ms on: the roll waits and goes on`, async () => {
        const world = directCluster();
        const [restarts, broken] = [countRestarts(world), watchSafety(world)];
        world.clock.after(atMs, () => Object.assign(world.outage, outage));
        world.clock.after(atMs + 30_000, () => {
          delete world.outage.kube;
          delete world.outage.kafka;
        });
        const ran = await roll(world, { nodes: ["3", "4", "5"] });
        assert.equal(ran.fault, undefined);
        assert.deepEqual(restarts(), only("c-broker-3", "c-broker-4", "c-broker-5"));
        assert.deepEqual(broken, []);
      });

  test("a pod that does not start again ends the roll; nobody else is touched, now or the next time", async () => {
    const world = directCluster();
    const before = uidsOf(world);
    world.trouble("c-broker-3", "ImagePullBackOff");
    const ran = await roll(world, { roles: ["broker"] }, { waitMs: 60_000 });
    assert.equal(faultOf(ran).message, "after 60 s c-broker-3 is not back: ImagePullBackOff");
    const again = await roll(world, { nodes: ["4"] }, { waitMs: 20_000 });
    assert.equal(faultOf(again).message, "after 20 s c-broker-4 may still not be restarted: c-broker-3 is not ready (ImagePullBackOff)");
    const { "c-broker-3": _, ...others } = before;
    const { "c-broker-3": _now, ...now } = uidsOf(world);
    assert.deepEqual(now, others);
  });

  test("a broker that lost a log directory is told by its name, without waiting for ever", async () => {
    const world = directCluster();
    world.kafka("c").lost.set(3, "/data/kafka-1");
    const start = world.clock.now();
    const ran = await roll(world, { nodes: ["3", "4"] });
    assert.match(faultOf(ran).message, /^c-broker-3: log directory \/data\/kafka-1 is offline \(KAFKA_STORAGE_ERROR\)/);
    assert.ok(world.clock.now() - start < 60_000);
    assert.equal(outcomes(ran).length, 1);
  });

  test("a broker that copies for long is waited for as long as it comes further, though no partition is in sync yet", async () => {
    const world = directCluster({ catchUpMs: 600_000 });
    const ran = await roll(world, { nodes: ["3"] }, { waitMs: 30_000 });
    assert.equal(ran.fault, undefined);
    assert.ok(told(ran).some((text) => /0 of \d+ replicas in sync, 1,000 records behind, .* copied/.test(text)));
  });

  test("a broker that loads its logs shows how far it is", async () => {
    const world = directCluster({ times: { readyMs: 12_000 } });
    world.logs.set("c-broker-3", ["x", "INFO Completed load of Log(…) in 12ms (7/40 completed in /data) (kafka.log.LogManager)"]);
    const ran = await roll(world, { nodes: ["3"] });
    assert.equal(ran.fault, undefined);
    assert.ok(phases(ran, 3).includes("recovering"));
    assert.ok(told(ran).includes("7 of 40 logs loaded"));
    world.forbidden.add("get pods/log");
    assert.equal((await roll(world, { nodes: ["3"] })).fault, undefined);
  });

  test("replicas that fall behind hold the next node, and say until when", async () => {
    const world = directCluster();
    const broken = watchSafety(world);
    world.clock.after(1_500, () => world.kafka("c").lag(7, true));
    world.clock.after(60_000, () => world.kafka("c").lag(7, false));
    const ran = await roll(world, { nodes: ["3", "6"] });
    assert.equal(ran.fault, undefined);
    assert.ok(
      told(ran).some((text) => /^orders-\d has ISR \{[\d,]+\} = min ISR 2.*; waiting for node 7 to catch up$/.test(text)),
      told(ran).join("\n"),
    );
    assert.deepEqual(
      broken.filter((what) => what === "no quorum"),
      [],
    );
  });

  test("the right to delete pods was taken away: nothing restarts, and the fault names it", async () => {
    const world = directCluster();
    const before = uidsOf(world);
    world.forbidden.add("delete pods");
    const ran = await roll(world, { nodes: ["3"] });
    assert.deepEqual([faultOf(ran).code, faultOf(ran).message], ["Forbidden", "not permitted: delete pods"]);
    assert.deepEqual(uidsOf(world), before);
  });
});

test("a pod that is called out of date even after its restart does not go twice", async () => {
  const world = directCluster();
  const restarts = countRestarts(world);
  const observe = async (): Promise<Observation> => {
    const seen = await observeWorld(world, ref);
    return { ...seen, nodes: seen.nodes.map((node) => (node.id === 3 ? { ...node, restartReasons: ["PodHasOldRevision"] } : node)) };
  };
  const ran = await roll(world, { nodes: ["3", "6"], maxUnavailable: "rack" }, { observe });
  assert.equal(ran.fault, undefined);
  assert.deepEqual(restarts(), only("c-broker-3", "c-broker-6"));
});

test("three controllers that are down, for nothing that a restart waits for: all go, and the end waits for all", async () => {
  const world = directCluster();
  for (const id of [0, 1, 2]) world.trouble(`c-controller-${id}`, "CreateContainerConfigError");
  for (const id of [0, 1, 2]) world.store.remove(world.store.find("Pod", "kafka", `c-controller-${id}`) ?? assert.fail());
  world.clock.advance(10_000);
  world.intercept = ({ verb, what, when }) => {
    if (verb === "delete" && when === "after") world.trouble(what.replace("Pod ", ""), undefined);
  };
  const ran = await roll(world, { roles: ["controller"] });
  assert.equal(ran.fault, undefined);
  assert.deepEqual(outcomes(ran), ["changed", "changed", "changed", "changed"]);
  assert.ok(world.kafka("c").leader() >= 0);
});

describe("evictions", () => {
  test("a budget that refuses is waited for, in its own words", async () => {
    const world = directCluster();
    world.budget = () => "The disruption budget c-kafka needs 8 healthy pods and has 8 currently";
    world.clock.after(8_000, () => {
      world.budget = () => undefined;
    });
    const ran = await roll(world, { nodes: ["3"], evict: true });
    assert.deepEqual(outcomes(ran), ["changed"]);
    assert.ok(told(ran).includes("The disruption budget c-kafka needs 8 healthy pods and has 8 currently"));
    assert.ok(!world.writes.includes("delete Pod c-broker-3"));
  });

  test("a budget that never lets go ends the roll with its words", async () => {
    const world = directCluster();
    world.budget = () => "no";
    const ran = await roll(world, { nodes: ["3"], evict: true }, { waitMs: 20_000 });
    assert.equal(faultOf(ran).message, "after 20 s c-broker-3 may still not be restarted: no");
  });

  test("of a batch the budget lets go one at a time: each goes once, when the one before is back", async () => {
    const world = directCluster();
    const [restarts, broken] = [countRestarts(world), watchSafety(world)];
    const isReady = (name: string) =>
      JSON.stringify(world.store.find("Pod", "kafka", name)?.status ?? {}).includes('"Ready","status":"True"');
    world.budget = () =>
      podNames.every((name) => isReady(name) && !world.store.find("Pod", "kafka", name)?.metadata.deletionTimestamp)
        ? undefined
        : "one is away";
    const ran = await roll(world, { racks: ["z0"], evict: true, maxUnavailable: "rack" });
    assert.deepEqual(outcomes(ran), ["changed"]);
    assert.deepEqual(restarts(), only("c-broker-3", "c-broker-6"));
    assert.deepEqual(broken, []);
  });
});

describe("with an operator", () => {
  test("it is asked once for all, restarts them one by one, and each is waited for", async () => {
    const world = managedCluster();
    const [restarts, broken] = [countRestarts(world), watchSafety(world)];
    const ran = await roll(world);
    assert.equal(ran.fault, undefined);
    assert.deepEqual(restarts(), once);
    assert.deepEqual(broken, []);
    assert.deepEqual(
      world.writes.filter((what) => !what.startsWith("patch Pod")),
      [],
    );
    assert.equal(world.writes.length, podNames.length);
    assert.ok(told(ran).some((text) => text === "4 of 9 nodes back"));
  });

  test("what it forgot it is asked for again", async () => {
    const world = managedCluster(2);
    const restarts = countRestarts(world);
    const ran = await roll(world, { nodes: ["3", "4"] });
    assert.equal(ran.fault, undefined);
    assert.deepEqual(restarts(), only("c-broker-3", "c-broker-4"));
    assert.ok(told(ran).some((text) => /^c-broker-[34] was forgotten without a restart: the operator is asked again$/.test(text)));
  });

  test("an operator that does nothing is not waited for without end", async () => {
    const world = managedCluster(1_000_000);
    const ran = await roll(world, { nodes: ["3"] }, { waitMs: 60_000 });
    assert.equal(faultOf(ran).code, "Timeout");
  });

  test("Ctrl-C stops the waiting at once", async () => {
    const world = managedCluster();
    const controller = new AbortController();
    world.clock.after(2_000, () => controller.abort(new AppError("Interrupted", "interrupted")));
    const ran = await roll(world, {}, { signal: controller.signal });
    assert.deepEqual([outcomes(ran), faultOf(ran).code], [["held"], "Interrupted"]);
  });
});
