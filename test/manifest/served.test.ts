import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import type { CaName, CertificateInfo, PresentAuthority } from "../../src/model/certificate.ts";
import type { ClusterSpec } from "../../src/model/cluster-spec.ts";
import { planCluster } from "../../src/plan/apply.ts";
import { assignIds } from "../../src/plan/node-ids.ts";
import { type Change, clusterOf } from "./base.ts";

// Every field that is served (test/golden/manifest/served-fields.txt) does something: with another value of it another plan is made.

/** What the field is set to, and what must be there around it, by paths beside it or from the root. */
type Setting = {
  readonly value: unknown;
  readonly around?: Readonly<Record<string, unknown>>;
  /** What is around would not do without the value: the plan is compared with that of the sound documents. */
  readonly incomplete?: boolean;
};

const instead = (value: unknown, around: Setting["around"] = {}): Setting => ({ value, around, incomplete: true });

const is = (value: unknown, around?: Setting["around"]): Setting => (around === undefined ? { value } : { value, around });

const toleration = { "pod.tolerations": [{ key: "a" }] };
const spread = { "pod.topologySpreadConstraints": [{ maxSkew: 1, topologyKey: "zone", whenUnsatisfiable: "DoNotSchedule" }] };
const alias = { "pod.hostAliases": [{ ip: "10.0.0.1", hostnames: ["a"] }] };
const terms = { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: "zone" }] };

/** Below `spec.template` of a pool and `spec.kafka.template`. */
const template: Readonly<Record<string, Setting>> = {
  "pod.metadata.labels": is({ a: "b" }),
  "pod.metadata.annotations": is({ a: "b" }),
  "pod.imagePullSecrets[].name": is("mine"),
  "pod.securityContext": is({ runAsUser: 7 }),
  "pod.terminationGracePeriodSeconds": is(77),
  "pod.affinity.nodeAffinity": is({ preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: {} }] }),
  "pod.affinity.podAffinity": is(terms),
  "pod.affinity.podAntiAffinity": is(terms),
  "pod.tolerations[].effect": is("NoExecute", toleration),
  "pod.tolerations[].key": is("b", toleration),
  "pod.tolerations[].operator": is("Exists", toleration),
  "pod.tolerations[].tolerationSeconds": is(5, toleration),
  "pod.tolerations[].value": is("x", toleration),
  "pod.topologySpreadConstraints[].labelSelector": is({ matchLabels: { a: "b" } }, spread),
  "pod.topologySpreadConstraints[].matchLabelKeys[]": is("a", spread),
  "pod.topologySpreadConstraints[].maxSkew": is(2, spread),
  "pod.topologySpreadConstraints[].minDomains": is(2, spread),
  "pod.topologySpreadConstraints[].nodeAffinityPolicy": is("Ignore", spread),
  "pod.topologySpreadConstraints[].nodeTaintsPolicy": is("Honor", spread),
  "pod.topologySpreadConstraints[].topologyKey": is("host", spread),
  "pod.topologySpreadConstraints[].whenUnsatisfiable": is("ScheduleAnyway", spread),
  "pod.priorityClassName": is("high"),
  "pod.schedulerName": is("mine"),
  "pod.hostAliases[].hostnames[]": is("b", alias),
  "pod.hostAliases[].ip": is("10.0.0.2", alias),
  "pod.dnsPolicy": is("Default"),
  "pod.dnsConfig.nameservers[]": is("10.0.0.1"),
  "pod.dnsConfig.options[].name": is("ndots"),
  "pod.dnsConfig.options[].value": is("2", { "pod.dnsConfig.options": [{ name: "ndots" }] }),
  "pod.dnsConfig.searches[]": is("a.b"),
  "pod.enableServiceLinks": is(true),
  "pod.hostUsers": is(false),
  "kafkaContainer.securityContext": is({ readOnlyRootFilesystem: true }),
};

const jvm: Readonly<Record<string, Setting>> = {
  "-Xms": is("64m"),
  "-Xmx": is("900m"),
  "-XX": is({ UseG1GC: "true" }),
  gcLoggingEnabled: is(true),
  "javaSystemProperties[].name": is("b", { javaSystemProperties: [{ name: "a", value: "x" }] }),
  "javaSystemProperties[].value": is("y", { javaSystemProperties: [{ name: "a", value: "x" }] }),
};

const probe: Readonly<Record<string, Setting>> = {
  initialDelaySeconds: is(1),
  timeoutSeconds: is(1),
  periodSeconds: is(1),
  failureThreshold: is(1),
};

const authority: Readonly<Record<string, Setting>> = {
  generateCertificateAuthority: is(false),
  generateSecretOwnerReference: is(false),
  validityDays: is(99),
  renewalDays: is(200),
};

const below = (prefix: string, settings: Readonly<Record<string, Setting>>): [string, Setting][] =>
  Object.entries(settings).map(([path, { around = {}, ...setting }]) => {
    const placed = Object.entries(around).map(([beside, other]) => [`${prefix}${beside}`, other]);
    return [`${prefix}${path}`, { ...setting, around: Object.fromEntries(placed) }];
  });

/** A volume by itself, and as the last of a JBOD. */
const claim = { "spec.storage": { type: "persistent-claim", size: "10Gi" } };
const empty = { "spec.storage": { type: "ephemeral" } };
const emptyLast = { "spec.storage.volumes[1]": { id: 1, type: "ephemeral" } };
const configMap = { "spec.kafka.logging": { type: "external", valueFrom: { configMapKeyRef: { name: "a", key: "a" } } } };

const settings: Readonly<Record<string, Readonly<Record<string, Setting>>>> = {
  Kafka: {
    "spec.kafka.version": is("4.2.1"),
    "spec.kafka.metadataVersion": is("4.2"),
    "spec.kafka.image": is("mine:1"),
    "spec.kafka.listeners[].name": is("other"),
    "spec.kafka.listeners[].port": is(9099),
    "spec.kafka.listeners[].tls": is(true),
    "spec.kafka.config": is({ "num.partitions": 9 }),
    ...Object.fromEntries(below("spec.kafka.livenessProbe.", probe)),
    ...Object.fromEntries(below("spec.kafka.readinessProbe.", { ...probe, successThreshold: is(2) })),
    ...Object.fromEntries(below("spec.kafka.jvmOptions.", jvm)),
    "spec.kafka.logging.type": instead("external", { "spec.kafka.logging.valueFrom.configMapKeyRef": { name: "a", key: "a" } }),
    "spec.kafka.logging.loggers": is({ "rootLogger.level": "DEBUG" }, { "spec.kafka.logging.type": "inline" }),
    "spec.kafka.logging.valueFrom.configMapKeyRef.name": is("b", configMap),
    "spec.kafka.logging.valueFrom.configMapKeyRef.key": is("b", configMap),
    ...Object.fromEntries(below("spec.kafka.template.", template)),
    ...Object.fromEntries(below("spec.clusterCa.", authority)),
    ...Object.fromEntries(below("spec.clientsCa.", authority)),
  },
  KafkaNodePool: {
    "spec.replicas": is(4),
    "spec.roles[]": instead("broker", { "spec.roles": ["broker", "controller"] }),
    "spec.storage.type": instead("ephemeral", { "spec.storage": {} }),
    "spec.storage.size": is("11Gi", claim),
    "spec.storage.class": is("fast", claim),
    "spec.storage.selector": is({ a: "b" }, claim),
    "spec.storage.deleteClaim": is(true, claim),
    "spec.storage.sizeLimit": is("1Gi", empty),
    "spec.storage.volumes[].id": is(7),
    "spec.storage.volumes[].type": instead("ephemeral", { "spec.storage.volumes[1]": { id: 1 } }),
    "spec.storage.volumes[].size": is("11Gi"),
    "spec.storage.volumes[].class": is("fast"),
    "spec.storage.volumes[].selector": is({ a: "b" }),
    "spec.storage.volumes[].deleteClaim": is(true),
    "spec.storage.volumes[].sizeLimit": is("1Gi", emptyLast),
    "spec.storage.volumes[].kraftMetadata": is("shared", { "spec.storage.volumes[0].kraftMetadata": undefined }),
    "spec.resources.limits": instead({ memory: "3Gi" }, { "spec.resources": {} }),
    "spec.resources.requests": instead({ memory: "1Gi" }, { "spec.resources": {} }),
    ...Object.fromEntries(below("spec.jvmOptions.", jvm)),
    ...Object.fromEntries(below("spec.template.", template)),
  },
};

/** One value alone is served, which is what goes without saying; or it counts only where something is missing. */
const byNature: ReadonlySet<string> = new Set([
  "Kafka spec.kafka.listeners[].type",
  "Kafka spec.kafka.livenessProbe.successThreshold",
  "Kafka spec.kafka.logging.valueFrom.configMapKeyRef.optional",
  "Kafka spec.clusterCa.certificateExpirationPolicy",
  "Kafka spec.clientsCa.certificateExpirationPolicy",
  "KafkaNodePool spec.storage.kraftMetadata",
]);

const own: CertificateInfo = {
  subject: "CN=ca",
  issuer: "CN=ca",
  serial: "1",
  notBefore: "2026-01-01T00:00:00.000Z",
  notAfter: "2027-03-03T12:00:00.000Z",
  dnsNames: [],
  ipAddresses: [],
  isCa: true,
  fingerprint: "f",
};
const generations = { certificateGeneration: 0, keyGeneration: 0 };
const none: PresentAuthority = { chain: [], key: "missing", ...generations };
const there: PresentAuthority = { chain: [own], key: "fits", ...generations };

/** The plans for a cluster that is new, and where there are authorities that live for another hundred days. */
function outcome(asked: ClusterSpec): string {
  const { spec, refusals } = assignIds({ ...asked, uid: "u" }, []);
  const plans = [none, there].map((authorityOf) =>
    planCluster({
      spec,
      refusals,
      resources: { kafka: undefined, pools: [] },
      objects: [],
      certificates: { authorities: { cluster: authorityOf, clients: authorityOf } satisfies Record<CaName, PresentAuthority>, leaves: [] },
      isDynamic: () => false,
      // whatever the ConfigMap by that name holds
      ...(spec.logging.kind === "external" ? { logging: JSON.stringify(spec.logging) } : {}),
      now: "2026-11-23T12:00:00.000Z",
      timeoutMs: 1,
    }),
  );
  return JSON.stringify(plans);
}

const file = fileURLToPath(new URL("../golden/manifest/served-fields.txt", import.meta.url));
const served = readFileSync(file, "utf8").trimEnd().split("\n");

test("what is said to be served has its place in the table of this test, and nothing else", () => {
  const known = Object.entries(settings).flatMap(([kind, paths]) => Object.keys(paths).map((path) => `${kind} ${path}`));
  assert.deepEqual([...known, ...byNature].sort(), [...served].sort());
});

for (const [kind, paths] of Object.entries(settings))
  for (const [path, { value, around = {}, incomplete }] of Object.entries(paths))
    test(`served: ${kind} ${path}`, () => {
      const which = kind === "Kafka" ? "Kafka" : "broker";
      // of several volumes the last, of any other list the first
      const place = path.replace("volumes[]", "volumes[1]").replaceAll("[]", "[0]");
      const sound: Change[] = kind === "Kafka" ? [["broker", "spec.template", undefined]] : [];
      const before = (): Change[] => [
        ...sound,
        ...Object.entries(around).map(([beside, other]): Change => [which, beside, structuredClone(other)]),
      ];
      const changed = outcome(clusterOf(...before(), [which, place, structuredClone(value)]));
      assert.ok(changed !== outcome(clusterOf(...(incomplete ? sound : before()))), "it is passed over");
    });
