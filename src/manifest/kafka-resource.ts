import type { CaSettings, Probe } from "../model/cluster-spec.ts";
import type { KubeObject } from "../model/kube.ts";
import type { Role } from "../model/observation.ts";
import type { ManifestDocument } from "./manifest-document.ts";

// What a Kafka and a KafkaNodePool look like once they fit their schemas: the fields that this version reads.

type Free = Readonly<Record<string, unknown>>;
type Texts = Readonly<Record<string, string>>;

export type TemplateFields = {
  readonly pod?: Free & { readonly metadata?: { readonly labels?: Texts; readonly annotations?: Texts } };
  readonly kafkaContainer?: { readonly securityContext?: Free };
  readonly podDisruptionBudget?: { readonly maxUnavailable?: number };
};

export type JvmFields = {
  readonly "-Xms"?: string;
  readonly "-Xmx"?: string;
  readonly "-XX"?: Texts;
  readonly gcLoggingEnabled?: boolean;
  readonly javaSystemProperties?: readonly { readonly name?: string; readonly value?: string }[];
};

export type ListenerFields = {
  readonly name: string;
  readonly port: number;
  readonly tls: boolean;
  readonly type: string;
  readonly networkPolicyPeers?: readonly Free[];
  readonly configuration?: {
    readonly brokerCertChainAndKey?: { readonly secretName: string; readonly certificate: string; readonly key: string };
  };
};

export type LoggingFields = {
  readonly type: "inline" | "external";
  readonly loggers?: Texts;
  readonly valueFrom?: { readonly configMapKeyRef?: { readonly name?: string; readonly key?: string; readonly optional?: boolean } };
};

export type AuthorityFields = {
  readonly generateCertificateAuthority?: boolean;
  readonly generateSecretOwnerReference?: boolean;
} & Partial<Pick<CaSettings, "validityDays" | "renewalDays">>;

export type KafkaFields = {
  readonly version?: string;
  readonly metadataVersion?: string;
  readonly image?: string;
  readonly listeners: readonly ListenerFields[];
  readonly config?: Free;
  readonly livenessProbe?: Partial<Probe>;
  readonly readinessProbe?: Partial<Probe>;
  readonly jvmOptions?: JvmFields;
  readonly logging?: LoggingFields;
  readonly template?: TemplateFields;
};

export type KafkaResource = KubeObject & {
  readonly spec: { readonly kafka: KafkaFields; readonly clusterCa?: AuthorityFields; readonly clientsCa?: AuthorityFields };
  readonly status?: { readonly clusterId?: unknown };
};

export type VolumeFields = {
  readonly id?: number;
  readonly type: "ephemeral" | "persistent-claim";
  readonly size?: string;
  readonly class?: string;
  readonly selector?: Texts;
  readonly deleteClaim?: boolean;
  readonly sizeLimit?: string;
  readonly kraftMetadata?: "shared";
};

export type StorageFields = VolumeFields | { readonly type: "jbod"; readonly volumes: readonly VolumeFields[] };

export type PoolResource = KubeObject & {
  readonly spec: {
    readonly replicas: number;
    readonly roles: readonly Role[];
    readonly storage: StorageFields;
    readonly resources?: {
      readonly limits?: Readonly<Record<string, string | number>>;
      readonly requests?: Readonly<Record<string, string | number>>;
    };
    readonly jvmOptions?: JvmFields;
    readonly template?: TemplateFields;
  };
  readonly status?: { readonly nodeIds?: unknown };
};

export type KafkaDocument = ManifestDocument & { readonly object: KafkaResource };
export type PoolDocument = ManifestDocument & { readonly object: PoolResource };

const isStrimzi = ({ object }: ManifestDocument): boolean => object.apiVersion.startsWith("kafka.strimzi.io/");

/** A document that fits the schema of a Kafka. */
export const isKafka = (document: ManifestDocument): document is KafkaDocument =>
  document.valid && isStrimzi(document) && document.object.kind === "Kafka";

/** A document that fits the schema of a KafkaNodePool. */
export const isPool = (document: ManifestDocument): document is PoolDocument =>
  document.valid && isStrimzi(document) && document.object.kind === "KafkaNodePool";

const textOr = <T>(value: unknown, otherwise: T): string | T => (typeof value === "string" ? value : otherwise);

/** The name of the Kafka that a pool belongs to. Like `namespaceOf`, it bears documents that do not fit their schema. */
export const clusterOf = ({ object }: ManifestDocument): string | undefined =>
  textOr((object.metadata.labels as Free | null | undefined)?.["strimzi.io/cluster"], undefined);

/** The namespace an object names, or else the given one. */
export const namespaceOf = ({ object }: ManifestDocument, otherwise: string): string => textOr(object.metadata.namespace, otherwise);
