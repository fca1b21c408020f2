// `npm run bench -- roll`: how long a full roll takes, beside the sum of the times that its pods need to stop and to start when nobody checks
// anything, and beside `kubectl rollout restart` with a disruption budget. All take turns on the same cluster, the fixture of the tests.

import type { KubeObject } from "../../src/model/kube.ts";
import { type UsableCluster, useCluster } from "../cluster/use.ts";
import { deployKafka, fixture, kubectl, mustRun, podsOf, run } from "../e2e/fixture.ts";

const { namespace, name } = fixture;
const set = `statefulset/${name}-node`;
const rounds = 3;

type PodStatus = { conditions?: { type: string; status: string }[] };

async function readyUid(cluster: UsableCluster, pod: string): Promise<string | undefined> {
  const found = await kubectl(cluster, ["get", "pod", pod, "-n", namespace, "--ignore-not-found", "-o", "json"]);
  if (found === "") return undefined;
  const { metadata, status } = JSON.parse(found) as KubeObject & { status?: PodStatus };
  const ready = status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True");
  return ready && metadata.deletionTimestamp === undefined ? metadata.uid : undefined;
}

/** Until Kafka is all right again; not measured. */
async function whenHealthy(cluster: UsableCluster): Promise<void> {
  const deadline = Date.now() + 180_000;
  while ((await run([cluster.kubectl, "kafka", "status", name, "-n", namespace], { env: cluster.env })).code !== 0)
    if (Date.now() > deadline) throw new Error(`${name} does not get healthy`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

/** From its deletion until the next pod of its name is ready. */
async function restartAlone(cluster: UsableCluster, pod: string): Promise<void> {
  const before = await readyUid(cluster, pod);
  await kubectl(cluster, ["delete", "pod", pod, "-n", namespace, "--wait=false"]);
  for (let now = before; now === undefined || now === before; now = await readyUid(cluster, pod));
}

async function ownTimes(cluster: UsableCluster): Promise<number> {
  let sum = 0;
  for (const pod of podsOf(fixture)) {
    sum += await timed(() => restartAlone(cluster, pod));
    await whenHealthy(cluster);
  }
  return sum;
}

async function rolloutRestart(cluster: UsableCluster): Promise<number> {
  const strategy = (type: string) =>
    kubectl(cluster, [
      "patch",
      set,
      "-n",
      namespace,
      "--type=merge",
      "-p",
      JSON.stringify({ spec: { updateStrategy: { type, rollingUpdate: null } } }),
    ]);
  const budget = ["poddisruptionbudget", "bench", "-n", namespace];
  await kubectl(cluster, ["create", ...budget, "--selector", `strimzi.io/cluster=${name}`, "--max-unavailable", "1"]).catch(() => "");
  await strategy("RollingUpdate");
  try {
    return await timed(async () => {
      await kubectl(cluster, ["rollout", "restart", set, "-n", namespace]);
      await kubectl(cluster, ["rollout", "status", set, "-n", namespace, "--timeout=300s"], { timeoutMs: 310_000 });
    });
  } finally {
    await strategy("OnDelete");
    await kubectl(cluster, ["delete", ...budget]);
  }
}

const median = (times: readonly number[]): number => [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;

const cluster = await useCluster();
await deployKafka(cluster, fixture);
await whenHealthy(cluster);
const times: Record<"own" | "roll" | "rollout", number[]> = { own: [], roll: [], rollout: [] };
for (let round = 0; round < rounds; round += 1) {
  times.own.push(await ownTimes(cluster));
  times.roll.push(await timed(() => mustRun(cluster, ["roll", name, "-n", namespace, "--yes", "--no-resume"])));
  await whenHealthy(cluster);
  times.rollout.push(await rolloutRestart(cluster));
  await whenHealthy(cluster);
}
const base = median(times.own);
console.log(`\n${podsOf(fixture).length} combined nodes, medians of ${rounds}`);
for (const [what, all] of [
  ["the pods' own stopping and starting", times.own],
  ["kubectl kafka roll", times.roll],
  ["kubectl rollout restart with a budget", times.rollout],
] as const)
  console.log(`${what.padEnd(38)} ${(median(all) / 1000).toFixed(1).padStart(6)} s  ${(median(all) / base).toFixed(2).padStart(5)}`);
