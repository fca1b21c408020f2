import assert from "node:assert/strict";
import { test } from "node:test";
import { planOnly, reconcileCluster } from "../../src/cli/reconcile.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import { contextOf } from "./flow-context.ts";
import { made, options, patch, planned, ref } from "./reconcile-world.ts";
import { find } from "./world-cli.ts";

// Certificates of a cluster that runs, and what becomes of it when they are lost. In this world a node trusts what it was started with.

const remove = (world: FakeWorld, ...names: string[]): void => {
  for (const name of names) world.store.remove(find(world, "Secret", name));
};

const dataOf = (world: FakeWorld, name: string) => (find(world, "Secret", name) as { data?: Record<string, string> }).data;
const restartsOf = (ids: readonly string[]): string[] => ids.filter((id) => id.startsWith("restart"));

const told = async (world: FakeWorld): Promise<string[]> => {
  const found = await planOnly(contextOf(world), ref, options);
  return "plan" in found ? found.plan.leftAlone.map(({ reason }) => reason) : ["refused"];
};

const changesOf = (world: FakeWorld, since: number): string[] => world.writes.slice(since).filter((what) => !what.includes("Lease"));

test("the trust bundle holds both authorities, and is kept so", async () => {
  const world = await made();
  const bundle = () => dataOf(world, "c-trustbundle");
  const wanted = {
    "cluster-ca.crt": dataOf(world, "c-cluster-ca-cert")?.["ca.crt"],
    "clients-ca.crt": dataOf(world, "c-clients-ca-cert")?.["ca.crt"],
  };
  assert.deepEqual(bundle(), wanted);
  remove(world, "c-trustbundle");
  assert.deepEqual(await planned(world), ["copy Secret c-trustbundle", "status final"]);
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  assert.deepEqual(bundle(), wanted);
  assert.deepEqual(await planned(world), []);
});

test("the cluster CA's certificate is lost: it comes back from behind a node's, and nothing restarts", async () => {
  const world = await made();
  const before = dataOf(world, "c-cluster-ca-cert");
  remove(world, "c-cluster-ca-cert");
  assert.deepEqual(restartsOf(await planned(world)), []);
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  assert.equal(dataOf(world, "c-cluster-ca-cert")?.["ca.crt"]?.trim(), before?.["ca.crt"]?.trim());
  assert.deepEqual(await planned(world), []);
});

test("whether the authorities outlive the cluster may change, and nothing else of them does", async () => {
  const world = await made();
  const before = [dataOf(world, "c-cluster-ca"), dataOf(world, "c-cluster-ca-cert")];
  patch(world, "Kafka", "c", { clusterCa: { generateSecretOwnerReference: false } });
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  for (const name of ["c-cluster-ca", "c-cluster-ca-cert"])
    assert.deepEqual(find(world, "Secret", name).metadata.ownerReferences ?? [], []);
  assert.deepEqual([dataOf(world, "c-cluster-ca"), dataOf(world, "c-cluster-ca-cert")], before);
  assert.deepEqual(await planned(world), []);
});

test("its private key is lost: the cluster goes on with the certificates it has, and says so", async () => {
  const world = await made();
  remove(world, "c-cluster-ca");
  assert.deepEqual([await planned(world), await told(world)], [[], ["AuthorityKeyMissing"]]);
});

test("both are lost: the certificate comes back, the key is told to be lost", async () => {
  const world = await made();
  remove(world, "c-cluster-ca", "c-cluster-ca-cert");
  assert.equal(await reconcileCluster(contextOf(world), ref, options), 0);
  assert.deepEqual([await planned(world), await told(world)], [[], ["AuthorityKeyMissing"]]);
});

test("all is lost while nodes run: refused, and nothing changes; with every node stopped it is made anew", async () => {
  const world = await made();
  remove(world, "c-cluster-ca", "c-cluster-ca-cert", "c-combined", "c-cluster-operator-certs");
  const before = world.writes.length;
  const context = contextOf(world);
  assert.equal(await reconcileCluster(context, ref, options), 3);
  assert.match(context.text(), /c-cluster-ca-cert and c-cluster-ca: the cluster CA is lost/);
  assert.deepEqual(changesOf(world, before), ["patch Kafka c"], "but for the status, which says so");
  world.store.remove(find(world, "StatefulSet", "c-combined"));
  world.settle();
  assert.equal(await reconcileCluster(contextOf(world, "1"), ref, options), 0);
  assert.deepEqual(await planned(world), []);
});

test("the clients' CA is lost: it is made anew, and nodes restart to trust it", async () => {
  const world = await made();
  remove(world, "c-clients-ca", "c-clients-ca-cert");
  assert.equal(restartsOf(await planned(world)).length, 3);
  assert.equal(await reconcileCluster(contextOf(world, "1"), ref, options), 0);
  assert.deepEqual(await planned(world), []);
});

test("another cluster CA in the place of the one that running nodes trust is refused", async () => {
  const world = await made();
  const request = { commonName: "cluster-ca v0", validityDays: 365, now: "2026-11-23T12:00:00.000Z" };
  const { privateKey, certificate } = await contextOf(world, "2").certificateAuthority.makeAuthority(request);
  world.store.update({ ...find(world, "Secret", "c-cluster-ca"), data: { "ca.key": btoa(privateKey) } });
  world.store.update({ ...find(world, "Secret", "c-cluster-ca-cert"), data: { "ca.crt": btoa(certificate) } });
  const context = contextOf(world);
  assert.equal(await reconcileCluster(context, ref, options), 3);
  assert.match(context.text(), /has another key or name\s+than the one that the running nodes trust/);
});
