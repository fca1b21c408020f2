import { checkPodTemplate } from "./check-pod-template.ts";
import { checkJvm, oneLine } from "./check-pool.ts";
import { configText } from "./config-values.ts";
import { forbiddenBecause } from "./forbidden-options.ts";
import type { AuthorityFields, KafkaDocument, KafkaFields, ListenerFields } from "./kafka-resource.ts";
import { defaultVersion } from "./parse-kafka.ts";
import { type Reporter, repeated, reporterFor } from "./reporter.ts";
import { shown } from "./validate.ts";

/** Why a value does not suit an option of this version's brokers; undefined: it does, or the option is unknown. */
type CheckOption = (name: string, value: string, version: string) => string | undefined;
/** What a person should know of an option although it may be set. */
type WarnOption = (name: string, version: string) => string | undefined;

export type OptionRules = { readonly checkOption?: CheckOption; readonly warnOption?: WarnOption };

const lines = ["4.3", "4.2", "4.1", "3.9"];
const root = ["spec", "kafka"];

/** Ports of the metrics and of JMX. */
const takenPorts: Readonly<Record<number, string>> = { 9404: "metrics", 9999: "JMX" };

function checkListeners(report: Reporter, listeners: readonly ListenerFields[]): void {
  const path = [...root, "listeners"];
  for (const { item, index } of repeated(listeners, ({ name }) => name))
    report.error([...path, index, "name"], `another listener has the name ${item.name}`);
  for (const { item, index } of repeated(listeners, ({ port }) => port))
    report.error([...path, index, "port"], `another listener has the port ${item.port}`);
  listeners.forEach(({ port, tls, configuration }, index) => {
    const use = takenPorts[port];
    if (use) report.error([...path, index, "port"], `port ${port} is kept for ${use}`);
    if (configuration?.brokerCertChainAndKey && !tls)
      report.error([...path, index, "configuration", "brokerCertChainAndKey"], "a listener without TLS has no certificate");
  });
}

const minorOf = (version: string): readonly [number, number] => {
  const [major = "0", minor = "0"] = version.split(".");
  return [Number(major), Number.parseInt(minor, 10)];
};

function isNewer(a: string, b: string): boolean {
  const [[majorA, minorA], [majorB, minorB]] = [minorOf(a), minorOf(b)];
  return majorA > majorB || (majorA === majorB && minorA > minorB);
}

function checkVersions(report: Reporter, { version = defaultVersion, metadataVersion }: KafkaFields): void {
  const known = lines.some((line) => new RegExp(`^${line.replace(".", "\\.")}\\.(0|[1-9]\\d?)$`).test(version));
  if (!known)
    report.error([...root, "version"], `Kafka ${shown(version)} is not known`, `known are ${lines.map((line) => `${line}.x`).join(", ")}`);
  if (metadataVersion === undefined) return;
  const path = [...root, "metadataVersion"];
  if (!/^\d+\.\d+(-IV\d+)?$/.test(metadataVersion))
    report.error(path, `${shown(metadataVersion)} is not a metadata version`, "write 4.3 or 4.3-IV0");
  else if (known && isNewer(metadataVersion, version)) report.error(path, `${metadataVersion} is newer than Kafka ${version}`);
  else if (isNewer("3.3", metadataVersion)) report.error(path, `${metadataVersion} is older than KRaft, which begins with 3.3`);
}

type Wrong = { readonly message: string; readonly hint?: string };

/** What is wrong with an option whatever Kafka knows of it. */
function wrongOption(name: string, value: unknown): Wrong | undefined {
  const because = forbiddenBecause(name);
  const text = configText(value);
  if (because !== undefined) return { message: `this option may not be set: ${because}` };
  if (!/^[\w.-]+$/.test(name)) return { message: `${shown(name)} is not the name of an option` };
  if (value === null) return { message: "the option has no value", hint: 'write "" for an empty one' };
  if (text === undefined) return { message: `must be a text, a number, true or false, not ${shown(value)}` };
  if (typeof value === "number" && Number.isInteger(value) && !Number.isSafeInteger(value))
    return { message: `${value} is too large for a number and may have been rounded`, hint: "write it in quotes" };
  return oneLine(text) ? undefined : { message: "a value must be on one line" };
}

function checkConfig(report: Reporter, { config = {}, version = defaultVersion }: KafkaFields, rules: OptionRules): void {
  for (const [name, value] of Object.entries(config)) {
    const path = [...root, "config", name];
    const wrong = wrongOption(name, value) ?? ruledOut(rules.checkOption?.(name, configText(value) ?? "", version));
    const doubt = rules.warnOption?.(name, version);
    if (wrong !== undefined) report.error(path, wrong.message, wrong.hint);
    else if (doubt !== undefined) report.warning(path, doubt);
  }
}

const ruledOut = (message: string | undefined): Wrong | undefined => (message === undefined ? undefined : { message });

function checkLogging(report: Reporter, { logging }: KafkaFields): void {
  if (!logging) return;
  const path = [...root, "logging"];
  if (logging.type === "external") {
    const { name, key } = logging.valueFrom?.configMapKeyRef ?? {};
    if (!name || !key) report.error(path, "external logging needs valueFrom.configMapKeyRef with name and key");
    if (logging.loggers) report.error([...path, "loggers"], "external logging takes its loggers from the ConfigMap");
    return;
  }
  if (logging.valueFrom) report.error([...path, "valueFrom"], "inline logging takes its loggers from here");
  for (const [name, value] of Object.entries(logging.loggers ?? {}))
    if (!/^[^\s=:#!\\]+$/.test(name) || !oneLine(value))
      report.error([...path, "loggers", name], "a logger and its level must be on one line");
}

function checkAuthority(report: Reporter, field: "clusterCa" | "clientsCa", given: AuthorityFields = {}): void {
  const { validityDays = 365, renewalDays = 30 } = given;
  if (renewalDays >= validityDays)
    report.error(["spec", field], `certificates live for ${validityDays} days and would be renewed ${renewalDays} days before their end`);
}

function checkProbes(report: Reporter, { livenessProbe }: KafkaFields): void {
  if ((livenessProbe?.successThreshold ?? 1) !== 1)
    report.error([...root, "livenessProbe", "successThreshold"], "Kubernetes knows no other success threshold than 1 for liveness");
}

/** A Service's name has at most 63 characters: "<cluster>-kafka-bootstrap". */
function checkName(report: Reporter, name: string): void {
  if (!/^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(name))
    report.error(
      ["metadata", "name"],
      `the name of a cluster is part of Services' names: begin with a letter, go on with letters, digits and "-"`,
    );
  if (name.length > 47) report.error(["metadata", "name"], `the name of a cluster has at most 47 characters, this has ${name.length}`);
}

/** What the schema cannot say of a Kafka resource alone. */
export function checkKafka(document: KafkaDocument, rules: OptionRules): Reporter {
  const report = reporterFor(document);
  const { metadata, spec } = document.object;
  const { kafka } = spec;
  checkName(report, metadata.name);
  checkListeners(report, kafka.listeners);
  checkVersions(report, kafka);
  checkConfig(report, kafka, rules);
  checkLogging(report, kafka);
  checkProbes(report, kafka);
  checkJvm(report, [...root, "jvmOptions"], kafka.jvmOptions);
  checkPodTemplate(report, [...root, "template"], kafka.template);
  if (kafka.image !== undefined && !/^\S+$/.test(kafka.image)) report.error([...root, "image"], `${shown(kafka.image)} is not an image`);
  checkAuthority(report, "clusterCa", spec.clusterCa);
  checkAuthority(report, "clientsCa", spec.clientsCa);
  return report;
}
