import assert from "node:assert/strict";
import { test } from "node:test";
import {
  adminSecret,
  authorityCommonName,
  authoritySecrets,
  brokerSans,
  nodeCertificatesSecret,
  wantedLeaves,
} from "../../src/desired/certificates.ts";
import { nodesOf } from "../../src/desired/names.ts";
import { caSettings, clusterSpec, poolSpec } from "./specs.ts";

const spec = clusterSpec({ pools: [poolSpec("a", [5]), poolSpec("b", [0, 1])] });

test("names of a node: both Services in four forms, and its own in two", () => {
  const [node] = nodesOf(spec);
  assert.ok(node);
  assert.deepEqual(brokerSans(spec, node), [
    "my-cluster-kafka-bootstrap",
    "my-cluster-kafka-bootstrap.kafka",
    "my-cluster-kafka-bootstrap.kafka.svc",
    "my-cluster-kafka-bootstrap.kafka.svc.cluster.local",
    "my-cluster-kafka-brokers",
    "my-cluster-kafka-brokers.kafka",
    "my-cluster-kafka-brokers.kafka.svc",
    "my-cluster-kafka-brokers.kafka.svc.cluster.local",
    "my-cluster-b-0.my-cluster-kafka-brokers.kafka.svc.cluster.local",
    "my-cluster-b-0.my-cluster-kafka-brokers.kafka.svc",
  ]);
});

test("leaves: one per node in the order of ids, in the Secret of its pool, and the tool's own", () => {
  assert.deepEqual(
    wantedLeaves(spec).map(({ secret, certificateKey, privateKey, commonName, ca }) =>
      [secret, certificateKey, privateKey, commonName, ca].join(" "),
    ),
    [
      "my-cluster-b my-cluster-b-0.crt my-cluster-b-0.key my-cluster-kafka cluster",
      "my-cluster-b my-cluster-b-1.crt my-cluster-b-1.key my-cluster-kafka cluster",
      "my-cluster-a my-cluster-a-5.crt my-cluster-a-5.key my-cluster-kafka cluster",
      "my-cluster-cluster-operator-certs cluster-operator.crt cluster-operator.key cluster-operator cluster",
    ],
  );
});

test("a common name has at most 64 characters", () => {
  const long = clusterSpec({ ref: { namespace: "kafka", name: "c".repeat(63) } });
  assert.equal(wantedLeaves(long)[0]?.commonName.length, 64);
});

test("the Secrets of an authority: names, generations, labels and owner of Strimzi's", () => {
  const { certificate, key } = authoritySecrets(spec, "cluster", { certificate: 2, key: 1 });
  assert.equal(certificate.metadata.name, "my-cluster-cluster-ca-cert");
  assert.deepEqual(certificate.metadata.annotations, { "strimzi.io/ca-cert-generation": "2" });
  assert.equal(key.metadata.name, "my-cluster-cluster-ca");
  assert.deepEqual(key.metadata.annotations, { "strimzi.io/ca-key-generation": "1" });
  assert.equal(key.metadata.labels?.["strimzi.io/component-type"], "certificate-authority");
  assert.equal(key.metadata.labels?.["strimzi.io/cluster"], "my-cluster");
  assert.equal(key.metadata.ownerReferences?.[0]?.uid, "0c0ffee0");
  assert.equal(authorityCommonName("clients", 1), "clients-ca v1");
});

test("generateSecretOwnerReference: false leaves the authority behind when the cluster is deleted", () => {
  const { certificate } = authoritySecrets({ ...spec, clientsCa: { ...caSettings, ownerReference: false } }, "clients", {
    certificate: 0,
    key: 0,
  });
  assert.equal(certificate.metadata.name, "my-cluster-clients-ca-cert");
  assert.ok(!("ownerReferences" in certificate.metadata));
});

test("leaf Secrets tell which authority signed them", () => {
  for (const secret of [adminSecret(spec, 3), ...spec.pools.map((pool) => nodeCertificatesSecret(spec, pool, 3))])
    assert.equal(secret.metadata.annotations?.["strimzi.io/cluster-ca-cert-generation"], "3");
});
