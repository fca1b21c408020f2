import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { clock } from "../../src/adapters/node/clock.ts";
import type { KubeObject } from "../../src/model/kube.ts";
import { type UsableCluster, useCluster } from "../cluster/use.ts";
import { deployKafka, fixture, kubectl, podsOf, run } from "./fixture.ts";

// A cluster that an operator looks after: its pods are restarted by it alone, when it is asked to. Strimzi's own operator is no package that this
// cluster could run; a stand-in does on the real API server what it does here: it deletes annotated pods one by one, the next when all are
// ready, and once it takes an annotation off without a restart (strimzi#13165).

const { namespace, name } = fixture;
const annotation = "strimzi.io/manual-rolling-update";
const crd = "strimzipodsets.core.strimzi.io";

let cluster: UsableCluster;

type Pod = KubeObject & { status?: { conditions?: { type: string; status: string }[] } };

const pods = async (): Promise<Pod[]> => {
  const found = await kubectl(cluster, ["get", "pods", "-n", namespace, "-l", `strimzi.io/cluster=${name}`, "-o", "json"]);
  return (JSON.parse(found) as { items: Pod[] }).items;
};

const isReady = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status?.conditions?.some(({ type, status: is }) => type === "Ready" && is === "True") ?? false);

/** Acts as the operator does until it is stopped. */
async function standIn(stopped: AbortSignal): Promise<void> {
  let forgets = 1;
  while (!stopped.aborted) {
    const present = await pods();
    const due = present.find(({ metadata }) => metadata.annotations?.[annotation] === "true");
    if (due !== undefined && present.length === podsOf(fixture).length && present.every(isReady)) {
      const pod = due.metadata.name;
      if (forgets > 0) await kubectl(cluster, ["annotate", "pod", pod, "-n", namespace, `${annotation}-`]);
      else await kubectl(cluster, ["delete", "pod", pod, "-n", namespace, "--wait=false"]);
      forgets -= 1;
    }
    await clock.sleep(2_000, stopped).catch(() => undefined);
  }
}

describe("a cluster that an operator looks after", {
  skip: process.env.KUBECTL_KAFKA_TEST_KUBECONFIG ? "needs a cluster without Strimzi's CRDs" : false,
}, () => {
  before(async () => {
    cluster = await useCluster();
    await deployKafka(cluster, fixture);
    const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
    const definition = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: crd },
      spec: {
        group: "core.strimzi.io",
        names: { plural: "strimzipodsets", singular: "strimzipodset", kind: "StrimziPodSet" },
        scope: "Namespaced",
        versions: [{ name: "v1", served: true, storage: true, schema }],
      },
    };
    const labels = { "strimzi.io/cluster": name, "strimzi.io/kind": "Kafka", "strimzi.io/name": `${name}-kafka` };
    const set = {
      apiVersion: "core.strimzi.io/v1",
      kind: "StrimziPodSet",
      metadata: { name: `${name}-node`, namespace, labels },
      spec: { pods: [] },
    };
    await kubectl(cluster, ["apply", "-f", "-"], { stdin: JSON.stringify(definition) });
    await kubectl(cluster, ["wait", `crd/${crd}`, "--for=condition=Established", "--timeout=30s"]);
    await kubectl(cluster, ["apply", "-f", "-"], { stdin: JSON.stringify(set) });
  });

  after(async () => {
    await kubectl(cluster, ["delete", "crd", crd, "--timeout=60s"]);
  });

  test("roll asks the operator, asks again when it forgot, and ends when every pod is another one and serves", async () => {
    const plugin = (...args: string[]) =>
      run([cluster.kubectl, "kafka", ...args, "-n", namespace], { env: cluster.env, timeoutMs: 600_000 });
    const uids = async () => new Map((await pods()).map(({ metadata }) => [metadata.name, metadata.uid]));
    const before = await uids();
    const shown = await plugin("roll", name, "--dry-run");
    assert.match(shown.stdout, /^Ask the operator to restart 3 nodes/m, shown.stderr);
    assert.deepEqual(await uids(), before);
    const stop = new AbortController();
    const operator = standIn(stop.signal);
    try {
      const { code, stdout, stderr } = await plugin("roll", name, "--yes", "--no-resume", "-o", "json");
      assert.equal(code, 0, stderr);
      assert.match(stdout, /was forgotten without a restart: the operator is asked again/);
    } finally {
      stop.abort();
      await operator;
    }
    const now = await uids();
    assert.deepEqual(
      [...now].filter(([pod, uid]) => before.get(pod) === uid),
      [],
    );
    assert.equal((await plugin("status", name)).code, 0);
  });
});
