import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { UsableCluster } from "../cluster/use.ts";
import { type ClusterSpec, kafkaDocuments, nodeIds } from "./kafka-documents.ts";

/** The Kafka image of the test cluster; any image with Kafka's scripts in /opt/kafka does. */
const image = process.env.KUBECTL_KAFKA_TEST_IMAGE ?? "apache/kafka:4.3.1";

const plain = { name: "plain", port: 9092, tls: false } as const;
const tls = { name: "tls", port: 9093, tls: true, authentication: "tls" } as const;
const scram = { name: "scram", port: 9094, tls: true, authentication: "scram-sha-512" } as const;

/**
 * Three nodes of both roles over three zones, made without the plugin: listeners that ask for authentication, ACLs that can be written, no
 * Kafka resource.
 */
export const fixture: ClusterSpec = {
  namespace: "kafka-fixture",
  name: "fixture",
  image,
  heap: "384m",
  listeners: [plain, tls, scram],
  pools: [{ name: "node", roles: ["controller", "broker"], firstId: 0, replicas: 3 }],
};

export type Run = { code: number; stdout: string; stderr: string };

/** Runs a program to its end, whatever its exit code. */
export function run(command: readonly string[], options: { env: NodeJS.ProcessEnv; stdin?: string; timeoutMs?: number }): Promise<Run> {
  const [program = "", ...args] = command;
  return new Promise((resolve, reject) => {
    const settings = { env: options.env, timeout: options.timeoutMs ?? 120_000, maxBuffer: 256 * 1024 * 1024 };
    const child = execFile(program, args, settings, (error, stdout, stderr) => {
      if (error && typeof error.code !== "number") reject(new Error(`${command.join(" ")}: ${error.message}\n${stderr}`));
      else resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
    });
    child.stdin?.on("error", () => {});
    child.stdin?.end(options.stdin ?? "");
  });
}

/** kubectl that must succeed. */
export async function kubectl(
  cluster: UsableCluster,
  args: readonly string[],
  options: { stdin?: string; timeoutMs?: number } = {},
): Promise<string> {
  const { code, stdout, stderr } = await run([cluster.kubectl, ...args], { env: cluster.env, ...options });
  if (code !== 0) throw new Error(`kubectl ${args.join(" ")} failed with ${code}: ${stderr}`);
  return stdout;
}

const madeByTests = "kubectl-kafka.test/fixture";

const fingerprintOf = (...parts: string[]): string => createHash("sha256").update(parts.join("\n")).digest("hex").slice(0, 16);

/**
 * The fingerprint of what is deployed; undefined where there is nothing. Throws for a namespace that these tests did not make: it may hold
 * somebody's Kafka, and would be deleted.
 */
async function deployed(cluster: UsableCluster, namespace: string): Promise<string | undefined> {
  const found = await kubectl(cluster, ["get", "namespace", namespace, "--ignore-not-found", "-o", "json"]);
  if (found === "") return undefined;
  const { metadata } = JSON.parse(found) as { metadata: { annotations?: Record<string, string> } };
  const present = metadata.annotations?.[madeByTests];
  if (present === undefined)
    throw new Error(`namespace ${namespace} is there and was not made by these tests: they leave it alone; use another cluster`);
  return present;
}

type Namespace = { readonly namespace: string; readonly labels?: Readonly<Record<string, string>> };

/** A namespace for tests alone; what an earlier run left in it goes. */
export async function freshNamespace(cluster: UsableCluster, { namespace, labels = {} }: Namespace): Promise<void> {
  if ((await deployed(cluster, namespace)) !== undefined)
    await kubectl(cluster, ["delete", "namespace", namespace, "--timeout=180s"], { timeoutMs: 200_000 });
  // marked from the start, so that an attempt that was cut short can be made again
  const metadata = { name: namespace, labels, annotations: { [madeByTests]: "unfinished" } };
  await kubectl(cluster, ["create", "-f", "-"], { stdin: JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata }) });
}

type Deployment = {
  readonly namespace: string /** Another one: it is made anew. */;
  readonly wanted: string;
  readonly make: () => Promise<unknown>;
};

/** Makes what is wanted in a namespace of its own, unless it is there. True: it was made. */
async function deploy(cluster: UsableCluster, { namespace, wanted, make }: Deployment): Promise<boolean> {
  if ((await deployed(cluster, namespace)) === wanted) return false;
  await freshNamespace(cluster, { namespace });
  await make();
  await kubectl(cluster, ["annotate", "--overwrite", "namespace", namespace, `${madeByTests}=${wanted}`]);
  return true;
}

/** Waits until pods are there and ready. */
export async function whenReady(cluster: UsableCluster, namespace: string, pods: readonly string[]): Promise<void> {
  const names = pods.map((pod) => `pod/${pod}`);
  await kubectl(cluster, ["wait", "-n", namespace, "--for=create", "--timeout=120s", ...names], { timeoutMs: 150_000 });
  await kubectl(cluster, ["wait", "-n", namespace, "--for=condition=Ready", "--timeout=300s", ...names], { timeoutMs: 330_000 });
}

/** The names of a fixture's pods, by id. */
export const podsOf = (spec: ClusterSpec): string[] =>
  spec.pools.flatMap((pool) => nodeIds(pool).map((id) => `${spec.name}-${pool.name}-${id}`));

/** Kafka on the cluster as the spec says, from documents of the tests' own. */
export async function deployKafka(cluster: UsableCluster, spec: ClusterSpec): Promise<void> {
  const source = readFileSync(new URL("./kafka-documents.ts", import.meta.url), "utf8");
  const items = () => JSON.stringify({ apiVersion: "v1", kind: "List", items: kafkaDocuments(spec) });
  const make = () => kubectl(cluster, ["apply", "-f", "-"], { stdin: items() });
  await deploy(cluster, { namespace: spec.namespace, wanted: fingerprintOf(source, JSON.stringify(spec)), make });
  await whenReady(cluster, spec.namespace, podsOf(spec));
}

/** A cluster that `kubectl kafka create` makes. */
export type CreatedCluster = {
  readonly namespace: string;
  readonly name: string;
  readonly flags: readonly string[];
  readonly pods: readonly string[];
};

/** Three controllers and three brokers over three zones. */
export const threeByThree: CreatedCluster = {
  namespace: "kafka",
  name: "my-cluster",
  flags: ["--storage", "1Gi", "--memory", "1Gi"],
  pods: ["controller-0", "controller-1", "controller-2", "broker-3", "broker-4", "broker-5"].map((pod) => `my-cluster-${pod}`),
};

/** One node that is controller and broker at once. */
export const single: CreatedCluster = {
  namespace: "kafka-single",
  name: "single",
  flags: ["--replicas", "1", "--combined", "--storage", "ephemeral", "--memory", "1Gi"],
  pods: ["single-combined-0"],
};

/** The plugin, which must succeed. */
export async function mustRun(cluster: UsableCluster, args: readonly string[], timeoutMs = 600_000): Promise<string> {
  const { code, stdout, stderr } = await run([cluster.kubectl, "kafka", ...args], { env: cluster.env, timeoutMs });
  if (code !== 0) throw new Error(`kubectl kafka ${args.join(" ")} failed with ${code}: ${stderr}${stdout}`);
  return stdout;
}

/** Kafka made by the plugin itself, which `plugin` runs; one that is there is brought to what this version makes. */
export async function createKafka(
  cluster: UsableCluster,
  { namespace, name, flags }: CreatedCluster,
  plugin: (args: readonly string[]) => Promise<unknown> = (args) => mustRun(cluster, args),
): Promise<void> {
  await plugin(["install", "--yes"]);
  const make = () => plugin(["create", name, "-n", namespace, ...flags]);
  if (!(await deploy(cluster, { namespace, wanted: fingerprintOf(name, ...flags), make })))
    await plugin(["reconcile", name, "-n", namespace, "--yes"]);
}
