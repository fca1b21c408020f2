import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { ExecuteIo } from "../../src/execute/execute-io.ts";
import { runPlan } from "../../src/execute/run-plan.ts";
import { AppError } from "../../src/model/errors.ts";
import type { RunEvent } from "../../src/model/event.ts";
import { type KubeObject, resources } from "../../src/model/kube.ts";
import type { Plan } from "../../src/model/plan.ts";
import { compareFakeCertificates, readFakeCertificates } from "../fakes/world/authority.ts";
import { executeIo, observeWorld } from "../fakes/world/execute-io.ts";
import { type FakeWorld, newWorld } from "../fakes/world/world.ts";
import { apply, bootstrap, labelled, outdate, planOf, podOf, ref, restart, runningCluster, setOf, withUid } from "./small-cluster.ts";

type Ran = { readonly events: RunEvent[]; readonly fault: unknown };

/** Runs a plan to its end; what is thrown is a result. `onEvent` is called as the events come. */
async function carryOut(
  world: FakeWorld,
  plan: Plan,
  changes: Partial<ExecuteIo> = {},
  onEvent: (event: RunEvent) => void = () => {},
): Promise<Ran> {
  const events: RunEvent[] = [];
  try {
    for await (const event of runPlan(plan, executeIo(world, ref, changes))) {
      events.push(event);
      onEvent(event);
    }
  } catch (fault) {
    return { events, fault };
  }
  return { events, fault: undefined };
}

const outcomes = ({ events }: Ran): string[] =>
  events.flatMap((event) => (event.kind === "StepDone" ? [`${event.step} ${event.outcome}`] : []));
const kinds = ({ events }: Ran): string[] => events.map(({ kind }) => kind);
const last = ({ events }: Ran): Extract<RunEvent, { kind: "RunDone" }> => {
  const event = events.at(-1);
  assert.ok(event?.kind === "RunDone");
  return event;
};
const waited = ({ events }: Ran): string[] =>
  events.flatMap((event) => (event.kind === "Waiting" ? [event.because ?? event.progress?.text ?? ""] : []));
const faultOf = ({ fault }: Ran): AppError => {
  assert.ok(fault instanceof AppError, String(fault));
  return fault;
};

const configMap = (name: string, data: Record<string, string>): KubeObject => labelled("ConfigMap", name, { data });
const put = (name: string, data: Record<string, string> = { a: "1" }) => apply(configMap(name, data), resources.configMaps);
const textOf = (world: FakeWorld, secret: string, key: string): string =>
  Buffer.from(
    (world.store.find("Secret", "kafka", secret) as { data?: Record<string, string> } | undefined)?.data?.[key] ?? "",
    "base64",
  ).toString();

describe("objects", () => {
  test("are applied; the second time nothing changes", async () => {
    const world = newWorld();
    const plan = planOf([put("a"), put("b")], [put("c")]);
    const first = await carryOut(world, plan);
    assert.deepEqual(outcomes(first).sort(), ["0.0 changed", "0.1 changed", "1.0 changed"]);
    assert.deepEqual(last(first).counts, { changed: 3, alreadyDone: 0, failed: 0, notReached: 0 });
    assert.equal(kinds(first)[0], "PlanStarted");
    const versions = world.store.all().map(({ metadata }) => metadata.resourceVersion);
    const second = await carryOut(world, plan);
    assert.deepEqual(last(second).counts, { changed: 0, alreadyDone: 3, failed: 0, notReached: 0 });
    assert.deepEqual(
      world.store.all().map(({ metadata }) => metadata.resourceVersion),
      versions,
    );
  });

  test("fields that somebody edited come back, fields we no longer want go", async () => {
    const world = newWorld();
    await carryOut(world, planOf([put("a", { keep: "1", drop: "2" })]));
    const edited = world.store.find("ConfigMap", "kafka", "a");
    world.store.update({ ...edited, data: { keep: "edited", drop: "2", foreign: "x" } } as KubeObject);
    await carryOut(world, planOf([put("a", { keep: "1" })]));
    assert.deepEqual(world.store.find("ConfigMap", "kafka", "a")?.data, { keep: "1", foreign: "x" });
  });

  test("are deleted once; another object of the name is left alone", async () => {
    const world = newWorld({ objects: [configMap("a", {}), configMap("b", {})] });
    const uid = world.store.find("ConfigMap", "kafka", "a")?.metadata.uid ?? "";
    const step = { kind: "DeleteObject", ref: { resource: resources.configMaps, name: "a" }, uid } as const;
    assert.deepEqual(outcomes(await carryOut(world, planOf([step]))), ["0.0 changed"]);
    assert.deepEqual(outcomes(await carryOut(world, planOf([step]))), ["0.0 alreadyDone"]);
    const wrong = await carryOut(world, planOf([{ ...step, ref: { ...step.ref, name: "b" } }]));
    assert.equal(faultOf(wrong).code, "Conflict");
    assert.ok(world.store.find("ConfigMap", "kafka", "b"));
  });

  test("a StatefulSet is replaced under its running pods", async () => {
    const world = runningCluster();
    const before = [0, 1, 2].map((id) => podOf(world, `c-dual-${id}`).metadata.uid);
    const uid = world.store.find("StatefulSet", "kafka", "c-dual")?.metadata.uid ?? "";
    const step = { kind: "ReplaceStatefulSet", object: setOf("dual", { storage: "2Gi" }), uid, changes: [] } as const;
    assert.deepEqual(outcomes(await carryOut(world, planOf([step]))), ["0.0 changed"]);
    const now = world.store.find("StatefulSet", "kafka", "c-dual");
    assert.notEqual(now?.metadata.uid, uid);
    assert.deepEqual(
      [0, 1, 2].map((id) => podOf(world, `c-dual-${id}`).metadata.uid),
      before,
    );
    assert.equal(podOf(world, "c-dual-0").metadata.ownerReferences?.[0]?.uid, now?.metadata.uid);
    assert.deepEqual(outcomes(await carryOut(world, planOf([step]))), ["0.0 alreadyDone"]);
  });

  test("a volume grows once, and its growth is waited for", async () => {
    const world = runningCluster();
    const claims = ["data-c-dual-0"];
    const grow = {
      kind: "GrowVolume",
      claim: { resource: resources.volumeClaims, name: "data-c-dual-0" },
      from: "1Gi",
      to: "2Gi",
    } as const;
    const wait = { kind: "WaitFor", condition: { kind: "VolumesResized", claims }, timeoutMs: 60_000 } as const;
    const ran = await carryOut(world, planOf([grow], [wait]));
    assert.deepEqual(outcomes(ran), ["0.0 changed", "1.0 changed"]);
    assert.ok(waited(ran).includes("0 of 1 volumes have their new size"));
    assert.deepEqual(world.store.find("PersistentVolumeClaim", "kafka", "data-c-dual-0")?.status, {
      phase: "Bound",
      capacity: { storage: "2Gi" },
    });
    assert.deepEqual(outcomes(await carryOut(world, planOf([grow], [wait]))), ["0.0 alreadyDone", "1.0 changed"]);
  });
});

const authoritySecrets = ["c-cluster-ca", "c-cluster-ca-cert"].map((name) =>
  labelled("Secret", name, {}, { [name.endsWith("cert") ? "strimzi.io/ca-cert-generation" : "strimzi.io/ca-key-generation"]: "0" }),
);
const makeCa = {
  kind: "CreateAuthority",
  ca: "cluster",
  validityDays: 365,
  generation: 0,
  commonName: "cluster-ca v0",
  secrets: authoritySecrets,
} as const;
const leaf = (pod: string) =>
  ({
    secret: "c-dual",
    certificateKey: `${pod}.crt`,
    privateKey: `${pod}.key`,
    commonName: "c-kafka",
    dns: [`${pod}.svc`],
    ca: "cluster",
    why: "missing",
  }) as const;
const issue = (...pods: string[]) =>
  ({ kind: "IssueCertificates", secret: labelled("Secret", "c-dual"), leafs: pods.map(leaf), validityDays: 365 }) as const;

describe("certificates", () => {
  test("an authority is made, and made once; leaves are signed by it, others stay", async () => {
    const world = newWorld();
    const first = await carryOut(world, planOf([makeCa], [issue("c-dual-0", "c-dual-1")]));
    assert.deepEqual(outcomes(first), ["0.0 changed", "1.0 changed"]);
    const [ca] = readFakeCertificates(textOf(world, "c-cluster-ca-cert", "ca.crt"));
    const [zero] = readFakeCertificates(textOf(world, "c-dual", "c-dual-0.crt"));
    assert.equal(ca?.subject, "CN=cluster-ca v0,O=io.strimzi");
    assert.deepEqual([zero?.issuer, zero?.dnsNames], [ca?.subject, ["c-dual-0.svc"]]);
    const signed = compareFakeCertificates.isSignedBy(
      textOf(world, "c-dual", "c-dual-0.crt"),
      textOf(world, "c-cluster-ca-cert", "ca.crt"),
    );
    const fits = compareFakeCertificates.isKeyOf(textOf(world, "c-dual", "c-dual-0.key"), textOf(world, "c-dual", "c-dual-0.crt"));
    assert.deepEqual([signed, fits], [true, true]);
    const one = textOf(world, "c-dual", "c-dual-1.key");
    const second = await carryOut(world, planOf([makeCa], [issue("c-dual-0")]));
    assert.deepEqual(outcomes(second), ["0.0 alreadyDone", "1.0 changed"]);
    assert.equal(textOf(world, "c-dual", "c-dual-1.key"), one);
    assert.notEqual(readFakeCertificates(textOf(world, "c-dual", "c-dual-0.crt"))[0]?.serial, zero?.serial);
  });

  test("a run that died between key and certificate is finished with the same key", async () => {
    const world = newWorld();
    world.intercept = ({ what, when }) => {
      if (what === "Secret c-cluster-ca-cert" && when === "before") throw new Error("killed");
    };
    assert.equal(String((await carryOut(world, planOf([makeCa]))).fault), "Error: killed");
    const key = textOf(world, "c-cluster-ca", "ca.key");
    world.intercept = () => {};
    assert.deepEqual(outcomes(await carryOut(world, planOf([makeCa], [issue("c-dual-0")]))), ["0.0 changed", "1.0 changed"]);
    assert.equal(textOf(world, "c-cluster-ca", "ca.key"), key);
  });

  test("without the authority's key nothing is signed, and the error tells which Secret", async () => {
    const ran = await carryOut(newWorld(), planOf([issue("c-dual-0")]));
    assert.equal(faultOf(ran).message, "Secret kafka/c-cluster-ca has no ca.key: the cluster CA cannot sign");
  });

  test("no key is ever told", async () => {
    const world = newWorld();
    const ran = await carryOut(world, planOf([makeCa], [issue("c-dual-0")]));
    assert.doesNotMatch(JSON.stringify(ran.events), /PRIVATE KEY|LS0tLS1CRUdJTi/);
  });
});

describe("Kafka", () => {
  test("settings, metadata version, brokers that are gone", async () => {
    const world = runningCluster();
    const changes = [
      { name: "log.retention.ms", to: "1" },
      { name: "other", from: "1" },
    ];
    world.kafka("c").dynamic.set("other", "1");
    const plan = planOf(
      [{ kind: "AlterConfigs", scope: "cluster", changes }],
      [{ kind: "UpdateMetadataVersion", to: "4.4-IV0" }],
      [{ kind: "UnregisterNode", node: 2 }],
    );
    assert.deepEqual(outcomes(await carryOut(world, plan)), ["0.0 changed", "1.0 changed", "2.0 changed"]);
    assert.deepEqual([...world.kafka("c").dynamic], [["log.retention.ms", "1"]]);
    assert.equal(world.kafka("c").metadataVersion, "4.4-IV0");
    assert.deepEqual(world.kafka("c").registered(), [0, 1]);
    const rest = planOf([{ kind: "UpdateMetadataVersion", to: "4.4-IV0" }], [{ kind: "UnregisterNode", node: 2 }]);
    assert.deepEqual(outcomes(await carryOut(world, rest)), ["0.0 alreadyDone", "1.0 alreadyDone"]);
  });

  test("the status is written by the caller", async () => {
    const phases: string[] = [];
    const plan = planOf([{ kind: "WriteStatus", phase: "ids" }], [{ kind: "WriteStatus", phase: "final" }]);
    await carryOut(newWorld(), plan, { writeStatus: async (phase) => void phases.push(phase) });
    assert.deepEqual(phases, ["ids", "final"]);
  });
});

describe("waits", () => {
  test("pods, with what is wrong with one that does not come", async () => {
    const world = newWorld();
    world.trouble("c-dual-1", "CrashLoopBackOff");
    const pods = ["c-dual-0", "c-dual-1", "c-dual-2"];
    const plan = planOf(
      [apply(setOf("dual"), resources.statefulSets)],
      [{ kind: "WaitFor", condition: { kind: "PodsReady", pods }, timeoutMs: 30_000 }],
    );
    const ran = await carryOut(world, plan);
    assert.equal(faultOf(ran).code, "Timeout");
    assert.equal(faultOf(ran).message, "after 30 s not all pods are ready: c-dual-1: CrashLoopBackOff");
    assert.deepEqual(last(ran).counts, { changed: 1, alreadyDone: 0, failed: 1, notReached: 0 });
    world.trouble("c-dual-1", undefined);
    assert.deepEqual(last(await carryOut(world, plan)).counts, { changed: 1, alreadyDone: 1, failed: 0, notReached: 0 });
  });

  test("objects that must go, nodes, the gate", async () => {
    const world = runningCluster({ objects: [configMap("a", {})] });
    const gone = planOf([{ kind: "WaitFor", condition: { kind: "ObjectsGone", objects: ["ConfigMap/a"] }, timeoutMs: 10_000 }]);
    world.clock.after(3_000, () => world.store.remove(configMap("a", {})));
    assert.deepEqual(outcomes(await carryOut(world, gone)), ["0.0 changed"]);
    const back = { kind: "NodesBack", nodes: [{ node: 1, pod: "c-dual-1", previousUid: "other" }] } as const;
    const open = { kind: "GateOpen", nodes: [{ node: 1, pod: "c-dual-1" }] } as const;
    const both = [back, open].map((condition) => ({ kind: "WaitFor", condition, timeoutMs: 10_000 }) as const);
    assert.deepEqual(outcomes(await carryOut(world, planOf(both))).sort(), ["0.0 changed", "0.1 changed"]);
  });
});

const uids = (world: FakeWorld): (string | undefined)[] =>
  [0, 1, 2].map((id) => world.store.find("Pod", "kafka", `c-dual-${id}`)?.metadata.uid);

describe("restarts", () => {
  test("one after the other, each back in every ISR before the next goes", async () => {
    const world = runningCluster({ catchUpMs: 10_000 });
    await outdate(world);
    const before = uids(world);
    let smallest = 3;
    const ran = await carryOut(world, planOf([restart(world, 1)], [restart(world, 2)], [restart(world, 0)]), {}, () => {
      for (const { partitions, name } of world.kafka("c").topics())
        if (name === "orders") for (const { isr } of partitions) smallest = Math.min(smallest, isr.length);
    });
    assert.deepEqual(outcomes(ran), ["0.0 changed", "1.0 changed", "2.0 changed"]);
    assert.equal(smallest, 2);
    assert.ok(uids(world).every((uid, at) => uid !== undefined && uid !== before[at]));
    const images = [0, 1, 2].map((id) => (podOf(world, `c-dual-${id}`).spec as { containers: { image: string }[] }).containers[0]?.image);
    assert.deepEqual(images, ["apache/kafka:4.3.1", "apache/kafka:4.3.1", "apache/kafka:4.3.1"]);
    assert.deepEqual(new Set(waited(ran)).has("the old pod is shutting down"), true);
    const again = await carryOut(world, planOf([withUid(restart(world, 1), before[1] ?? "")]));
    assert.deepEqual(outcomes(again), ["0.0 alreadyDone"]);
  });

  test("a partition that lacks a replica holds the next, and says until when", async () => {
    const world = runningCluster();
    await outdate(world);
    world.kafka("c").lag(2, true);
    const before = uids(world);
    const held = await carryOut(world, planOf([restart(world, 0)]), { waitMs: 20_000 });
    assert.equal(faultOf(held).code, "Timeout");
    assert.match(faultOf(held).message, /^after 20 s c-dual-0 may still not be restarted: /);
    assert.deepEqual(uids(world), before);
    assert.ok(waited(held).some((text) => text.includes("waiting for node 2")));
    world.clock.after(5_000, () => world.kafka("c").lag(2, false));
    assert.deepEqual(outcomes(await carryOut(world, planOf([restart(world, 0)]), { waitMs: 20_000 })), ["0.0 changed"]);
  });

  test("a node that does not come back ends the run, and the next is not touched", async () => {
    const world = runningCluster();
    await outdate(world);
    const before = uids(world);
    world.trouble("c-dual-1", "ImagePullBackOff");
    const ran = await carryOut(world, planOf([restart(world, 1)], [restart(world, 2)]));
    assert.equal(faultOf(ran).code, "Timeout");
    assert.equal(faultOf(ran).message, "after 2 min c-dual-1 is not back: ImagePullBackOff");
    assert.deepEqual(last(ran).counts, { changed: 0, alreadyDone: 0, failed: 1, notReached: 1 });
    assert.equal(uids(world)[2], before[2]);
  });

  test("pods that cannot start go without asking the gate, and come up together", async () => {
    const world = newWorld({ objects: [bootstrap, setOf("dual", { image: "wrong" })] });
    for (const id of [0, 1, 2]) world.trouble(`c-dual-${id}`, "ImagePullBackOff");
    world.settle();
    await outdate(world);
    world.intercept = ({ verb, what, when }) => {
      if (verb === "delete" && when === "after") world.trouble(what.replace("Pod ", ""), undefined);
    };
    const plan = planOf([restart(world, 0)], [restart(world, 1)], [restart(world, 2)]);
    assert.deepEqual(last(await carryOut(world, plan)).counts, { changed: 3, alreadyDone: 0, failed: 0, notReached: 0 });
  });

  test("the replicas of a slow node take their time as long as they come", async () => {
    const world = runningCluster({ catchUpMs: 90_000 });
    await outdate(world);
    const ran = await carryOut(world, planOf([restart(world, 0)]), { waitMs: 120_000 });
    assert.deepEqual(outcomes(ran), ["0.0 changed"]);
  });
});

describe("failure and interruption", () => {
  test("the first failure stops the run after the steps under way; nothing later begins", async () => {
    const world = newWorld();
    world.intercept = ({ what, when }) => {
      if (what === "ConfigMap b" && when === "before") throw new AppError("Forbidden", "not permitted: patch configmaps", { hint: "ask" });
    };
    const ran = await carryOut(world, planOf([put("a"), put("b")], [put("c")]));
    assert.deepEqual(outcomes(ran).sort(), ["0.0 changed", "0.1 failed"]);
    const { ok, because, hint, counts } = last(ran);
    assert.deepEqual(
      { ok, because, hint, counts },
      {
        ok: false,
        because: "not permitted: patch configmaps",
        hint: "ask",
        counts: { changed: 1, alreadyDone: 0, failed: 1, notReached: 1 },
      },
    );
    assert.equal(faultOf(ran).code, "Forbidden");
    assert.equal(world.store.find("ConfigMap", "kafka", "c"), undefined);
  });

  for (const when of ["before", "after"] as const)
    test(`killed ${when} an apply took effect: the next run finishes`, async () => {
      const plan = planOf([put("a")], [put("b")], [put("c")]);
      for (let nth = 1; nth <= 3; nth += 1) {
        const world = newWorld();
        world.intercept = (write) => {
          if (write.count >= nth && write.when === when) throw new Error("killed");
        };
        assert.equal(String((await carryOut(world, plan)).fault), "Error: killed");
        world.intercept = () => {};
        const { counts } = last(await carryOut(world, plan));
        assert.deepEqual([counts.alreadyDone, counts.failed], [when === "before" ? nth - 1 : nth, 0]);
        assert.equal(world.store.all("ConfigMap").length, 3);
      }
    });

  for (const when of ["before", "after"] as const)
    test(`killed ${when} a pod was deleted: the next run restarts it once in all`, async () => {
      const world = runningCluster();
      await outdate(world);
      const plan = planOf([restart(world, 1)]);
      const killed = (write: { verb: string; when: string }): void => {
        if (write.verb === "delete" && write.when === when) throw new Error("killed");
      };
      world.intercept = killed;
      assert.equal(String((await carryOut(world, plan)).fault), "Error: killed");
      world.intercept = () => {};
      assert.deepEqual(outcomes(await carryOut(world, plan)), ["0.0 changed"]);
      const { uid } = podOf(world, "c-dual-1").metadata;
      assert.deepEqual(outcomes(await carryOut(world, plan)), ["0.0 alreadyDone"]);
      assert.equal(podOf(world, "c-dual-1").metadata.uid, uid);
      const reasons = (await observeWorld(world, ref)).nodes.map(({ restartReasons }) => restartReasons.length);
      assert.deepEqual(reasons, [1, 0, 1]);
    });

  test("killed between a StatefulSet's deletion and its return: the next run brings it back over the same pods", async () => {
    const world = runningCluster();
    const before = uids(world);
    const uid = world.store.find("StatefulSet", "kafka", "c-dual")?.metadata.uid ?? "";
    const plan = planOf([{ kind: "ReplaceStatefulSet", object: setOf("dual", { storage: "2Gi" }), uid, changes: [] }]);
    world.intercept = ({ verb, when }) => {
      if (verb === "delete" && when === "after") throw new Error("killed");
    };
    assert.equal(String((await carryOut(world, plan)).fault), "Error: killed");
    world.intercept = () => {};
    assert.deepEqual(outcomes(await carryOut(world, plan)), ["0.0 changed"]);
    world.settle();
    assert.notEqual(world.store.find("StatefulSet", "kafka", "c-dual")?.metadata.uid, uid);
    assert.deepEqual(uids(world), before);
  });

  test("Ctrl-C while waiting stops at once and tells how to go on", async () => {
    const world = newWorld();
    const controller = new AbortController();
    const plan = planOf([{ kind: "WaitFor", condition: { kind: "PodsReady", pods: ["x"] }, timeoutMs: 60_000 }], [put("a")]);
    const ran = await carryOut(world, plan, { signal: controller.signal }, ({ kind }) => {
      if (kind === "Waiting") controller.abort(new AppError("Interrupted", "interrupted"));
    });
    assert.deepEqual(kinds(ran), ["PlanStarted", "StepStarted", "Waiting", "StepDone", "RunDone"]);
    assert.deepEqual(outcomes(ran), ["0.0 held"]);
    assert.equal(faultOf(ran).code, "Interrupted");
    assert.equal(faultOf(ran).message, "interrupted; 0 of 2 steps are done, nothing is half done");
    assert.equal(faultOf(ran).hint, "the same command again goes on from here");
  });

  test("Ctrl-C while a node is away waits for it, and restarts no other", async () => {
    const world = runningCluster();
    await outdate(world);
    const before = uids(world);
    const controller = new AbortController();
    const ran = await carryOut(world, planOf([restart(world, 1)], [restart(world, 2)]), { signal: controller.signal }, (event) => {
      if (event.kind === "Waiting" && event.because === "the old pod is shutting down")
        controller.abort(new AppError("Interrupted", "interrupted"));
    });
    assert.deepEqual(outcomes(ran), ["0.0 changed"]);
    assert.equal(faultOf(ran).code, "Interrupted");
    assert.notEqual(uids(world)[1], before[1]);
    assert.equal(uids(world)[2], before[2]);
    assert.ok(
      world
        .kafka("c")
        .topics()
        .every(({ partitions }) => partitions.every(({ isr, replicas }) => isr.length === replicas.length)),
    );
  });

  test("Ctrl-C at a closed gate deletes nothing", async () => {
    const world = runningCluster();
    await outdate(world);
    world.kafka("c").lag(2, true);
    const before = uids(world);
    const controller = new AbortController();
    const ran = await carryOut(world, planOf([restart(world, 0)]), { signal: controller.signal }, ({ kind }) => {
      if (kind === "Waiting") controller.abort(new AppError("Interrupted", "interrupted"));
    });
    assert.deepEqual(outcomes(ran), ["0.0 held"]);
    assert.deepEqual(uids(world), before);
  });

  test("Ctrl-C after the last step is no interruption", async () => {
    const controller = new AbortController();
    const ran = await carryOut(newWorld(), planOf([put("a")]), { signal: controller.signal }, ({ kind }) => {
      if (kind === "StepDone") controller.abort(new AppError("Interrupted", "interrupted"));
    });
    assert.equal(ran.fault, undefined);
  });

  test("who stops reading stops the run", async () => {
    const world = newWorld();
    const never = { kind: "WaitFor", condition: { kind: "PodsReady", pods: ["x"] }, timeoutMs: 60_000 } as const;
    for await (const event of runPlan(planOf([put("a")], [never], [put("c")]), executeIo(world, ref))) if (event.kind === "Waiting") break;
    assert.ok(world.store.find("ConfigMap", "kafka", "a"));
    assert.equal(world.store.find("ConfigMap", "kafka", "c"), undefined);
  });

  test("a lock that was lost ends the run with its reason", async () => {
    const controller = new AbortController();
    controller.abort(new AppError("Conflict", "jane took the lock", { hint: "wait" }));
    const ran = await carryOut(newWorld(), planOf([put("a")]), { signal: controller.signal });
    assert.deepEqual([faultOf(ran).code, faultOf(ran).hint], ["Conflict", "wait"]);
  });
});
