import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import { clock } from "../../src/adapters/node/clock.ts";
import type { RunEvent } from "../../src/model/event.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { whilePaused } from "../cluster/pause.ts";
import { type UsableCluster, useCluster } from "../cluster/use.ts";
import { type CreatedCluster, createKafka, freshNamespace, kubectl, mustRun, type Run, run, threeByThree, whenReady } from "./fixture.ts";
import { createTopic, kafkaTool } from "./records.ts";
import { clientPod, underTraffic } from "./traffic.ts";

let cluster: UsableCluster;

const plugin = (args: string): Promise<Run> =>
  run([cluster.kubectl, "kafka", ...args.split(" ")], { env: cluster.env, timeoutMs: 900_000 });

async function uidsOf({ namespace, pods }: CreatedCluster): Promise<Map<string, string>> {
  const { items } = JSON.parse(await kubectl(cluster, ["get", "pods", "-n", namespace, "-o", "json"])) as { items: KubeObject[] };
  return new Map(items.filter(({ metadata }) => pods.includes(metadata.name)).map(({ metadata }) => [metadata.name, metadata.uid ?? ""]));
}

/** Counts the pods that ever were, by name, while `work` is done. */
async function podsDuring({ namespace }: CreatedCluster, work: () => Promise<unknown>): Promise<Map<string, Set<string>>> {
  const seen = new Map<string, Set<string>>();
  const watcher = spawn(cluster.kubectl, ["get", "pods", "-n", namespace, "-w", "-o", 'jsonpath={.metadata.name} {.metadata.uid}{"\\n"}'], {
    env: cluster.env,
    stdio: ["ignore", "pipe", "inherit"],
  });
  createInterface({ input: watcher.stdout }).on("line", (line) => {
    const [name = "", uid = ""] = line.split(" ");
    seen.set(name, (seen.get(name) ?? new Set()).add(uid));
  });
  try {
    await work();
  } finally {
    watcher.kill();
  }
  return seen;
}

describe("kubectl kafka roll, under traffic", () => {
  const { namespace, name } = threeByThree;
  const topic = `roll-${process.pid}`;

  before(async () => {
    cluster = await useCluster();
    await createKafka(cluster, threeByThree);
    await clientPod(cluster, namespace);
    await createTopic(cluster, threeByThree, topic, "--partitions 6 --replication-factor 3 --config min.insync.replicas=2");
  });

  after(async () => {
    await kubectl(cluster, ["delete", "pod", "clients", "-n", namespace, "--ignore-not-found", "--wait=false"]);
  });

  test("--dry-run shows the waves and changes nothing; the same plan is made of a saved observation, without a cluster", async () => {
    const before = await uidsOf(threeByThree);
    const { code, stdout } = await plugin(`roll ${name} -n ${namespace} --dry-run`);
    assert.equal(code, 0);
    assert.match(stdout, /^Restart 6 nodes in 6 waves, about .*: ManualRollingUpdate\.$/m);
    assert.match(stdout, /^6 +my-cluster-broker-5 +broker +zone-\d/m);
    assert.deepEqual(await uidsOf(threeByThree), before);
    const saved = await plugin(`status ${name} -n ${namespace} -o json`);
    const offline = await run([cluster.kubectl, "kafka", "roll", "--from-file", "-", "--dry-run", "-o", "json"], {
      env: { ...cluster.env, KUBECONFIG: "/nonexistent" },
      stdin: saved.stdout,
    });
    assert.equal(offline.code, 0, offline.stderr);
    const plan = JSON.parse(offline.stdout) as { waves: { steps: { nodes: { pod: string }[] }[] }[] };
    const order = plan.waves.flatMap(({ steps }) => steps.flatMap(({ nodes }) => nodes.map(({ pod }) => pod)));
    assert.deepEqual(order.slice(3), ["my-cluster-broker-3", "my-cluster-broker-4", "my-cluster-broker-5"]);
  });

  test("a full roll of 3 controllers and 3 brokers loses nothing, doubles nothing, and keeps min ISR", async (t) => {
    const before = await uidsOf(threeByThree);
    const startedAt = performance.now();
    let seconds = 0;
    const outcome = await underTraffic(cluster, threeByThree, topic, async () => {
      const rolled = await plugin(`roll ${name} -n ${namespace} --yes`);
      seconds = (performance.now() - startedAt) / 1000;
      assert.equal(rolled.code, 0, rolled.stderr + rolled.stdout);
      assert.match(rolled.stdout, /^6\/6 +my-cluster-broker-5 +restarted in /m);
    });
    const lost = [...outcome.acknowledged].filter((value) => !outcome.consumed.has(value)).length;
    t.diagnostic(
      `rolled 6 nodes in ${seconds.toFixed(0)} s: ${outcome.acknowledged.size} records acknowledged, ${outcome.refused} refused, ${lost} lost, ${outcome.duplicates} read twice; fewest replicas in sync ${outcome.fewestInSync} in ${outcome.looks} looks`,
    );
    assert.deepEqual([lost, outcome.refused, outcome.duplicates], [0, 0, 0]);
    assert.ok(outcome.fewestInSync >= 2, `${outcome.fewestInSync} replicas in sync`);
    const now = await uidsOf(threeByThree);
    assert.deepEqual(
      [...now].filter(([pod, uid]) => before.get(pod) === uid),
      [],
    );
    assert.equal((await plugin(`status ${name} -n ${namespace}`)).code, 0);
    const told = await plugin(`roll status ${name} -n ${namespace}`);
    assert.match(told.stdout, /^Roll of kafka\/my-cluster: done, 6 of 6 nodes done$/m);
  });

  test("brokers that share no partition, and racks, go together", async () => {
    const racks = await plugin(`roll ${name} -n ${namespace} --role broker --max-unavailable rack --dry-run`);
    assert.equal(racks.code, 0, racks.stderr);
    assert.match(racks.stdout, /^Restart 3 nodes in 3 waves/m);
  });
});

describe("kubectl kafka roll, when things go wrong", () => {
  const trio: CreatedCluster = {
    namespace: "e2e-roll",
    name: "trio",
    flags: ["--combined", "--storage", "1Gi", "--memory", "1Gi"],
    pods: [0, 1, 2].map((id) => `trio-combined-${id}`),
  };
  const at = ["-n", trio.namespace];
  const roll = `roll trio -n ${trio.namespace}`;

  before(async () => {
    cluster = await useCluster();
    await mustRun(cluster, ["install", "--yes", "--rbac", "default"]);
    await freshNamespace(cluster, trio);
    await mustRun(cluster, ["create", "trio", ...at, ...trio.flags]);
    await createTopic(cluster, trio, "orders", "--partitions 6 --replication-factor 3");
  });

  after(async () => {
    await kubectl(cluster, ["delete", "namespace", trio.namespace, "--wait=false"]);
  });

  /** Runs a roll until an event is met, and kills it (-9) there. False: it came to its end before. */
  async function killAt(args: string, isMet: (event: RunEvent) => boolean): Promise<boolean> {
    const child = spawn(cluster.kubectl, ["kafka", ...args.split(" "), "-o", "json"], {
      env: cluster.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!child.killed && isMet(JSON.parse(line) as RunEvent)) child.kill("SIGKILL");
    });
    const code = await new Promise<number | null>((resolve) => child.once("close", (status) => resolve(status)));
    assert.ok(code === null || code === 0, `exit ${code}: ${errors}`);
    return code === null;
  }

  const phaseOf = (event: RunEvent): string | undefined => (event.kind === "Waiting" ? event.nodes?.[0]?.phase : undefined);

  test("killed in every phase, the next run goes on, and nobody restarts twice", async (t) => {
    const before = await uidsOf(trio);
    const met = new Set<string>();
    const seen = await podsDuring(trio, async () => {
      let kills = 0;
      // the first phase of each kind, then each step that is done, until a run comes to its end
      const isNew = (event: RunEvent): boolean => {
        const what = event.kind === "StepDone" ? `done ${event.step}` : phaseOf(event);
        if (what === undefined || met.has(what)) return false;
        met.add(what);
        return true;
      };
      while (await killAt(`${roll} --yes --force-unlock`, isNew)) {
        kills += 1;
        assert.ok(kills < 20, `it never ends: ${[...met]}`);
      }
    });
    t.diagnostic(`killed at: ${[...met].join(", ")}`);
    assert.ok(
      ["leaving", "starting"].every((phase) => met.has(phase)),
      [...met].join(),
    );
    for (const pod of trio.pods) assert.equal(seen.get(pod)?.size, 2, `${pod}: ${[...(seen.get(pod) ?? [])]}, before ${before.get(pod)}`);
    assert.match((await plugin(`roll status trio -n ${trio.namespace}`)).stdout, /done, 3 of 3 nodes done/);
  });

  /** Runs a roll to its end and does something once, when an event is met. */
  async function rollWith(args: string, isMet: (event: RunEvent) => boolean, work: () => Promise<unknown>): Promise<RunEvent[]> {
    const child = spawn(cluster.kubectl, ["kafka", ...args.split(" "), "-o", "json"], {
      env: cluster.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
    const events: RunEvent[] = [];
    let errors = "";
    let done: Promise<unknown> | undefined;
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const event = JSON.parse(line) as RunEvent;
      events.push(event);
      if (done === undefined && isMet(event)) done = work();
    });
    const code = await new Promise<number | null>((resolve) => child.once("close", (status) => resolve(status)));
    assert.equal(code, 0, errors);
    assert.ok(done !== undefined, "the event that was waited for did not come");
    await done;
    return events;
  }

  test("a node that was restarted behind our back counts as done", async () => {
    let last = "";
    const seen = await podsDuring(trio, () =>
      rollWith(
        `${roll} --yes`,
        (event) => {
          const step = event.kind === "PlanStarted" ? event.plan.waves.at(-1)?.steps[0] : undefined;
          if (step !== undefined && "nodes" in step) last = step.nodes[0]?.pod ?? "";
          return last !== "";
        },
        () => kubectl(cluster, ["delete", "pod", last, ...at, "--wait=false"]),
      ),
    );
    for (const pod of trio.pods) assert.equal(seen.get(pod)?.size, 2, `${pod}: ${[...(seen.get(pod) ?? [])]}`);
  });

  test("a broker that takes minutes to catch up is waited for as long as it copies, whatever --timeout says of standing still", async () => {
    const tool = (line: string) => kafkaTool(cluster, trio, line);
    const server = "--bootstrap-server localhost:9092";
    const throttle = (verb: string) =>
      tool(`kafka-configs.sh ${server} --alter --entity-type brokers --entity-name 0 ${verb} follower.replication.throttled.rate`);
    await createTopic(cluster, trio, "slow", "--partitions 1 --replication-factor 3 --config follower.replication.throttled.replicas=*");
    await tool(
      `kafka-configs.sh ${server} --alter --entity-type brokers --entity-name 0 --add-config follower.replication.throttled.rate=700000`,
    );
    const flags =
      "--topic slow --num-records 40000 --record-size 1000 --throughput -1 --command-property acks=1 bootstrap.servers=localhost:9092";
    const write = () => tool(`kafka-run-class.sh org.apache.kafka.tools.ProducerPerformance ${flags}`);
    try {
      const startedAt = performance.now();
      const events = await rollWith(`${roll} 0 --yes --timeout 30s`, (event) => phaseOf(event) === "starting", write);
      assert.ok(performance.now() - startedAt > 60_000, "it was not slow");
      const texts = events.map((event) => (event.kind === "Waiting" ? event.progress?.text : undefined));
      assert.ok(
        texts.some((text) => /replicas in sync, [\d,]+ records behind/.test(text ?? "")),
        [...new Set(texts)].join("\n"),
      );
    } finally {
      await throttle("--delete-config");
    }
  });

  test("the API server is gone for half a minute, and with it every way to the brokers: the roll goes on when it is back", {
    skip: process.env.KUBECTL_KAFKA_TEST_KUBECONFIG ? "freezes the API server of the embedded cluster" : false,
  }, async () => {
    const before = await uidsOf(trio);
    await rollWith(
      `${roll} 1 2 --yes`,
      (event) => phaseOf(event) === "starting",
      () => whilePaused("kube-apiserver", () => clock.sleep(30_000)),
    );
    const now = await uidsOf(trio);
    assert.deepEqual(
      trio.pods.filter((pod) => now.get(pod) !== before.get(pod)),
      trio.pods.slice(1),
    );
  });

  test("a pod that nobody can place: the roll waits, gives up with the reason, and goes on when there is a place", async () => {
    const host = await kubectl(cluster, ["get", "pod", "trio-combined-0", ...at, "-o", "jsonpath={.spec.nodeName}"]);
    const nodes = (await kubectl(cluster, ["get", "nodes", "-o", "name"])).trim().split("\n");
    await kubectl(cluster, ["cordon", ...nodes]);
    try {
      const before = await uidsOf(trio);
      const stuck = await plugin(`${roll} 0 1 --yes --timeout 20s`);
      assert.equal(stuck.code, 124, stuck.stdout + stuck.stderr);
      assert.match(stuck.stderr, /trio-combined-\d.*[Uu]nschedulable/s);
      const now = await uidsOf(trio);
      assert.ok([...now].filter(([pod, uid]) => before.get(pod) !== uid).length <= 1, "more than one was touched");
    } finally {
      await kubectl(cluster, ["uncordon", ...nodes]);
    }
    await whenReady(cluster, trio.namespace, trio.pods);
    const resumed = await plugin(`${roll} --resume --yes`);
    assert.equal(resumed.code, 0, `${resumed.stderr}${resumed.stdout} (host ${host})`);
  });

  test("an image that is not there hurts the first node alone, and the message says why; the right one heals it", async () => {
    const before = await uidsOf(trio);
    const image = (value: string | null) =>
      kubectl(cluster, ["patch", "kafka", "trio", ...at, "--type=merge", "-p", JSON.stringify({ spec: { kafka: { image: value } } })]);
    await image("apache/kafka:9.9.9-nonesuch");
    const failed = await plugin(`reconcile trio -n ${trio.namespace} --yes --timeout 30s`);
    assert.equal(failed.code, 124, failed.stdout + failed.stderr);
    assert.match(failed.stderr, /trio-combined-\d.*(ErrImagePull|ImagePullBackOff|ErrImageNeverPull)/s);
    const now = await uidsOf(trio);
    assert.equal([...now].filter(([pod, uid]) => before.get(pod) !== uid).length, 1);
    await image(null);
    const healed = await plugin(`reconcile trio -n ${trio.namespace} --yes`);
    assert.equal(healed.code, 0, healed.stderr + healed.stdout);
    assert.equal((await plugin(`status trio -n ${trio.namespace}`)).code, 0);
  });

  test("a broker that never gets ready: the others are not touched, and status tells which", async () => {
    const probe = (initialDelaySeconds: number | null) => {
      const readinessProbe = initialDelaySeconds === null ? null : { initialDelaySeconds };
      return kubectl(cluster, [
        "patch",
        "kafka",
        "trio",
        ...at,
        "--type=merge",
        "-p",
        JSON.stringify({ spec: { kafka: { readinessProbe } } }),
      ]);
    };
    const before = await uidsOf(trio);
    await probe(3600);
    const failed = await plugin(`reconcile trio -n ${trio.namespace} --yes --timeout 25s`);
    assert.equal(failed.code, 124, failed.stdout + failed.stderr);
    const now = await uidsOf(trio);
    assert.equal([...now].filter(([pod, uid]) => before.get(pod) !== uid).length, 1);
    await probe(null);
    const healed = await plugin(`reconcile trio -n ${trio.namespace} --yes`);
    assert.equal(healed.code, 0, healed.stderr + healed.stdout);
  });

  test("who may not delete pods hears of it before the first restart", async () => {
    const viewer = "roll-viewer";
    await kubectl(cluster, ["create", "role", viewer, ...at, "--verb=get,list,create,patch,delete", "--resource=leases,configmaps"]);
    await kubectl(cluster, [
      "create",
      "role",
      `${viewer}-reads`,
      ...at,
      "--verb=get,list",
      "--resource=pods,services,secrets,statefulsets,persistentvolumeclaims,kafkas,kafkanodepools",
    ]);
    await kubectl(cluster, ["create", "role", `${viewer}-tunnels`, ...at, "--verb=get,create", "--resource=pods/portforward"]);
    for (const role of [viewer, `${viewer}-reads`, `${viewer}-tunnels`])
      await kubectl(cluster, ["create", "rolebinding", role, ...at, `--role=${role}`, `--user=${viewer}`]);
    const before = await uidsOf(trio);
    const refused = await plugin(`${roll} --yes --as ${viewer}`);
    assert.equal(refused.code, 3, refused.stderr + refused.stdout);
    assert.match(refused.stderr, /delete.*pods/s);
    assert.deepEqual(await uidsOf(trio), before);
  });

  test("a pod that is evicted asks the budget first", async () => {
    const { code, stdout, stderr } = await plugin(`${roll} 2 --evict --yes`);
    assert.equal(code, 0, stderr + stdout);
    assert.match(stdout, /trio-combined-2 +restarted in/);
  });
});
