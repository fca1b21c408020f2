import type { Path } from "../model/problem.ts";
import { parseQuantity } from "../model/units.ts";
import { checkPodTemplate } from "./check-pod-template.ts";
import type { JvmFields, PoolDocument, StorageFields, VolumeFields } from "./kafka-resource.ts";
import { clusterOf } from "./kafka-resource.ts";
import { type Reporter, repeated, reporterFor } from "./reporter.ts";
import { shown } from "./validate.ts";

const maxReplicas = 1000;

/** Control characters would end a line of a properties file, or a word of a command. */
export const oneLine = (text: string): boolean => !/\p{Cc}/u.test(text.replaceAll("\t", " "));

function checkSize(report: Reporter, path: Path, size: string | undefined): void {
  if (size === undefined) return;
  const bytes = parseQuantity(size);
  if (bytes === undefined || !Number.isFinite(bytes)) report.error(path, `${shown(size)} is not a size`, "write 10Gi, or 500Mi");
  else if (bytes < 1) report.error(path, `${shown(size)} is too small`);
}

function checkVolume(report: Reporter, path: Path, volume: VolumeFields): void {
  checkSize(report, [...path, "size"], volume.size);
  checkSize(report, [...path, "sizeLimit"], volume.sizeLimit);
  const foreign = volume.type === "ephemeral" ? (["size", "class", "selector", "deleteClaim"] as const) : (["sizeLimit"] as const);
  for (const name of foreign)
    if (volume[name] !== undefined) report.error([...path, name], `a volume of the type ${volume.type} has no ${name}`);
}

function checkStorage(report: Reporter, storage: StorageFields): void {
  const path = ["spec", "storage"];
  if (storage.type !== "jbod") {
    checkVolume(report, path, storage);
    if (Object.hasOwn(storage, "volumes"))
      report.error([...path, "volumes"], `storage of the type ${storage.type} is one volume`, "for several, write type: jbod");
    return;
  }
  const { volumes } = storage;
  if (volumes.length === 0) report.error([...path, "volumes"], "JBOD storage needs at least one volume");
  for (const name of ["size", "class", "selector", "deleteClaim", "sizeLimit", "kraftMetadata"])
    if (Object.hasOwn(storage, name)) report.error([...path, name], `for the type jbod, ${name} belongs to its volumes`);
  volumes.forEach((volume, index) => {
    checkVolume(report, [...path, "volumes", index], volume);
  });
  for (const { item, index } of repeated(volumes, ({ id }) => id))
    report.error([...path, "volumes", index, "id"], `another volume has the id ${item.id}`);
  const metadata = volumes.flatMap(({ kraftMetadata }, index) => (kraftMetadata === undefined ? [] : [index]));
  for (const index of metadata.slice(1))
    report.error([...path, "volumes", index, "kraftMetadata"], "another volume has the KRaft metadata; only one can");
}

function checkResources(report: Reporter, { resources = {} }: PoolDocument["object"]["spec"]): void {
  const { limits = {}, requests = {} } = resources;
  for (const [field, amounts] of Object.entries({ limits, requests }))
    for (const [name, amount] of Object.entries(amounts))
      if ((parseQuantity(String(amount)) ?? 0) < 0)
        report.error(["spec", "resources", field, name], `${shown(amount)} is less than nothing`);
  for (const [name, request] of Object.entries(requests)) {
    const limit = parseQuantity(String(limits[name] ?? Number.POSITIVE_INFINITY));
    if (limit !== undefined && (parseQuantity(String(request)) ?? 0) > limit)
      report.error(["spec", "resources", "requests", name], `${shown(request)} is more than the limit ${shown(limits[name])}`);
  }
}

const word = /^[^\s\p{Cc}]+$/u;

/** They become arguments of Java, which reads them from a file, quoted. */
export function checkJvm(report: Reporter, path: Path, { "-XX": options = {}, javaSystemProperties = [] }: JvmFields = {}): void {
  for (const [name, value] of Object.entries(options))
    if (!/^\w+$/.test(name) || !word.test(value)) report.error([...path, "-XX", name], "an option of the JVM and its value are one word");
  javaSystemProperties.forEach(({ name = "", value = "" }, index) => {
    if (!/^[\w.-]+$/.test(name))
      report.error([...path, "javaSystemProperties", index], `${shown(name)} is not the name of a system property`);
    if (!oneLine(value)) report.error([...path, "javaSystemProperties", index], "the value of a system property is on one line");
  });
}

/** "<cluster>-<pool>" names a StatefulSet, whose name with a hash of 10 characters is a label. */
function checkName(report: Reporter, { metadata }: PoolDocument["object"], cluster: string): void {
  if (!/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(metadata.name))
    report.error(["metadata", "name"], 'the name of a pool is part of host names: use lower-case letters, digits and "-"');
  const { length } = `${cluster}-${metadata.name}`;
  if (length > 52) report.error(["metadata", "name"], `"${cluster}-${metadata.name}" has ${length} characters, at most 52 are possible`);
}

/** What the schema cannot say of a KafkaNodePool alone. */
export function checkPool(document: PoolDocument): Reporter {
  const report = reporterFor(document);
  const { spec } = document.object;
  const cluster = clusterOf(document);
  if (cluster === undefined)
    report.error(["metadata"], "the label strimzi.io/cluster is missing, which names the Kafka that the pool belongs to");
  checkName(report, document.object, cluster ?? "");
  if (spec.roles.length === 0) report.error(["spec", "roles"], "a pool needs a role: controller, broker or both");
  for (const { item, index } of repeated(spec.roles, (role) => role))
    report.error(["spec", "roles", index], `the role ${item} is given twice`);
  if (spec.replicas > maxReplicas)
    report.error(["spec", "replicas"], `${spec.replicas} nodes are more than a pool can have (${maxReplicas})`);
  checkStorage(report, spec.storage);
  checkResources(report, spec);
  checkJvm(report, ["spec", "jvmOptions"], spec.jvmOptions);
  checkPodTemplate(report, ["spec", "template"], spec.template);
  return report;
}
