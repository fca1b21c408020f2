import assert from "node:assert/strict";
import { test } from "node:test";
import { toInstant } from "../../src/model/instant.ts";
import type { NodeState } from "../../src/model/observation.ts";
import { readBrokerOverrides } from "../../src/observe/broker-overrides.ts";
import { withKafka } from "../../src/observe/kafka-state.ts";
import type { BrokerInfo, KafkaAdmin } from "../../src/ports/kafka.ts";
import { healthyWorld, pod, worldTime } from "../worlds.ts";

const nodes = healthyWorld().nodes;
const ready = (forMs: number) => (node: NodeState) => ({
  ...node,
  restartReasons: [],
  pod: pod(node.name, { readySince: toInstant(worldTime - forMs) }),
});

const brokers = (...fenced: number[]): BrokerInfo[] => [3, 4, 5].map((id) => ({ id, host: "h", port: 9091, fenced: fenced.includes(id) }));

/** Who waits for a restart because nobody hears of it. */
function unresponsive(change: (node: NodeState) => NodeState, known: BrokerInfo[]): number[] {
  const state = { via: "", clusterId: "c", controllerId: 1 };
  const answer = { state, info: { clusterId: "c", controllerId: 1, brokers: known }, logDirs: [], readAt: worldTime };
  return withKafka(nodes.map(change), answer).flatMap(({ id, restartReasons }) => (restartReasons.includes("PodUnresponsive") ? [id] : []));
}

const cases: [string, number[], number[]][] = [
  ["all known", unresponsive(ready(600_000), brokers()), []],
  ["fenced for long", unresponsive(ready(600_000), brokers(4)), [4]],
  ["never registered", unresponsive(ready(600_000), brokers().slice(1)), [3]],
  ["ready just now", unresponsive(ready(30_000), brokers(4)), []],
  ["not known since when it is ready", unresponsive((node) => ({ ...node, pod: pod(node.name) }), brokers(4)), []],
  [
    "going away",
    unresponsive((node) => ({ ...ready(600_000)(node), pod: pod(node.name, { readySince: toInstant(0), terminating: true }) }), brokers(4)),
    [],
  ],
];

for (const [given, seen, want] of cases) test(`unresponsive: ${given}`, () => assert.deepEqual(seen, want));

test("settings of single brokers: of brokers that are up, by eight, never of more than a hundred; what is not told is named", async () => {
  const asked: string[][] = [];
  const admin = {
    cluster: async () => ({ brokers: Array.from({ length: 120 }, (_, id) => ({ id, host: "h", port: 1, fenced: id === 1 })) }),
    configs: async ({ names }: { names: string[] }) => {
      asked.push(names);
      const entry = (name: string, source: string, sensitive = false) => ({ name, value: "1", source, readOnly: false, sensitive });
      const own = [entry("a", "DYNAMIC_BROKER_CONFIG"), entry("b", "DEFAULT_CONFIG"), entry("secret", "DYNAMIC_BROKER_CONFIG", true)];
      return {
        entries: new Map(names.filter((name) => name === "2").map((name) => [name, own])),
        errors: new Map(names.includes("3") ? [["3", "away"]] : []),
      };
    },
  } as unknown as KafkaAdmin;
  const { values, unread } = await readBrokerOverrides(admin, ["a", "b"]);
  assert.deepEqual([...values], [[2, new Map([["a", "1"]])]]);
  assert.deepEqual([asked.length, asked.flat().length, asked.flat().includes("1")], [13, 100, false]);
  assert.deepEqual([unread.length, unread.includes(3), unread.includes(119)], [20, true, true]);
  assert.deepEqual(await readBrokerOverrides(admin, []), { values: new Map(), unread: [] });
});
