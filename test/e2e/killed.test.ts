import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { after, before, describe, test } from "node:test";
import type { RunEvent } from "../../src/model/event.ts";
import { type UsableCluster, useCluster } from "../cluster/use.ts";
import { type CreatedCluster, freshNamespace, kubectl, mustRun, run } from "./fixture.ts";
import { createTopic, javaReads, javaWrites } from "./records.ts";

// Runs that die. Each time the plugin is killed (-9) as soon as one more step is done or is being waited for; the next run goes on.

const namespace = "e2e-killed";
const solo: CreatedCluster = { namespace, name: "solo", flags: [], pods: ["solo-combined-0"] };
const create = ["create", "solo", "-n", namespace, "--replicas", "1", "--combined", "--storage", "1Gi", "--memory", "1Gi"];
const reconcile = ["reconcile", "solo", "-n", namespace, "--yes"];

let cluster: UsableCluster;

type Died = { readonly code: number | null; readonly last: RunEvent | undefined };

/** Runs the plugin until an event is met and kills it there; the exit code is null then. */
async function killAt(args: readonly string[], isMet: (event: RunEvent) => boolean): Promise<Died> {
  const child = spawn(cluster.kubectl, ["kafka", ...args, "-o", "json"], { env: cluster.env, stdio: ["ignore", "pipe", "pipe"] });
  let last: RunEvent | undefined;
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (child.killed) return;
    const event = JSON.parse(line) as RunEvent;
    last = event;
    if (isMet(event)) child.kill("SIGKILL");
  });
  const code = await new Promise<number | null>((resolve) => child.once("close", (status) => resolve(status)));
  assert.ok(code === null || code === 0, `exit ${code}: ${errors}`);
  return { code, last };
}

type Facts = { clusterId?: string; ids?: string; ca?: string };

/** What there is of what may never change. */
async function facts(): Promise<Facts> {
  const read = async (kind: string, name: string, path: string): Promise<string | undefined> => {
    const { code, stdout } = await run([cluster.kubectl, "get", kind, name, "-n", namespace, "-o", `jsonpath={${path}}`], {
      env: cluster.env,
    });
    return code === 0 && stdout !== "" ? stdout : undefined;
  };
  const [clusterId, ids, ca] = await Promise.all([
    read("kafka", "solo", ".status.clusterId"),
    read("knp", "combined", ".status.nodeIds"),
    read("secret", "solo-cluster-ca", ".data"),
  ]);
  return { ...(clusterId ? { clusterId } : {}), ...(ids ? { ids } : {}), ...(ca ? { ca } : {}) };
}

describe("runs that are killed", () => {
  before(async () => {
    cluster = await useCluster();
    await mustRun(cluster, ["install", "--yes"]);
    await freshNamespace(cluster, { namespace });
  });

  after(async () => {
    await kubectl(cluster, ["delete", "namespace", namespace, "--wait=false"]);
  });

  test("killed after each step in turn, a cluster is finished all the same, with the ids and authorities it began with", async (t) => {
    let known = await facts();
    let kills = 0;
    let args: readonly string[] = create;
    for (;;) {
      const { code, last } = await killAt(args, ({ kind }) => kind === "StepDone");
      // where the system tells that the process is gone, its lock is in nobody's way
      args = process.platform === "linux" ? reconcile : [...reconcile, "--force-unlock"];
      const seen = await facts();
      for (const key of ["clusterId", "ids", "ca"] as const)
        if (known[key] !== undefined) assert.equal(seen[key], known[key], `${key} changed after ${JSON.stringify(last)}`);
      known = seen;
      if (code === 0) break;
      kills += 1;
      assert.ok(kills < 40, "it never ends");
    }
    t.diagnostic(`killed ${kills} times`);
    assert.ok(kills >= 8, `only ${kills} kills`);
    assert.deepEqual(Object.keys(known), ["clusterId", "ids", "ca"]);
    const status = await run([cluster.kubectl, "kafka", "status", "solo", "-n", namespace], { env: cluster.env });
    assert.equal(status.code, 0, status.stdout);
  });

  test("killed while a node is away, the next run finishes and restarts nobody twice", async () => {
    await createTopic(cluster, solo, "kept", "--partitions 1 --replication-factor 1");
    const lines = Array.from({ length: 100 }, (_, at) => `line-${at}`);
    await javaWrites(cluster, solo, "kept", lines);
    const known = await facts();
    const config = { spec: { kafka: { config: { "num.partitions": 7 } } } };
    await kubectl(cluster, ["patch", "kafka", "solo", "-n", namespace, "--type=merge", "-p", JSON.stringify(config)]);
    const uid = () =>
      kubectl(cluster, ["get", "pod", "solo-combined-0", "-n", namespace, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}"]);
    const before = await uid();
    const uids = new Set<string>();
    const isAway = (event: RunEvent): boolean => event.kind === "Waiting" && event.step.startsWith("restart");
    const { code } = await killAt([...reconcile, "--force-unlock"], isAway);
    assert.equal(code, null);
    // whoever comes next does not go on behind the back of a run that may be alive, as one on another machine may
    await kubectl(cluster, ["annotate", "lease", "kubectl-kafka-solo", "-n", namespace, "kubectl-kafka/process-"]);
    const refused = await run([cluster.kubectl, "kafka", ...reconcile], { env: cluster.env });
    assert.equal(refused.code, 1);
    assert.match(refused.stderr, /is changing Kafka e2e-killed\/solo, since .*\n.*its lock ends in .*--force-unlock/);
    const deadline = Date.now() + 120_000;
    let taken = refused;
    while (taken.code !== 0) {
      assert.ok(Date.now() < deadline, `a stale lock is never taken over: ${taken.stderr}`);
      taken = await run([cluster.kubectl, "kafka", ...reconcile], { env: cluster.env, timeoutMs: 180_000 });
      uids.add(await uid());
    }
    uids.delete("");
    uids.delete(before);
    assert.equal(uids.size, 1, `restarted ${uids.size} times`);
    assert.deepEqual(await facts(), known);
    assert.deepEqual(await javaReads(cluster, solo, "kept", lines.length), [...lines].sort());
  });

  test("Ctrl-C stops at a safe point, says how to go on, and the next run does", async () => {
    const config = { spec: { kafka: { config: { "num.partitions": 8 } } } };
    await kubectl(cluster, ["patch", "kafka", "solo", "-n", namespace, "--type=merge", "-p", JSON.stringify(config)]);
    const child = spawn(cluster.kubectl, ["kafka", ...reconcile, "-o", "json"], { env: cluster.env, stdio: ["ignore", "pipe", "pipe"] });
    let errors = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => (errors += text));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const event = JSON.parse(line) as RunEvent;
      // once: a second Ctrl-C ends it at once
      if (!child.killed && event.kind === "Waiting" && event.step.startsWith("restart")) child.kill("SIGINT");
    });
    const code = await new Promise<number | null>((resolve) => child.once("close", (status) => resolve(status)));
    assert.equal(code, 130, errors);
    assert.match(errors, /nothing is half done/);
    const status = await run([cluster.kubectl, "get", "pod", "solo-combined-0", "-n", namespace, "-o", "jsonpath={.status.phase}"], {
      env: cluster.env,
    });
    assert.equal(status.stdout, "Running");
    await mustRun(cluster, reconcile);
    const planned = await run([cluster.kubectl, "kafka", "plan", "solo", "-n", namespace, "--exit-code"], { env: cluster.env });
    assert.equal(planned.code, 0, planned.stdout);
  });
});
