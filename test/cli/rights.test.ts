import assert from "node:assert/strict";
import { test } from "node:test";
import { kafkaFace } from "../../src/cli/kafka/commands.ts";
import { kafkaManifest } from "../../src/manifest/kafka-manifest.ts";
import { roleDocuments } from "../../src/manifest/role-documents.ts";
import { toYaml } from "../../src/manifest/yaml.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { type FakeWorld, newWorld } from "../fakes/world/world.ts";
import { type Right, recorded } from "./recorded.ts";
import { combined, find, readyWorld } from "./world-cli.ts";

// Help and Roles allow what verbs do: every request of them is compared with both.

const verbs = "get|list|watch|create|patch|delete";

/** "get, list pods, services (why); with manifests patch them" → verb and resource of each; "them" are those before. */
function rightsIn(lines: readonly string[]): Set<string> {
  const found = new Set<string>();
  let last: readonly string[] = [];
  const clauses = lines.flatMap((line) => line.replaceAll(/ \([^)]*\)/g, "").split(/; |, or /));
  for (const clause of clauses) {
    const [, words = "", rest = ""] = new RegExp(`((?:(?:${verbs}), )*(?:${verbs})) (.*)$`).exec(clause) ?? [];
    const resources = rest.replace(/ in all namespaces$/, "").split(", ");
    last = resources[0] === "them" ? last : resources;
    for (const verb of words.split(", ")) for (const resource of last) found.add(`${verb} ${resource}`);
  }
  return found;
}

/** The lines of a verb's help; "what status needs" are those of another. */
function textOf(verb: string): string[] {
  const command = kafkaFace.commands.find(({ name }) => name === verb);
  assert.ok(command, verb);
  return command.rbac.flatMap((line) => {
    const [, other] = /^what (\w+) needs$/.exec(line) ?? [];
    return other === undefined ? [line] : textOf(other);
  });
}

type Rule = { readonly apiGroups: readonly string[]; readonly resources: readonly string[]; readonly verbs: readonly string[] };

const has = (list: readonly string[], word: string): boolean => list.includes("*") || list.includes(word);

function roleAllows(role: string, { group, resource, verb }: Right): boolean {
  const { rules } = roleDocuments("kafka").find(({ metadata }) => metadata.name === `kubectl-kafka-${role}`) as KubeObject & {
    rules: Rule[];
  };
  return rules.some((rule) => has(rule.apiGroups, group) && has(rule.resources, resource) && has(rule.verbs, verb));
}

/** What no Role of a namespace can give, and verbs go on without. */
const beyondRoles = new Set(["list nodes", "list deployments", "list storageclasses"]);

const manifest = (config: Record<string, string>, size: string): string =>
  kafkaManifest({ ...combined, config, storage: { kind: "persistent", size } })
    .map(toYaml)
    .join("---\n");

/** External logging, an option that is read at start, and a larger volume: whatever a run can have to do. */
function changed(world: FakeWorld): FakeWorld {
  const kafka = find(world, "Kafka", "c") as KubeObject & { spec: { kafka: { config: object } } };
  const logging = { type: "external", valueFrom: { configMapKeyRef: { name: "mine", key: "k" } } };
  const config = { ...kafka.spec.kafka.config, "num.partitions": 4, "log.retention.ms": 1000 };
  world.store.insert({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "mine", namespace: "kafka" }, data: { k: "" } });
  world.store.update({ ...kafka, spec: { ...kafka.spec, kafka: { ...kafka.spec.kafka, config, logging } } } as KubeObject);
  const pool = find(world, "KafkaNodePool", "combined");
  world.store.update({ ...pool, spec: { ...(pool.spec as object), storage: { type: "persistent-claim", size: "2Gi" } } });
  return world;
}

const ready = () => readyWorld();
const files = { "a.yaml": manifest({ "num.partitions": "4", "log.retention.ms": "1000" }, "2Gi") };

const runs: readonly [verb: string, line: string, world: () => Promise<FakeWorld>, role: string][] = [
  ["create", "create c --combined", async () => newWorld(), "cluster-admin"],
  ["apply", "apply -f a.yaml", async () => newWorld(), "cluster-admin"],
  ["apply", "apply -f a.yaml --yes", ready, "cluster-admin"],
  ["plan", "plan -f a.yaml", ready, "cluster-admin"],
  ["plan", "plan c", async () => changed(await ready()), "cluster-admin"],
  ["reconcile", "reconcile c --yes", async () => changed(await ready()), "cluster-admin"],
  ["reconcile", "reconcile -A --yes", async () => changed(await ready()), "cluster-admin"],
  ["delete", "delete c --confirm c --delete-volumes", ready, "cluster-admin"],
  ["roll", "roll c --yes", ready, "cluster-admin"],
  ["roll", "roll c --yes --evict", ready, "cluster-admin"],
  ["status", "status c", ready, "viewer"],
  ["list", "list", ready, "viewer"],
];

for (const [verb, line, world, role] of runs)
  test(`help and Roles allow all that ${line} asks for`, async () => {
    const rights = await recorded(await world(), line, { files });
    const told = rightsIn(textOf(verb));
    const nameOf = (right: Right): string => `${right.verb} ${right.resource}`;
    assert.deepEqual(
      rights.map(nameOf).filter((name) => !told.has(name)),
      [],
      `not told by ${verb} --help`,
    );
    // a viewer sees no Secrets, and takes an open listener
    const wanted = rights.filter((right) => !beyondRoles.has(nameOf(right)) && !(role === "viewer" && right.resource === "secrets"));
    const missing = wanted.filter((right) => !roleAllows(role, right) && !(line.includes("-A") && right.everywhere));
    assert.deepEqual(missing.map(nameOf), [], `not in the Role ${role}`);
  });
