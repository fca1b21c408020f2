import assert from "node:assert/strict";
import { once } from "node:events";
import { after, before, describe, test } from "node:test";
import { type KubeConnection, openKube } from "../../src/adapters/kube/open.ts";
import { AppError } from "../../src/model/errors.ts";
import { type KubeObject, type ObjectRef, type Resource, resources } from "../../src/model/kube.ts";
import type { WatchEvent } from "../../src/ports/kube.ts";
import { useCluster } from "../cluster/use.ts";

const namespace = `contract-kube-${process.pid}`;
const image = "apache/kafka:4.3.1";
const echoPort = 7777;
const trace: string[] = [];

const roles: Resource = { group: "rbac.authorization.k8s.io", version: "v1", plural: "roles", kind: "Role", namespaced: true };
const bindings: Resource = { ...roles, plural: "rolebindings", kind: "RoleBinding" };
const budgets: Resource = { group: "policy", version: "v1", plural: "poddisruptionbudgets", kind: "PodDisruptionBudget", namespaced: true };

const stamps: Resource = { group: "kubectl-kafka.test", version: "v1", plural: "stamps", kind: "Stamp", namespaced: true };
const stampDefinition: KubeObject = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${stamps.plural}.${stamps.group}` },
  spec: {
    group: stamps.group,
    names: { plural: stamps.plural, singular: "stamp", kind: stamps.kind },
    scope: "Namespaced",
    versions: [{ name: stamps.version, served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
  },
};

let kube: KubeConnection;
let kubeconfig: string;

const configMap = (name: string, data: Record<string, string> = {}): KubeObject => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name, namespace },
  data,
});
const refTo = (resource: Resource, name: string): ObjectRef => ({ resource, namespace, name });

async function faultOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    (value) => new Error(`nothing was thrown: ${JSON.stringify(value)}`),
    (thrown: unknown) => thrown,
  );
  if (error instanceof AppError) return error;
  throw error;
}

/** Reads a watch until this holds of an event, and stops it. */
async function until(events: (signal: AbortSignal) => AsyncIterable<WatchEvent>, holds: (event: WatchEvent) => boolean): Promise<void> {
  const stop = new AbortController();
  const deadline = setTimeout(() => stop.abort(), 120_000);
  let held = false;
  for await (const event of events(stop.signal)) {
    if (!holds(event)) continue;
    held = true;
    stop.abort();
  }
  clearTimeout(deadline);
  assert.ok(held, "the event that was waited for did not come");
}

type PodStatus = { conditions?: { type: string; status: string }[] };
const isReady = ({ status }: KubeObject): boolean =>
  (status as PodStatus).conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false;

const echoServer = `
import java.net.*;
public class Echo {
  public static void main(String[] a) throws Exception {
    ServerSocket server = new ServerSocket(${echoPort});
    System.out.println("listening");
    while (true) { Socket s = server.accept(); new Thread(() -> { try (s) {
      byte[] b = new byte[65536];
      for (int n; (n = s.getInputStream().read(b)) > 0; ) {
        s.getOutputStream().write(b, 0, n);
        if (n == 3 && new String(b, 0, 3).equals("bye")) return;
      }
    } catch (Exception e) {} }).start(); }
  }
}`;

const echoPod = (name: string): KubeObject => ({
  apiVersion: "v1",
  kind: "Pod",
  metadata: { name, namespace, labels: { app: "echo" } },
  spec: {
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: "echo",
        image,
        command: ["bash", "-c", `cat > /tmp/Echo.java <<'END'\n${echoServer}\nEND\nexec java -Xmx64m /tmp/Echo.java`],
        readinessProbe: { tcpSocket: { port: echoPort }, periodSeconds: 1 },
      },
    ],
  },
});

describe("the Kubernetes adapter, on a real API server", () => {
  before(async () => {
    ({ kubeconfig } = await useCluster());
    kube = await openKube({ kubeconfig, namespace }, (line) => trace.push(line));
    await kube.apply({
      object: { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } },
      resource: resources.namespaces,
      fieldManager: "test",
    });
    await kube.create(echoPod("echo"), resources.pods);
  });

  after(async () => {
    for (const ref of [
      { resource: resources.namespaces, name: namespace },
      { resource: resources.customResourceDefinitions, name: stampDefinition.metadata.name },
    ])
      await kube.delete({ ref, propagation: "Background" }).catch(() => {});
    kube.close();
  });

  test("get, create, merge and JSON patch, delete with preconditions", async () => {
    const ref = refTo(resources.configMaps, "plain");
    await kube.delete({ ref, propagation: "Background" }).catch(() => {});
    const created = await kube.create(configMap("plain", { a: "1" }), resources.configMaps);
    assert.equal((await faultOf(kube.create(configMap("plain"), resources.configMaps))).code, "AlreadyExists");
    assert.deepEqual((await kube.get({ resource: resources.configMaps, name: "plain" })).data, { a: "1" });
    await kube.patch({ ref, type: "merge", body: { data: { b: "2" } } });
    const dry = await kube.patch({ ref, type: "json", body: [{ op: "remove", path: "/data/a" }], dryRun: true });
    assert.deepEqual(dry.data, { b: "2" });
    assert.deepEqual((await kube.get(ref)).data, { a: "1", b: "2" });
    assert.equal((await faultOf(kube.delete({ ref, propagation: "Background", uid: "another" }))).code, "Conflict");
    await kube.delete({ ref, propagation: "Background", ...(created.metadata.uid ? { uid: created.metadata.uid } : {}) });
    const gone = await faultOf(kube.get(ref));
    assert.deepEqual(
      [gone.code, gone.message, gone.details.missing],
      ["NotFound", `ConfigMap ${namespace}/plain does not exist`, "object"],
    );
  });

  test("list: several pages, labels, metadata alone; a kind that is not installed", async () => {
    const names = Array.from({ length: 520 }, (_, at) => `page-${at}`);
    const label = (name: string) => ({ ...configMap(name, { x: "y" }), metadata: { name, namespace, labels: { paged: "yes" } } });
    await Promise.all(names.map((name) => kube.apply({ object: label(name), resource: resources.configMaps, fieldManager: "test" })));
    const paged = { resource: resources.configMaps, namespace, labelSelector: "paged=yes" };
    const whole = await kube.list(paged);
    assert.equal(whole.items.length, names.length);
    assert.deepEqual([whole.items[0]?.kind, whole.items[0]?.data], ["ConfigMap", { x: "y" }]);
    assert.ok(!("managedFields" in (whole.items[0]?.metadata ?? {})));
    const bare = await kube.list({ ...paged, metadataOnly: true });
    assert.equal(bare.items.length, names.length);
    assert.deepEqual([bare.items[0]?.kind, bare.items[0]?.data], ["ConfigMap", undefined]);
    assert.ok(trace.some((line) => line.includes("continue=")));
    const unknown = await faultOf(kube.list({ resource: { ...resources.kafkas, group: "nothing.example" } }));
    assert.deepEqual([unknown.code, unknown.details.missing], ["NotFound", "type"]);
    assert.equal((await faultOf(kube.create(configMap("Upper_Case"), resources.configMaps))).code, "Invalid");
  });

  test("watch: the present, then changes", async () => {
    const seen: string[] = [];
    const request = { resource: resources.configMaps, namespace, fieldSelector: "metadata.name=watched" };
    await kube.delete({ ref: refTo(resources.configMaps, "watched"), propagation: "Background" }).catch(() => {});
    await until(
      (signal) => kube.watch(request, signal),
      (event) => {
        seen.push(event.kind);
        const next: Record<string, () => Promise<unknown>> = {
          Synced: () => kube.create(configMap("watched"), resources.configMaps),
          Added: () => kube.patch({ ref: refTo(resources.configMaps, "watched"), type: "merge", body: { data: { a: "1" } } }),
          Modified: () => kube.delete({ ref: refTo(resources.configMaps, "watched"), propagation: "Background" }),
        };
        void next[event.kind]?.();
        return event.kind === "Deleted";
      },
    );
    assert.deepEqual(seen, ["Synced", "Added", "Modified", "Deleted"]);
  });

  test("watch: from a version that is too old it lists again", async () => {
    await kube.apply({ object: stampDefinition, resource: resources.customResourceDefinitions, fieldManager: "test" });
    // a kind that was defined just now has no history as old as the first version, whatever the server keeps of others
    const isServed = ({ status }: KubeObject): boolean =>
      (status as PodStatus | undefined)?.conditions?.some(({ type, status: is }) => type === "Established" && is === "True") ?? false;
    await until(
      (signal) =>
        kube.watch(
          { resource: resources.customResourceDefinitions, fieldSelector: `metadata.name=${stampDefinition.metadata.name}` },
          signal,
        ),
      (event) => "object" in event && isServed(event.object),
    );
    const kinds: string[] = [];
    await until(
      (signal) => kube.watch({ resource: stamps, namespace, resourceVersion: "1" }, signal),
      (event) => kinds.push(event.kind) > 0 && event.kind === "Synced",
    );
    assert.deepEqual(kinds, ["Relisting", "Synced"]);
  });

  test("apply: conflicts name field and manager; force takes over; dry run changes nothing; unknown fields are refused", async () => {
    const apply = (data: Record<string, string>, fieldManager: string, more: { force?: boolean; dryRun?: boolean } = {}) =>
      kube.apply({ object: configMap("applied", data), resource: resources.configMaps, fieldManager, ...more });
    await apply({ a: "1", b: "1" }, "first", { force: true });
    const conflict = await faultOf(apply({ a: "2" }, "second"));
    assert.deepEqual([conflict.code, conflict.details.fields], ["Conflict", ".data.a (first)"]);
    assert.deepEqual((await apply({ a: "2" }, "second", { force: true, dryRun: true })).data, { a: "2", b: "1" });
    assert.deepEqual((await apply({ a: "2" }, "second", { force: true })).data, { a: "2", b: "1" });
    const typo = await faultOf(
      kube.apply({ object: { ...configMap("applied"), dtaa: {} }, resource: resources.configMaps, fieldManager: "first" }),
    );
    assert.match(typo.message, /dtaa/);
  });

  test("scale, evict against a budget, and the right to", async () => {
    const labels = { app: "none" };
    const template = { metadata: { labels }, spec: { containers: [{ name: "c", image }] } };
    const object = {
      apiVersion: "apps/v1",
      kind: "StatefulSet",
      metadata: { name: "scaled", namespace },
      spec: { replicas: 0, serviceName: "x", selector: { matchLabels: labels }, template },
    };
    await kube.apply({ object, resource: resources.statefulSets, fieldManager: "test", force: true });
    await kube.scale(refTo(resources.statefulSets, "scaled"), 0);
    assert.equal((await faultOf(kube.scale(refTo(resources.configMaps, "applied"), 1))).details.missing, "type");
    const budget = {
      apiVersion: "policy/v1",
      kind: "PodDisruptionBudget",
      metadata: { name: "keep", namespace },
      spec: { minAvailable: 1, selector: { matchLabels: { app: "echo" } } },
    };
    await kube.apply({ object: budget, resource: budgets, fieldManager: "test" });
    const pod = await readyPod();
    await until(
      (signal) => kube.watch({ resource: budgets, namespace }, signal),
      (event) => "object" in event && (event.object.status as { currentHealthy?: number }).currentHealthy === 1,
    );
    const fault = await faultOf(kube.evict({ ref: refTo(resources.pods, pod) }));
    assert.deepEqual([fault.code, fault.details.budget], ["TooManyRequests", "keep"]);
    assert.equal(await kube.canI({ verb: "create", group: "", resource: "pods", subresource: "eviction", namespace }), true);
  });

  /** The echo pod, once it answers. */
  async function readyPod(): Promise<string> {
    await until(
      (signal) => kube.watch({ resource: resources.pods, namespace, labelSelector: "app=echo" }, signal),
      (event) => "object" in event && event.kind !== "Deleted" && isReady(event.object),
    );
    const pods = await kube.list({ resource: resources.pods, namespace, labelSelector: "app=echo" });
    return pods.items.find(isReady)?.metadata.name ?? assert.fail("no pod is ready");
  }

  test("logs: what was written, and following", async () => {
    const pod = await readyPod();
    assert.deepEqual(await Array.fromAsync(kube.logs({ namespace, pod })), ["listening"]);
    const stop = new AbortController();
    for await (const line of kube.logs({ namespace, pod, follow: true, tailLines: 1 }, stop.signal)) {
      assert.equal(line, "listening");
      stop.abort();
    }
    const quiet = AbortSignal.timeout(1_000);
    assert.deepEqual(await Array.fromAsync(kube.logs({ namespace, pod, follow: true, tailLines: 0 }, quiet)), []);
    assert.equal((await faultOf(Array.fromAsync(kube.logs({ namespace, pod, container: "nope" })))).code, "Invalid");
  });

  test("exec: output, exit code, standard input, a program and a pod that are not there", async () => {
    const pod = await readyPod();
    const bash = (script: string, stdin?: string) =>
      kube.exec({ namespace, pod, command: ["bash", "-c", script], ...(stdin === undefined ? {} : { stdin }) });
    assert.deepEqual(await bash("echo out; echo err >&2; exit 3"), { exitCode: 3, stdout: "out\n", stderr: "err\n" });
    assert.equal((await bash("wc -c", "x".repeat(1_000_000))).stdout.trim(), "1000000");
    assert.equal((await bash("head -c 3000000 /dev/zero | tr '\\0' a")).stdout.length, 3_000_000);
    assert.match((await faultOf(kube.exec({ namespace, pod, command: ["no-such-program"] }))).message, /no-such-program/);
    assert.equal((await faultOf(kube.exec({ namespace, pod: "nope", command: ["x"] }))).code, "NotFound");
  });

  test("port-forward: there and back, the pod's end, a port where nobody listens, a pod that is not there", async () => {
    const pod = await readyPod();
    const stream = kube.portForward({ namespace, pod, port: echoPort });
    const sent = Buffer.from(Array.from({ length: 8_000_000 }, (_, at) => at % 253));
    stream.write(sent);
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length === sent.length) break;
    }
    assert.ok(Buffer.concat(chunks).equals(sent));
    const closing = kube.portForward({ namespace, pod, port: echoPort });
    closing.write("bye");
    assert.equal(Buffer.concat(await Array.fromAsync(closing as AsyncIterable<Buffer>)).toString(), "bye");
    const [refused] = (await once(kube.portForward({ namespace, pod, port: 1 }), "error")) as [AppError];
    assert.equal(refused.code, "Unreachable");
    assert.match(refused.message, /^port 1 of pod .*(refused|failed to connect)/);
    const [missing] = (await once(kube.portForward({ namespace, pod: "nope", port: 1 }), "error")) as [AppError];
    assert.equal(missing.code, "NotFound");
  });

  test("forbidden: the rule in the hint is the rule that helps", async () => {
    const jane = await openKube({ kubeconfig, namespace, as: "jane", asGroup: ["system:authenticated"] }, () => {});
    const pod = await readyPod();
    const fault = await faultOf(jane.list({ resource: resources.pods, namespace }));
    assert.deepEqual([fault.code, fault.details.verb, fault.details.resource], ["Forbidden", "list", "pods"]);
    assert.equal(await jane.canI({ verb: "list", group: "", resource: "pods", namespace }), false);
    const [tunnel] = (await once(jane.portForward({ namespace, pod, port: echoPort }), "error")) as [AppError];
    assert.equal(tunnel.code, "Forbidden");
    assert.match(tunnel.hint ?? "", /--resource=pods\/portforward -n contract-kube-/);
    const wide = await faultOf(jane.list({ resource: resources.nodes }));
    assert.match(wide.hint ?? "", /create clusterrole list-nodes --verb=list --resource=nodes &&/);
    const metadata = { name: "pods-for-jane", namespace };
    const rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["list"] }];
    await kube.apply({ object: { apiVersion: `${roles.group}/v1`, kind: "Role", metadata, rules }, resource: roles, fieldManager: "test" });
    const subjects = [{ kind: "User", name: "jane", apiGroup: roles.group }];
    const roleRef = { apiGroup: roles.group, kind: "Role", name: metadata.name };
    await kube.apply({
      object: { apiVersion: `${roles.group}/v1`, kind: "RoleBinding", metadata, subjects, roleRef },
      resource: bindings,
      fieldManager: "test",
    });
    // The authorizer learns of new rules by a watch of its own, a moment later.
    while (!(await jane.canI({ verb: "list", group: "", resource: "pods", namespace })))
      await new Promise((resolve) => setTimeout(resolve, 50));
    assert.ok((await jane.list({ resource: resources.pods, namespace })).items.length > 0);
    jane.close();
  });

  test("raw: a path, and one that is not there", async () => {
    const version = (await kube.raw("/version")) as { gitVersion: string };
    assert.match(version.gitVersion, /^v1\./);
    assert.equal((await faultOf(kube.raw("/apis/nothing.example"))).code, "NotFound");
  });
});
