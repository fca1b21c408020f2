// `npm run bench -- plan`: how long it takes to plan clusters of many nodes, from everything that was read to the plan, in this process: one
// that is made, and a running one whose nodes must all restart.

import { reconcileCluster } from "../../src/cli/reconcile.ts";
import { gather } from "../../src/cli/reconcile-input.ts";
import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import { type ApplyInput, planCluster } from "../../src/plan/apply.ts";
import { contextOf } from "../cli/flow-context.ts";
import { type FakeWorld, newWorld } from "../fakes/world/world.ts";

const rounds = 25;
const ref = { namespace: "kafka", name: "c" };
const timeoutMs = 600_000;

async function inputFor(world: FakeWorld): Promise<ApplyInput> {
  const found = await gather(contextOf(world), ref, { timeoutMs });
  if (!found.ok) throw new Error("the manifest is wrong");
  return found.input;
}

/** Prints the median of the rounds. */
function measure(what: string, input: ApplyInput): void {
  const times: number[] = [];
  let steps = 0;
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    const planned = planCluster(input);
    times.push(performance.now() - startedAt);
    if (planned.ok) steps = planned.plan.waves.reduce((sum, wave) => sum + wave.steps.length, 0);
  }
  times.sort((a, b) => a - b);
  console.log(`${what}: ${(times[rounds >> 1] ?? Number.NaN).toFixed(1).padStart(6)} ms, ${steps} steps`);
}

for (const brokers of [3, 30, 100]) {
  const label = `${String(brokers).padStart(4)} brokers and 3 controllers`;
  const storage = { kind: "persistent", size: "10Gi" } as const;
  const world = newWorld({ objects: kafkaManifest({ name: "c", namespace: "kafka", replicas: brokers, controllers: 3, storage }) });
  measure(`${label}, made`, await inputFor(world));
  const options = { output: "json", yes: true, wait: true, forceUnlock: false, timeoutMs, verbose: false } as const;
  await reconcileCluster(contextOf(world), ref, options);
  const kafka = world.store.find("Kafka", "kafka", "c");
  if (kafka === undefined) throw new Error("there is no Kafka");
  const { kafka: fields, ...rest } = kafka.spec as { kafka: { config: object } };
  world.store.update({ ...kafka, spec: { ...rest, kafka: { ...fields, config: { ...fields.config, "num.partitions": 7 } } } });
  measure(`${label}, all to restart`, await inputFor(world));
}
