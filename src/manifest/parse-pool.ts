import type { JvmOptions, PodTemplate, PoolSpec, Volume } from "../model/cluster-spec.ts";
import { inheritedLabels } from "./inherited-labels.ts";
import type { JvmFields, KafkaFields, PoolDocument, StorageFields, TemplateFields, VolumeFields } from "./kafka-resource.ts";

const jvmOf = (given: JvmFields = {}): JvmOptions => ({
  ...(given["-Xms"] === undefined ? {} : { xms: given["-Xms"] }),
  ...(given["-Xmx"] === undefined ? {} : { xmx: given["-Xmx"] }),
  xx: given["-XX"] ?? {},
  gcLogging: given.gcLoggingEnabled ?? false,
  systemProperties: (given.javaSystemProperties ?? []).map(({ name = "", value = "" }) => ({ name, value })),
});

/** Per property of the template, the pool's own or else that of the Kafka. */
function templateOf(own: TemplateFields = {}, common: TemplateFields = {}): PodTemplate {
  const { metadata = {}, ...spec } = own.pod ?? common.pod ?? {};
  const securityContext = (own.kafkaContainer ?? common.kafkaContainer)?.securityContext;
  return {
    labels: metadata.labels ?? {},
    annotations: metadata.annotations ?? {},
    spec,
    ...(securityContext === undefined ? {} : { containerSecurityContext: securityContext }),
  };
}

function volumeOf(fields: VolumeFields, kraftMetadata: boolean): Volume {
  const common = { ...(fields.id === undefined ? {} : { id: fields.id }), kraftMetadata };
  if (fields.type === "ephemeral")
    return { ...common, kind: "ephemeral", ...(fields.sizeLimit === undefined ? {} : { sizeLimit: fields.sizeLimit }) };
  return {
    ...common,
    kind: "persistent",
    size: fields.size ?? "",
    ...(fields.class === undefined ? {} : { storageClass: fields.class }),
    deleteClaim: fields.deleteClaim ?? false,
    ...(fields.selector === undefined ? {} : { selector: fields.selector }),
  };
}

function volumesOf(storage: StorageFields): Volume[] {
  if (storage.type !== "jbod") return [volumeOf(storage, true)];
  const ordered = [...storage.volumes].sort((a, b) => (a.id ?? 0) - (b.id ?? 0));
  const chosen = ordered.find(({ kraftMetadata }) => kraftMetadata !== undefined) ?? ordered[0];
  return ordered.map((volume) => volumeOf(volume, volume === chosen));
}

const isId = (value: unknown): value is number => Number.isSafeInteger(value);

/** What a KafkaNodePool asks for, with what it takes over from its Kafka and defaults filled in. */
export function parsePool({ object }: PoolDocument, kafka: KafkaFields): PoolSpec {
  const { metadata, spec, status } = object;
  const nodeIds = Array.isArray(status?.nodeIds) ? status.nodeIds.filter(isId) : [];
  return {
    name: metadata.name,
    ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
    ...(metadata.generation === undefined ? {} : { generation: metadata.generation }),
    labels: inheritedLabels(metadata.labels),
    replicas: spec.replicas,
    roles: spec.roles,
    volumes: volumesOf(spec.storage),
    jbod: spec.storage.type === "jbod",
    ...(spec.resources === undefined ? {} : { resources: spec.resources }),
    jvm: jvmOf(spec.jvmOptions ?? kafka.jvmOptions),
    template: templateOf(spec.template, kafka.template),
    nodeIds,
  };
}
