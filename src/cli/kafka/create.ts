import type { ClusterRequest } from "../../manifest/kafka-manifest.ts";
import { AppError } from "../../model/errors.ts";
import { type KubeObject, resources } from "../../model/kube.ts";
import { planCluster } from "../../plan/apply.ts";
import { renderProblems } from "../../render/problems.ts";
import { notInstalled, poolOwners, writeManifests } from "../apply-manifests.ts";
import { exitCodes } from "../exit-codes.ts";
import { printDocument } from "../output.ts";
import { defaultTimeoutMs, type ReconcileOptions, reconcileCluster, showPlan } from "../reconcile.ts";
import { inputOf, parseResources } from "../reconcile-input.ts";
import { usageError } from "../usage-error.ts";
import type { CreateContext } from "./create-command.ts";

function parseConfig(entries: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    entries.map((entry) => {
      const at = entry.indexOf("=");
      if (at < 1) throw usageError(`--config: "${entry}" is not OPTION=VALUE`);
      return [entry.slice(0, at), entry.slice(at + 1)];
    }),
  );
}

const given = <T extends object>(parts: { [Key in keyof T]: T[Key] | undefined }): Partial<T> =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) as Partial<T>;

async function manifestOf({ args, flags }: CreateContext, namespace: string): Promise<KubeObject[]> {
  const { manifests } = await import("../../manifest/manifests.ts");
  if (flags.combined && flags.controllers !== undefined) throw usageError("--combined and --controllers exclude each other");
  const storage = manifests.parseStorage(flags.storage ?? "10Gi");
  if (storage === undefined) throw usageError(`--storage: "${flags.storage}" is none of 10Gi, ephemeral, jbod=10Gi,10Gi`);
  const { version, cpu, memory, storageClass } = flags;
  return manifests.kafkaManifest({
    name: args.name,
    namespace,
    replicas: flags.replicas ?? 3,
    controllers: flags.combined ? "combined" : (flags.controllers ?? 3),
    storage,
    config: parseConfig(flags.config),
    ...given<Pick<ClusterRequest, "version" | "cpu" | "memory" | "storageClass">>({ version, cpu, memory, storageClass }),
  });
}

/** What kubectl takes: YAML documents, or one List as JSON. */
async function printManifest({ terminal, flags }: CreateContext, objects: readonly KubeObject[]): Promise<void> {
  if (flags.output === "json") return printDocument(terminal, { apiVersion: "v1", kind: "List", items: objects }, "json");
  const { toYaml } = await import("../../manifest/yaml.ts");
  terminal.out(objects.map(toYaml).join("---\n"));
}

/** Pools first: a Kafka that is there is a cluster to reconcile, and `create` again finishes what was interrupted before. */
async function writeResources(context: CreateContext, [kafka, ...pools]: readonly KubeObject[]): Promise<void> {
  const { connections, args, self, signal } = context;
  const kube = await connections.kube();
  const { namespace } = kube.target;
  const name = args.name;
  const present = await kube
    .list({ resource: resources.kafkas, namespace, fieldSelector: `metadata.name=${name}` }, signal)
    .catch((error: unknown) => {
      throw notInstalled(error, self);
    });
  if (present.items.length > 0)
    throw new AppError("AlreadyExists", `there is a Kafka ${name} in namespace ${namespace} already`, {
      hint: `to make it as its resources ask for: ${self} reconcile ${name} -n ${namespace}`,
    });
  await writeManifests(context, [...pools, ...(kafka === undefined ? [] : [kafka])], { dryRun: false });
}

/** A pool whose name another cluster of the namespace has gets the cluster's own before it. */
async function withFreeNames(objects: readonly KubeObject[], { connections, args }: CreateContext): Promise<KubeObject[]> {
  const kube = await connections.kube();
  const owners = await poolOwners(kube, kube.target.namespace).catch((error: unknown) => {
    if (error instanceof AppError && error.code === "NotFound") return new Map<string, string>();
    throw error;
  });
  return objects.map((object) => {
    const owner = owners.get(object.metadata.name);
    if (object.kind !== "KafkaNodePool" || owner === undefined || owner === args.name) return object;
    const name = `${args.name}-${object.metadata.name}`;
    const text = JSON.stringify(object).replaceAll(
      `"strimzi.io/pool-name":${JSON.stringify(object.metadata.name)}`,
      `"strimzi.io/pool-name":${JSON.stringify(name)}`,
    );
    const renamed = JSON.parse(text) as KubeObject;
    return { ...renamed, metadata: { ...renamed.metadata, name } };
  });
}

const optionsOf = ({ flags }: CreateContext): ReconcileOptions => ({
  output: flags.output === "json" ? "json" : "text",
  yes: true,
  wait: flags.wait,
  forceUnlock: flags.forceUnlock,
  timeoutMs: flags.timeout ?? defaultTimeoutMs,
  verbose: flags.v > 0,
});

export async function run(context: CreateContext): Promise<number> {
  const { flags, terminal, connections, args } = context;
  if (flags.output === "yaml" && !flags.dryRun) throw usageError("-o yaml prints the manifest, and needs --dry-run");
  const { namespace } = (await connections.kube()).target;
  const objects = await withFreeNames(await manifestOf(context, namespace), context);
  const { clusters, problems, scopeOf } = await parseResources(objects, namespace);
  const [spec] = clusters;
  terminal.err(renderProblems(problems));
  if (spec === undefined || problems.some(({ severity }) => severity === "error")) return exitCodes.failed;
  if (flags.dryRun && flags.output !== "text") {
    await printManifest(context, objects);
    return exitCodes.done;
  }
  const options = optionsOf(context);
  if (!flags.dryRun) {
    await writeResources(context, objects);
    return reconcileCluster(context, { namespace, name: args.name }, { ...options, told: true });
  }
  const isDynamic = (option: string) => scopeOf(option, spec.version) === "cluster-wide";
  const nothing = { kafka: undefined, pools: [], objects: [] };
  const planned = planCluster(inputOf(context, { spec, live: nothing }, { isDynamic, timeoutMs: options.timeoutMs }));
  if (planned.ok) showPlan(planned.plan, context, options);
  return planned.ok ? exitCodes.done : exitCodes.declined;
}
