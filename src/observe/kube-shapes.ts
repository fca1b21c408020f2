import type { KubeObject } from "../model/kube.ts";
import type { Condition } from "../model/observation.ts";

// The parts of Kubernetes' and Strimzi's documents that are read here. All optional: an old or foreign object lacks some.

type ContainerStatus = {
  name: string;
  ready?: boolean;
  restartCount?: number;
  state?: { waiting?: { reason?: string; message?: string }; terminated?: { reason?: string; exitCode?: number } };
};

export type Pod = KubeObject & {
  spec?: { nodeName?: string; containers?: { name: string; image?: string; ports?: { name?: string; containerPort: number }[] }[] };
  status?: {
    phase?: string;
    reason?: string;
    message?: string;
    startTime?: string;
    conditions?: Condition[];
    containerStatuses?: ContainerStatus[];
    initContainerStatuses?: ContainerStatus[];
  };
};

export type Kafka = KubeObject & {
  spec?: { kafka?: { version?: string; metadataVersion?: string; listeners?: KafkaListener[] } };
  status?: {
    clusterId?: string;
    kafkaVersion?: string;
    kafkaMetadataVersion?: string;
    operatorLastSuccessfulVersion?: string;
    observedGeneration?: number;
    conditions?: Condition[];
    listeners?: { name?: string; bootstrapServers?: string }[];
  };
};

export type KafkaListener = { name: string; port: number; type?: string; tls?: boolean; authentication?: { type?: string } };

export type NodePool = KubeObject & { spec?: { replicas?: number; roles?: string[] }; status?: { nodeIds?: number[]; roles?: string[] } };

export type StatefulSet = KubeObject & {
  spec?: { replicas?: number; ordinals?: { start?: number } };
  status?: { updateRevision?: string; currentRevision?: string };
};

export type StrimziPodSet = KubeObject & { spec?: { pods?: KubeObject[] } };

export type VolumeClaim = KubeObject & {
  spec?: { resources?: { requests?: { storage?: string } } };
  status?: { capacity?: { storage?: string }; conditions?: Condition[] };
};

/** `data` is base64. */
export type Secret = KubeObject & { data?: Record<string, string> };

export type Service = KubeObject & { spec?: { ports?: { name?: string; port: number }[] } };

export type Deployment = KubeObject & {
  spec?: { template?: { spec?: { containers?: { image?: string; env?: { name: string; value?: string; valueFrom?: unknown }[] }[] } } };
  status?: { availableReplicas?: number };
};

const isAscii = (text: string): boolean => /^\p{ASCII}*$/u.test(text);

/** The text behind a key of a Secret; undefined when it is not there. */
export function secretText(secret: Secret | undefined, key: string): string | undefined {
  const encoded = secret?.data?.[key];
  if (encoded === undefined) return undefined;
  const bytes = atob(encoded);
  // PEM is, and need not be taken apart
  return isAscii(bytes) ? bytes : new TextDecoder().decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
}
