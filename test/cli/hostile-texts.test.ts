import assert from "node:assert/strict";
import { test } from "node:test";
import { AppError } from "../../src/model/errors.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { type FakeWorld, newWorld } from "../fakes/world/world.ts";
import { find, readyWorld, runIn } from "./world-cli.ts";

// Whatever stands in a cluster or comes back from it, none of it controls the terminal.

const evil = "\u001b[2J\u001b]0;owned\u0007\u009b31m\u202e\rdone";

/** Hostile texts wherever a cluster lets somebody write. */
async function poisoned(): Promise<FakeWorld> {
  const world = await readyWorld();
  const pod = find(world, "Pod", "c-combined-0");
  const status = pod.status as object;
  const waiting = { reason: evil, message: evil };
  world.store.update({
    ...pod,
    status: { ...status, containerStatuses: [{ name: "kafka", ready: false, state: { waiting } }] },
  } as KubeObject);
  const kafka = find(world, "Kafka", "c");
  const conditions = [{ type: "NotReady", status: "True", reason: evil, message: evil }];
  world.store.update({ ...kafka, status: { ...(kafka.status as object), conditions, kafkaVersion: evil } } as KubeObject);
  const service = find(world, "Service", "c-kafka-bootstrap");
  world.store.update({ ...service, spec: { ...(service.spec as object), sessionAffinity: evil } } as KubeObject);
  const files = find(world, "ConfigMap", "c-combined");
  world.store.update({ ...files, data: { ...(files.data as object), "server.properties": `${evil}=1\n${evil}` } } as KubeObject);
  return world;
}

const lines = [
  "status c -v",
  "status c",
  "list",
  "list -o wide",
  "plan c",
  "plan c -v",
  "reconcile c",
  "delete c",
  "status c -o json",
  "status c -o yaml",
];

for (const line of lines)
  for (const color of [true, false])
    test(`${line}: no control character of others' reaches the terminal${color ? ", in colour" : ""}`, async () => {
      const { stdout, stderr } = await runIn(await poisoned(), line, { terminal: { columns: 100, color } });
      const text = `${stdout}${stderr}`.replaceAll(color ? /\u001b\[(1|2|22|31|32|33|39)m/g : "", "");
      assert.doesNotMatch(text.replaceAll("\n", ""), /[\p{Cc}\p{Bidi_Control}]/u);
    });

test("what the API server says reaches the terminal as text", async () => {
  const kube = async () => ({
    ...newWorld().kube,
    list: async () => {
      throw new AppError("ServerError", `no: ${evil}`, { hint: evil });
    },
  });
  const { stderr } = await runIn(newWorld(), "status c", { kube, terminal: { columns: 80 } });
  assert.match(stderr, /^error: .*\\u001b\[2J/);
  assert.doesNotMatch(stderr.replaceAll("\n", ""), /\p{Cc}/u);
});
