import type { ClusterSpec, PoolSpec } from "../model/cluster-spec.ts";
import type { KubeObject } from "../model/kube.ts";
import { nodeOptions, poolOptions } from "./broker-config.ts";
import { jvmOptions } from "./jvm-options.ts";
import { loggingFile } from "./logging.ts";
import { metadataOf, nodesOf, poolLabelsOf } from "./names.ts";
import { renderProperties } from "./properties.ts";
import { startScript } from "./start-script.ts";
import { poolObjectName } from "./stateful-sets.ts";

/**
 * Everything a pool's nodes read at their start: the script, what they share, a few lines for each node, logging, JVM options, and what their
 * volumes are formatted with. `logging` is the text of the ConfigMap that external logging names.
 */
export function desiredConfiguration(spec: ClusterSpec, pool: PoolSpec, logging?: string): KubeObject {
  const { name, text } = loggingFile(spec, logging);
  const nodes = nodesOf(spec).filter((node) => node.pool.name === pool.name);
  const files = {
    "start.sh": startScript,
    "server.properties": renderProperties(poolOptions(spec, pool)),
    "jvm.options": jvmOptions(pool),
    [name]: text,
    ...(spec.clusterId === undefined ? {} : { "cluster.id": spec.clusterId }),
    ...(spec.metadataVersion === undefined ? {} : { "metadata.version": spec.metadataVersion }),
    ...Object.fromEntries(nodes.map((node) => [`${node.pod}.properties`, renderProperties(nodeOptions(spec, node))])),
  };
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: metadataOf(spec, { name: poolObjectName(spec, pool), labels: poolLabelsOf(spec, pool) }),
    data: files,
  };
}
