import assert from "node:assert/strict";
import { test } from "node:test";
import { manifests } from "../../src/manifest/manifests.ts";
import { AppError } from "../../src/model/errors.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import type { KubeApi } from "../../src/ports/kube.ts";
import { fakeKube } from "../fakes/kube.ts";
import { type CliWorld, runCli } from "./run-cli.ts";

type Cluster = { readonly kube: KubeApi; readonly objects: Map<string, KubeObject>; readonly writes: string[] };

const keyOf = ({ kind, metadata }: Pick<KubeObject, "kind" | "metadata">) => `${kind}/${metadata.name}`;

/** Definitions and roles in memory. A definition is served once it was asked for `lists` times. */
function cluster({ present = [], lists = 2 }: { present?: readonly KubeObject[]; lists?: number } = {}): Cluster {
  const objects = new Map(present.map((object) => [keyOf(object), object]));
  const writes: string[] = [];
  let asked = 0;
  const served = (object: KubeObject): KubeObject => {
    const status = asked >= lists ? { conditions: [{ type: "Established", status: "True" }] } : { conditions: null };
    return object.kind === "CustomResourceDefinition" ? { ...object, status } : object;
  };
  const kube: KubeApi = {
    ...fakeKube({ objects: [] }).kube,
    async get({ resource, name }) {
      const found = objects.get(`${resource.kind}/${name}`);
      if (!found) throw new AppError("NotFound", `${name} not found`);
      return served(found);
    },
    async list() {
      asked += 1;
      return { items: [...objects.values()].filter(({ kind }) => kind === "CustomResourceDefinition").map(served), resourceVersion: "1" };
    },
    async apply({ object, dryRun }) {
      if (dryRun) return served(object);
      writes.push(keyOf(object));
      objects.set(keyOf(object), object);
      return object;
    },
  };
  return { kube, objects, writes };
}

const install = (words: string, { kube }: Cluster, more: CliWorld = {}) =>
  runCli(["install", ...words.split(" ").filter(Boolean)], { kube: async () => kube, ...more });

const crds = manifests.crdDocuments();
const names = crds.map(({ metadata }) => metadata.name);
const line = (name: string, what: string) => `customresourcedefinition.apiextensions.k8s.io/${name} ${what}\n`;

test("install: every definition is created, and waited for", async () => {
  const world = cluster();
  const { stdout, stderr, exitCode, open } = await install("", world);
  assert.deepEqual([stderr, exitCode, open], ["", 0, 0]);
  assert.equal(stdout, names.map((name) => line(name, "created")).join(""));
  assert.deepEqual(world.writes, crds.map(keyOf));
});

test("install: the second time nothing is written", async () => {
  const world = cluster({ present: crds });
  const { stdout, exitCode } = await install("", world);
  assert.equal(stdout, names.map((name) => line(name, "unchanged")).join(""));
  assert.deepEqual([exitCode, world.writes], [0, []]);
});

const relabelled = (labels: Record<string, string>, spec: object = { versions: [{ name: "v1", served: true }] }): KubeObject[] =>
  crds.slice(0, 1).map((object) => ({ ...object, metadata: { name: object.metadata.name, labels }, spec }));

const foreign: readonly [labels: Record<string, string>, spec: object | undefined, because: string][] = [
  [{ app: "strimzi" }, undefined, "kept: Strimzi's; used as it is"],
  [{ "app.kubernetes.io/managed-by": "Helm" }, undefined, "kept: managed by Helm; used as it is"],
  [{}, undefined, "kept: not made by kubectl-kafka; used as it is"],
  [
    { app: "strimzi" },
    {
      versions: [
        { name: "v1beta2", served: true },
        { name: "v1", served: false },
      ],
    },
    "kept: Strimzi's; used as it is (serves v1beta2, but v1 is needed)",
  ],
];

for (const [labels, spec, because] of foreign)
  test(`install: ${because}`, async () => {
    const world = cluster({ present: relabelled(labels, spec) });
    const { stdout, exitCode } = await install("--yes", world);
    assert.equal(exitCode, 0);
    assert.ok(stdout.startsWith(line("kafkas.kafka.strimzi.io", because)), stdout);
    assert.deepEqual(world.writes, crds.slice(1).map(keyOf));
  });

test("install: our own of another version are replaced only when it is allowed", async () => {
  const old = crds.map((object, index) => (index === 1 ? { ...object, spec: { versions: [{ name: "v1", served: true }] } } : object));
  const world = cluster({ present: old });
  const asked = await install("", world);
  assert.deepEqual([asked.stdout, asked.exitCode, world.writes], ["", 3, []]);
  assert.match(
    asked.stderr,
    /would be replaced for everybody: .*kafkanodepools.kafka.strimzi.io\nhint: to do so: kubectl kafka install --yes\n$/,
  );
  const told = await install("--dry-run", world);
  assert.match(told.stdout, /kafkanodepools.kafka.strimzi.io would be configured\n/);
  assert.deepEqual([told.exitCode, world.writes], [0, []]);
  const done = await install("--yes", world);
  assert.match(done.stdout, /kafkanodepools.kafka.strimzi.io configured\n/);
  assert.deepEqual(world.writes, ["CustomResourceDefinition/kafkanodepools.kafka.strimzi.io"]);
});

test("install: on a terminal it asks, and a no changes nothing", async () => {
  const old = crds.map((object, index) => (index === 1 ? { ...object, spec: { versions: [{ name: "v1", served: true }] } } : object));
  const world = cluster({ present: old });
  const declined = await install("", world, { answer: () => "n" });
  assert.deepEqual([declined.exitCode, world.writes], [3, []]);
  assert.match(
    declined.stderr,
    /^these are of another version .*: .*kafkanodepools.kafka.strimzi.io\nReplace it\? \[y\/N\] \nerror: not agreed to: nothing is installed\n$/,
  );
  assert.equal((await install("-o json", world, { answer: () => assert.fail("a program is not asked") })).exitCode, 3);
  assert.equal((await install("", world, { answer: () => "y" })).exitCode, 0);
  assert.deepEqual(world.writes, ["CustomResourceDefinition/kafkanodepools.kafka.strimzi.io"]);
});

test("install: a definition that is never served ends the wait with its name", async () => {
  const { stderr, exitCode } = await install("--timeout 5s", cluster({ lists: 1000 }));
  assert.equal(exitCode, 124);
  assert.match(
    stderr,
    /^error: not served yet: kafkas\.kafka\.strimzi\.io, .*\nhint: see why: kubectl describe crd kafkas.kafka.strimzi.io\n$/,
  );
});

test("install --rbac: Roles in that namespace, and how to give them", async () => {
  const world = cluster();
  const { stdout, stderr, exitCode } = await install("--rbac kafka", world);
  assert.equal(exitCode, 0);
  assert.match(stdout, /role\.rbac\.authorization\.k8s\.io\/kubectl-kafka-viewer created\n/);
  assert.match(stderr, /kubectl create rolebinding NAME -n kafka --role=kubectl-kafka-viewer --user=USER/);
  const roles = [...world.objects.values()].filter(({ kind }) => kind === "Role");
  assert.deepEqual(
    roles.map(({ metadata }) => `${metadata.namespace}/${metadata.name}`),
    ["viewer", "cluster-admin", "topic-admin", "user-admin"].map((role) => `kafka/kubectl-kafka-${role}`),
  );
  const viewer = JSON.stringify(roles[0]);
  assert.doesNotMatch(viewer, /secrets|patch|delete/);
});

test("install --dry-run -o yaml|json: the documents, without asking the cluster", async () => {
  const yaml = await runCli(["install", "--dry-run", "-o", "yaml", "--rbac", "kafka"]);
  assert.equal(yaml.exitCode, 0);
  assert.deepEqual(
    manifests.readManifests([{ name: "-", text: yaml.stdout }]).documents.map(({ object }) => object),
    [...crds, ...manifests.roleDocuments("kafka")].map((object) => JSON.parse(JSON.stringify(object))),
  );
  const json = await runCli(["install", "--dry-run", "-o", "json"]);
  assert.equal(JSON.parse(json.stdout).items.length, crds.length);
});

test("install -o json: an event per object; -o yaml needs --dry-run", async () => {
  const { stdout } = await install("-o json", cluster({ present: relabelled({ app: "strimzi" }) }));
  const events = stdout
    .trim()
    .split("\n")
    .map((text) => JSON.parse(text));
  assert.deepEqual(events[0], {
    apiVersion: "kubectl-kafka/v1",
    kind: "InstallEvent",
    object: "customresourcedefinition.apiextensions.k8s.io/kafkas.kafka.strimzi.io",
    outcome: "kept",
    because: "Strimzi's; used as it is",
  });
  assert.equal(events.length, crds.length);
  assert.equal((await install("-o yaml", cluster())).exitCode, 2);
});
