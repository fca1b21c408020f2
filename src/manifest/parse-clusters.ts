import type { ClusterSpec } from "../model/cluster-spec.ts";
import type { Problem } from "../model/problem.ts";
import { checkCluster } from "./check-cluster.ts";
import { checkHeap } from "./check-heap.ts";
import { checkKafka, type OptionRules } from "./check-kafka.ts";
import { checkPool } from "./check-pool.ts";
import { checkUnsupported } from "./check-unsupported.ts";
import { clusterOf, isKafka, isPool, type KafkaDocument, namespaceOf, type PoolDocument } from "./kafka-resource.ts";
import { type ManifestDocument, problemAt } from "./manifest-document.ts";
import { nearestName } from "./nearest-name.ts";
import { parseKafka } from "./parse-kafka.ts";
import { parsePool } from "./parse-pool.ts";

export type ParseOptions = OptionRules & {
  /** Of objects that name none. */
  readonly namespace: string;
};

export type Clusters = { readonly clusters: readonly ClusterSpec[]; readonly problems: readonly Problem[] };

const hasError = (problems: readonly Problem[]): boolean => problems.some(({ severity }) => severity === "error");

/** The same object twice: which of them is meant cannot be told. */
function checkTwice(documents: readonly ManifestDocument[], namespace: string): Problem[] {
  const seen = new Set<string>();
  return documents.flatMap((document) => {
    const { apiVersion, kind, metadata } = document.object;
    const key = [apiVersion, kind, namespaceOf(document, namespace), metadata.name].join(" ");
    if (seen.has(key)) return [problemAt(document, ["metadata", "name"], { message: `there is another ${kind} ${metadata.name}` })];
    seen.add(key);
    return [];
  });
}

function checkReference(pool: ManifestDocument, kafkas: readonly ManifestDocument[], namespace: string): Problem[] {
  const name = clusterOf(pool);
  const spaceOf = (document: ManifestDocument) => namespaceOf(document, namespace);
  const names = kafkas.filter((kafka) => spaceOf(kafka) === spaceOf(pool)).map(({ object }) => object.metadata.name);
  if (name === undefined || names.includes(name)) return [];
  const near = nearestName(name, names);
  const message = `there is no Kafka ${name} in the namespace ${spaceOf(pool)}`;
  return [problemAt(pool, ["metadata", "labels", "strimzi.io/cluster"], { message, hint: near && `did you mean ${near}?` })];
}

type Parsed = { readonly cluster?: ClusterSpec; readonly problems: readonly Problem[] };

type Members = {
  readonly kafka: KafkaDocument;
  readonly pools: readonly PoolDocument[];
  /** A pool of it does not fit its schema: what the cluster as a whole lacks cannot be told. */
  readonly complete: boolean;
};

function parseCluster({ kafka, pools, complete }: Members, options: ParseOptions): Parsed {
  const problems = [
    ...checkUnsupported(kafka),
    ...checkKafka(kafka, options).problems,
    ...(complete ? checkCluster(kafka, pools).problems : []),
    ...pools.flatMap((pool) => [
      ...checkUnsupported(pool),
      ...checkPool(pool).problems,
      ...checkHeap(pool, kafka.object.spec.kafka).problems,
    ]),
  ];
  if (hasError(problems) || !complete) return { problems };
  const fields = kafka.object.spec.kafka;
  const parsed = pools.map((pool) => parsePool(pool, fields)).sort((a, b) => (a.name < b.name ? -1 : 1));
  return { cluster: { ...parseKafka(kafka, options.namespace), pools: parsed }, problems };
}

/**
 * The clusters that Kafka and KafkaNodePool documents ask for, defaults filled in, and everything that speaks against them. A cluster with an
 * error in one of its documents is not among the results; warnings do not keep it out. Other documents are passed over.
 */
export function parseClusters(documents: readonly ManifestDocument[], options: ParseOptions): Clusters {
  const { namespace } = options;
  const kindIs = (kind: string) =>
    documents.filter(({ object }) => object.kind === kind && object.apiVersion.startsWith("kafka.strimzi.io/"));
  const kafkas = kindIs("Kafka");
  const pools = kindIs("KafkaNodePool");
  const twice = checkTwice([...kafkas, ...pools], namespace);
  const spaceOf = (document: ManifestDocument) => namespaceOf(document, namespace);
  const parsed = kafkas.filter(isKafka).map((kafka): Parsed => {
    const own = pools.filter((pool) => clusterOf(pool) === kafka.object.metadata.name && spaceOf(pool) === spaceOf(kafka));
    const sound = own.filter(isPool);
    return parseCluster({ kafka, pools: sound, complete: sound.length === own.length }, options);
  });
  const strays = pools.flatMap((pool) => checkReference(pool, kafkas, namespace));
  const alone = pools
    .filter(isPool)
    .filter(
      (pool) =>
        !kafkas.some((kafka) => isKafka(kafka) && kafka.object.metadata.name === clusterOf(pool) && spaceOf(kafka) === spaceOf(pool)),
    )
    .flatMap((pool) => [...checkUnsupported(pool), ...checkPool(pool).problems]);
  const problems = [...twice, ...parsed.flatMap((one) => one.problems), ...strays, ...alone];
  return { clusters: hasError(twice) ? [] : parsed.flatMap(({ cluster }) => (cluster ? [cluster] : [])), problems };
}
