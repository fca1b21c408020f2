import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { toInstant } from "../../src/model/instant.ts";
import { type KubeObject, resources } from "../../src/model/kube.ts";
import type { RollJournal } from "../../src/model/roll.ts";
import { brokers, countRestarts, directCluster, managedCluster, podNames, uidsOf, watchSafety } from "../execute/roll-cluster.ts";
import { setOf } from "../execute/small-cluster.ts";
import { readFakeCertificates } from "../fakes/world/authority.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import { healthyWorld } from "../worlds.ts";
import { type CliResult, type CliWorld, runCli } from "./run-cli.ts";

/** One command on the world; what it says of time is the world's. */
const run = (world: FakeWorld, line: string, rest: CliWorld = {}): Promise<CliResult> =>
  runCli(line.split(" "), {
    kube: async () => world.kube,
    openKafka: world.openKafka,
    clock: world.clock,
    readCertificates: readFakeCertificates,
    env: { USER: "jane" },
    ...rest,
  });

const journalOf = (world: FakeWorld): RollJournal => {
  const found = world.store.find("ConfigMap", "kafka", "c-roll") as { data?: Record<string, string> } | undefined;
  return JSON.parse(found?.data?.["roll.json"] ?? "null");
};

const once = Object.fromEntries(podNames.map((name) => [name, 1]));
const only = (...names: string[]) => Object.fromEntries(podNames.map((name) => [name, names.includes(name) ? 1 : 0]));

describe("roll --dry-run", () => {
  test("shows the plan and changes nothing, not even a lock", async () => {
    const world = directCluster();
    const { stdout, stderr, exitCode } = await run(world, "roll c --dry-run --role broker --max-unavailable rack");
    assert.deepEqual([stderr, exitCode, world.writes], ["", 0, []]);
    assert.match(stdout, /^Restart 6 nodes in 3 waves, about 15 s: ManualRollingUpdate\.\n/);
    assert.match(stdout, /\nNothing was changed\. To do it: kubectl kafka roll c -n kafka --role broker --max-unavailable rack\n$/);
  });

  test("as a document", async () => {
    const { stdout } = await run(directCluster(), "roll --dry-run 3 -o json");
    const { kind, waves, estimateMs } = JSON.parse(stdout);
    assert.deepEqual([kind, waves.length, waves[0].steps[0].nodes[0].pod, estimateMs], ["RollPlan", 1, "c-broker-3", 5_000]);
  });

  test("from a saved observation, without any Kubernetes", async () => {
    const files = { "seen.json": JSON.stringify(healthyWorld()) };
    const { stdout, exitCode, connection } = await runCli("roll --from-file seen.json --dry-run -o json --role broker".split(" "), {
      files,
    });
    assert.equal(exitCode, 0);
    assert.equal(JSON.parse(stdout).waves.length, 3);
    assert.equal(connection?.kubeconfig, undefined);
    const named = await runCli("roll my-cluster 4 --from-file seen.json --dry-run -o json".split(" "), { files });
    assert.equal(JSON.parse(named.stdout).waves.length, 1);
    const without = await runCli("roll --from-file seen.json".split(" "), { files });
    assert.equal(without.exitCode, 2);
  });
});

const refusals: [string, string, (world: FakeWorld) => void, RegExp][] = [
  ["a node that is not there", "roll c 99 --yes", () => {}, /node 99: there is none of that name/],
  [
    "no right to delete pods",
    "roll c --yes",
    (world) => void world.forbidden.add("delete pods"),
    /not permitted: delete pods in namespace kafka/,
  ],
  [
    "no right to evict",
    "roll c --evict --yes",
    (world) => void world.forbidden.add("create pods/eviction"),
    /not permitted: create pods\/eviction/,
  ],
  ["no consent", "roll c 3 --only-pending=false", () => {}, /hint: kubectl kafka roll c 3 -n kafka --yes\n$/],
];

describe("roll: refused before anything restarts, exit 3", () => {
  for (const [given, line, prepare, want] of refusals)
    test(given, async () => {
      const world = directCluster();
      prepare(world);
      const before = uidsOf(world);
      const { stderr, exitCode } = await run(world, line);
      assert.match(stderr, want);
      assert.equal(exitCode, 3);
      assert.deepEqual(uidsOf(world), before);
      assert.equal(world.store.find("ConfigMap", "kafka", "c-roll"), undefined);
      assert.equal(world.store.find("Lease", "kafka", "kubectl-kafka-c"), undefined);
    });

  test("no right to annotate pods, where an operator is asked", async () => {
    const world = managedCluster();
    world.forbidden.add("patch pods");
    assert.equal((await run(world, "roll c --yes")).exitCode, 3);
  });
});

const usage: [string, RegExp][] = [
  ["roll c --max-unavailable 0", /--max-unavailable: "0" is neither a number from 1 on nor "rack"/],
  ["roll c --resume 3", /unexpected|--resume goes on with the nodes/],
  ["roll c --resume --role broker", /--resume goes on with the nodes/],
  ["roll c --resume", /no roll of kafka\/c waits to go on/],
  ["roll c --role leader", /--role: "leader" is not one of controller, broker/],
];

describe("roll: wrong usage, exit 2", () => {
  for (const [line, want] of usage)
    test(line, async () => {
      const { stderr, exitCode } = await run(directCluster(), line);
      assert.match(stderr, want);
      assert.equal(exitCode, 2);
    });
});

describe("roll", () => {
  test("restarts everybody once, shows each, and writes it down", async () => {
    const world = directCluster();
    const restarts = countRestarts(world);
    const { stdout, stderr, exitCode } = await run(world, "roll c --yes --reason kernel");
    assert.deepEqual([stderr, exitCode], ["", 0]);
    assert.deepEqual(restarts(), once);
    assert.match(stdout, /\n4\/9 {2}c-broker-3 {2}restarted in \d\.\d s {2}\(left .*\); about \d+ s to go\n/);
    const journal = journalOf(world);
    assert.deepEqual([journal.outcome, journal.holder, journal.request.reason], ["done", "jane@laptop/100", "kernel"]);
    assert.ok(journal.nodes.every(({ outcome, ms }) => outcome === "restarted" && (ms ?? 0) > 0));
    const map = world.store.find("ConfigMap", "kafka", "c-roll");
    assert.equal(map?.metadata.labels?.["strimzi.io/cluster"], undefined);
    assert.equal(map?.metadata.ownerReferences?.[0]?.kind, "StatefulSet");
    assert.equal(world.store.find("Lease", "kafka", "kubectl-kafka-c"), undefined);
  });

  test("nothing that waits for a restart: nothing to do, exit 0", async () => {
    const { stdout, exitCode } = await run(directCluster(), "roll c --only-pending");
    assert.match(stdout, /^Nothing to restart\./);
    assert.equal(exitCode, 0);
  });

  test("as events, one per line", async () => {
    const { stdout } = await run(directCluster(), "roll c 3 --yes -o json");
    const events = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    assert.deepEqual([events[0].kind, events.at(-1).kind, events.at(-1).ok], ["PlanStarted", "RunDone", true]);
    assert.ok(events.some(({ kind, nodes }) => kind === "Waiting" && nodes?.[0]?.phase === "catchingUp"));
  });

  test("a wait that runs out of time exits with 124, and tells how to go on", async () => {
    const world = directCluster();
    world.trouble("c-broker-3", "CrashLoopBackOff");
    const { stderr, exitCode } = await run(world, "roll c --role broker --yes --timeout 30s");
    assert.equal(exitCode, 124);
    assert.match(
      stderr,
      /error: after 30 s c-broker-3 is not back: CrashLoopBackOff\nhint: .*; then kubectl kafka roll c -n kafka --resume --yes goes on from here\n$/,
    );
    assert.deepEqual([journalOf(world).outcome, journalOf(world).nodes.length], ["failed", 6]);
  });

  test("a wrong image hurts the first node alone; when it is put right, the roll goes on with that node", async () => {
    const world = directCluster();
    const restarts = countRestarts(world);
    const change = (image: string) =>
      world.kube.apply({
        object: setOf("broker", { start: 3, replicas: 6, image }),
        resource: resources.statefulSets,
        fieldManager: "kubectl-kafka",
        force: true,
      });
    await change("apache/kafka:wrong");
    world.trouble("c-broker-3", "ImagePullBackOff");
    const first = await run(world, "roll c --only-pending --max-unavailable rack --yes --timeout 30s");
    assert.equal(first.exitCode, 124);
    assert.match(first.stdout, /\n1 +c-broker-3 /);
    assert.deepEqual(restarts(), only("c-broker-3"));
    const second = await run(world, "roll c --resume --yes --timeout 30s");
    assert.match(second.stderr, /c-broker-3 is not back: ImagePullBackOff/);
    assert.deepEqual(restarts(), only("c-broker-3"));
    await change("apache/kafka:right");
    world.trouble("c-broker-3", undefined);
    assert.equal((await run(world, "roll c --resume --yes")).exitCode, 0);
    assert.deepEqual(restarts(), { ...only(...brokers.map((id) => `c-broker-${id}`)), "c-broker-3": 2 });
    assert.match((await run(world, "roll c --only-pending")).stdout, /^Nothing to restart/);
  });

  test("Ctrl-C waits for the node that is away, exits with 130, and the same command goes on", async () => {
    const world = directCluster();
    const restarts = countRestarts(world);
    const first = await run(world, "roll c --yes", { interruptAtSleep: 6 });
    assert.equal(first.exitCode, 130);
    assert.match(first.stderr, /^Interrupted: no other node restarts; those that are away are waited for\./);
    assert.match(
      first.stderr,
      /interrupted; \d of 9 steps are done, nothing is half done\nhint: kubectl kafka roll c -n kafka --resume --yes goes on from here/,
    );
    assert.ok(Object.values(uidsOf(world)).every(Boolean));
    assert.equal(journalOf(world).outcome, "interrupted");
    const second = await run(world, "roll c --yes");
    assert.match(second.stderr, /^Goes on with the roll of \d\d:\d\d UTC: \d of 9 nodes are done\. --no-resume begins anew\.\n$/);
    assert.equal(second.exitCode, 0);
    assert.deepEqual(restarts(), once);
    assert.equal(journalOf(world).outcome, "done");
  });

  test("what was chosen then is gone on with, and nothing else; --no-resume begins anew", async () => {
    const world = directCluster();
    const restarts = countRestarts(world);
    await run(world, "roll c 3 4 5 --yes", { interruptAtSleep: 3 });
    const done = Object.values(restarts()).reduce((sum, count) => sum + count, 0);
    assert.ok(done >= 1 && done < 3);
    assert.equal((await run(world, "roll c --resume --yes")).exitCode, 0);
    assert.deepEqual(restarts(), only("c-broker-3", "c-broker-4", "c-broker-5"));
    await run(world, "roll c 3 4 5 --yes", { interruptAtSleep: 3 });
    const { stdout } = await run(world, "roll c --no-resume --dry-run");
    assert.match(stdout, /^Restart 9 nodes/);
  });

  test("without the right to write it down it goes all the same, and says so", async () => {
    const world = directCluster();
    world.forbidden.add("patch configmaps");
    const { stderr, exitCode } = await run(world, "roll c 3 --yes");
    assert.match(stderr, /^This roll is not written down/);
    assert.equal(exitCode, 0);
  });

  test("with an operator: asked, waited for, written down", async () => {
    const world = managedCluster(1);
    const restarts = countRestarts(world);
    const { stdout, exitCode } = await run(world, "roll c --role broker --yes");
    assert.equal(exitCode, 0);
    assert.match(stdout, /^Ask the operator to restart 6 nodes/);
    assert.deepEqual(restarts(), only(...brokers.map((id) => `c-broker-${id}`)));
    assert.ok(journalOf(world).nodes.every(({ outcome }) => outcome === "restarted"));
  });

  test("somebody else holds the cluster: nothing happens", async () => {
    const world = directCluster();
    const renewTime = toInstant(world.clock.now()).replace("Z", "000Z");
    world.store.insert({
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "kubectl-kafka-c", namespace: "kafka" },
      spec: { holderIdentity: "joe@desk", leaseDurationSeconds: 60, renewTime, acquireTime: renewTime },
    });
    const { stderr, exitCode } = await run(world, "roll c --yes");
    assert.match(stderr, /joe@desk is changing Kafka kafka\/c/);
    assert.equal(exitCode, 1);
  });
});

/** Runs until the nth change, or the nth look at Kafka, kills it; then runs again until it is through. */
async function killedAndAgain(
  kill: (world: FakeWorld) => void,
): Promise<{ world: FakeWorld; restarts: Record<string, number>; broken: readonly string[] }> {
  const world = directCluster();
  const [restarts, broken] = [countRestarts(world), watchSafety(world)];
  kill(world);
  const first = await run(world, "roll c --role broker --max-unavailable rack --yes");
  world.intercept = () => {};
  delete world.outage.kafka;
  if (first.exitCode !== 0) {
    const second = await run(world, "roll c --yes --force-unlock");
    assert.equal(second.exitCode, 0, second.stderr);
  }
  return { world, restarts: restarts(), broken };
}

describe("a roll that is killed anywhere ends with the next run, and restarts nobody twice", () => {
  const all = only(...brokers.map((id) => `c-broker-${id}`));
  for (const when of ["before", "after"] as const)
    test(`${when} any change`, async () => {
      const total = (await killedAndAgain(() => {})).world.writes.length;
      for (let at = 1; at <= total; at += 1) {
        const { restarts, broken } = await killedAndAgain((world) => {
          world.intercept = (write) => {
            if (write.count >= at && write.when === when) throw new Error("killed");
          };
        });
        // before it was written down nothing was begun: the next run is a roll of everybody
        const begun = Object.values(restarts).every((count) => count === 1) ? once : all;
        assert.deepEqual([at, restarts, broken], [at, begun, []]);
      }
    });

  test("while it waits for anything", async () => {
    for (let atMs = 250; atMs < 20_000; atMs += 700) {
      const { restarts, broken } = await killedAndAgain((world) => {
        const killed = new Error("killed");
        world.clock.after(atMs, () => {
          world.outage.kafka = killed as never;
          world.intercept = () => {
            throw killed;
          };
        });
      });
      assert.deepEqual([atMs, restarts, broken], [atMs, all, []]);
    }
  });
});

/** The world as if none of its objects carried Strimzi's labels: pods are found by `app=kafka`, Kafka by their port. */
function unlabelled(world: FakeWorld): Pick<CliWorld, "kube" | "openKafka"> {
  const strip = ({ metadata, ...rest }: KubeObject): KubeObject =>
    ({
      ...rest,
      metadata: { ...metadata, labels: { "controller-revision-hash": metadata.labels?.["controller-revision-hash"] ?? "" } },
    }) as KubeObject;
  const list: typeof world.kube.list = async (request, signal) => {
    if (request.labelSelector?.includes("strimzi")) return { items: [], resourceVersion: "1" };
    const { items } = await world.kube.list({ ...request, labelSelector: undefined }, signal);
    return { items: items.map(strip), resourceVersion: "1" };
  };
  const bootstrap = [{ host: "c-broker-3.c-kafka-brokers.kafka.svc", port: 9092 }];
  return { kube: async () => ({ ...world.kube, list }), openKafka: (target, signal) => world.openKafka({ ...target, bootstrap }, signal) };
}

test("a Kafka without Strimzi's labels: everybody once, safely, and the same command goes on after Ctrl-C", async () => {
  const world = directCluster();
  const [restarts, broken] = [countRestarts(world), watchSafety(world)];
  const rest = unlabelled(world);
  const preview = await run(world, "roll -l app=kafka --dry-run", rest);
  assert.match(preview.stdout, /^Restart 9 nodes in 9 waves/);
  assert.match(preview.stdout, /To do it: kubectl kafka roll -n kafka --selector app=kafka\n$/);
  const first = await run(world, "roll -l app=kafka --yes", { ...rest, interruptAtSleep: 8 });
  assert.equal(first.exitCode, 130);
  assert.match(first.stderr, /hint: kubectl kafka roll -n kafka --selector app=kafka --resume --yes goes on from here/);
  const second = await run(world, "roll -l app=kafka --yes --max-unavailable rack", rest);
  assert.deepEqual([second.exitCode, restarts(), broken], [0, once, []]);
});

test("a lock that somebody took ends the roll with the node that is away; nobody else restarts", async () => {
  const world = directCluster();
  const restarts = countRestarts(world);
  world.clock.after(16_000, () => {
    const lease = world.store.find("Lease", "kafka", "kubectl-kafka-c");
    if (lease !== undefined)
      world.store.update({ ...lease, spec: { ...(lease.spec as object), holderIdentity: "joe@desk" } } as KubeObject);
  });
  const { stderr, exitCode } = await run(world, "roll c --role broker --yes");
  assert.match(stderr, /^error: joe@desk is changing Kafka kafka\/c/);
  assert.equal(exitCode, 1);
  const done = Object.values(restarts()).reduce((sum, count) => sum + count, 0);
  assert.ok(done > 0 && done < brokers.length);
  assert.ok(Object.values(uidsOf(world)).every(Boolean));
});

describe("roll status", () => {
  test("there was none", async () => {
    const { stdout, stderr, exitCode } = await run(directCluster(), "roll status c");
    assert.deepEqual([stdout, stderr, exitCode], ["", "No roll of Kafka kafka/c was written down.\n", 0]);
  });

  test("under way, and how far by the pods", async () => {
    const world = directCluster();
    let seen: CliResult | undefined;
    world.clock.after(9_000, () => void run(world, "roll status c").then((result) => (seen = result)));
    await run(world, "roll c 3 4 5 --yes --reason kernel");
    assert.match(seen?.stdout ?? "", /^Roll of kafka\/c: under way, [12] of 3 nodes done\njane@laptop\/100, since 2026-/);
    assert.match(seen?.stdout ?? "", /\nReason: kernel\n/);
  });

  test("interrupted: who is done, and how to go on; finished: the last one", async () => {
    const world = directCluster();
    await run(world, "roll c 3 4 --yes", { interruptAtSleep: 3 });
    const { stdout } = await run(world, "roll status c");
    assert.match(stdout, /^Roll of kafka\/c: not finished, 1 of 2 nodes done\n/);
    assert.match(stdout, /\nc-broker-3 {2}restarted +\d\.\d s {2}ManualRollingUpdate\nc-broker-4 {2}pending +- {2}ManualRollingUpdate\n/);
    assert.match(stdout, /\nTo go on: kubectl kafka roll c -n kafka --resume --yes\n$/);
    await run(world, "roll c --yes");
    assert.match((await run(world, "roll status c")).stdout, /^Roll of kafka\/c: done, 2 of 2 nodes done\n/);
    const document = JSON.parse((await run(world, "roll status c -o json")).stdout);
    assert.deepEqual([document.kind, document.state, document.nodes[0].isDone], ["Roll", "done", true]);
  });

  test("a cluster named status is one after --", async () => {
    const { stderr } = await run(directCluster(), "roll --dry-run -- status");
    assert.match(stderr, /no Kafka cluster status in namespace kafka/);
  });
});
