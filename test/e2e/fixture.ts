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

/** Three controllers and three brokers over three zones. */
export const threeByThree: ClusterSpec = {
  namespace: "kafka",
  name: "my-cluster",
  image,
  heap: "512m",
  listeners: [plain, tls, scram],
  pools: [
    { name: "controller", roles: ["controller"], firstId: 0, replicas: 3 },
    { name: "broker", roles: ["broker"], firstId: 3, replicas: 3 },
  ],
};

/** One node that is controller and broker at once. */
export const single: ClusterSpec = {
  namespace: "kafka-single",
  name: "single",
  image,
  heap: "256m",
  listeners: [plain],
  pools: [{ name: "combined", roles: ["controller", "broker"], firstId: 0, replicas: 1 }],
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

/** Changes when the documents would: the spec, and the code that makes them. */
function fingerprint(spec: ClusterSpec): string {
  const source = readFileSync(new URL("./kafka-documents.ts", import.meta.url));
  return createHash("sha256").update(source).update(JSON.stringify(spec)).digest("hex").slice(0, 16);
}

/**
 * The fingerprint of what is deployed; undefined where there is nothing. Throws for a namespace that these tests did not make: it may hold
 * somebody's Kafka, and would be deleted.
 */
async function deployed(cluster: UsableCluster, { namespace }: ClusterSpec): Promise<string | undefined> {
  const found = await kubectl(cluster, ["get", "namespace", namespace, "--ignore-not-found", "-o", "json"]);
  if (found === "") return undefined;
  const { metadata } = JSON.parse(found) as { metadata: { annotations?: Record<string, string> } };
  const present = metadata.annotations?.[madeByTests];
  if (present === undefined)
    throw new Error(`namespace ${namespace} is there and was not made by these tests: they leave it alone; use another cluster`);
  return present;
}

/** Waits until every pod of the fixture is ready. */
export async function whenReady(cluster: UsableCluster, spec: ClusterSpec): Promise<void> {
  const pods = spec.pools.flatMap((pool) => nodeIds(pool).map((id) => `pod/${spec.name}-${pool.name}-${id}`));
  await kubectl(cluster, ["wait", "-n", spec.namespace, "--for=create", "--timeout=120s", ...pods], { timeoutMs: 150_000 });
  await kubectl(cluster, ["wait", "-n", spec.namespace, "--for=condition=Ready", "--timeout=300s", ...pods], { timeoutMs: 330_000 });
}

/** Kafka on the cluster as the spec says: made anew when it is another one, otherwise only waited for. */
export async function deployKafka(cluster: UsableCluster, spec: ClusterSpec): Promise<void> {
  const wanted = fingerprint(spec);
  if ((await deployed(cluster, spec)) !== wanted) {
    await kubectl(cluster, ["delete", "namespace", spec.namespace, "--ignore-not-found", "--timeout=180s"], { timeoutMs: 200_000 });
    // marked from the start, so that an attempt that was cut short can be made again
    const metadata = { name: spec.namespace, annotations: { [madeByTests]: "unfinished" } };
    await kubectl(cluster, ["create", "-f", "-"], { stdin: JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata }) });
    const documents = JSON.stringify({ apiVersion: "v1", kind: "List", items: kafkaDocuments(spec) });
    await kubectl(cluster, ["apply", "-f", "-"], { stdin: documents });
    await kubectl(cluster, ["annotate", "--overwrite", "namespace", spec.namespace, `${madeByTests}=${wanted}`]);
  }
  await whenReady(cluster, spec);
}
