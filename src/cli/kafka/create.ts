import type { ClusterRequest } from "../../manifest/kafka-manifest.ts";
import { AppError } from "../../model/errors.ts";
import { type KubeObject, resources } from "../../model/kube.ts";
import type { ClusterRef } from "../../model/observation.ts";
import { renderProblems } from "../../render/problems.ts";
import { notInstalled, poolOwners, writeManifests } from "../apply-manifests.ts";
import { exitCodes } from "../exit-codes.ts";
import type { PoolOwners } from "../our-resources.ts";
import { printDocument } from "../output.ts";
import { preview } from "../preview.ts";
import { agreeFirst, defaultTimeoutMs, type ReconcileOptions, reconcileCluster } from "../reconcile.ts";
import { parseResources } from "../reconcile-input.ts";
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

async function manifestOf({ args, flags }: CreateContext, namespace: string | undefined): Promise<KubeObject[]> {
  const { manifests } = await import("../../manifest/manifests.ts");
  if (flags.combined && flags.controllers !== undefined) throw usageError("--combined and --controllers exclude each other");
  const storage = manifests.parseStorage(flags.storage ?? "10Gi");
  if (storage === undefined) throw usageError(`--storage: "${flags.storage}" is none of 10Gi, ephemeral, jbod=10Gi,10Gi`);
  const { version, cpu, memory, storageClass } = flags;
  if (storage.kind === "ephemeral" && storageClass !== undefined) throw usageError("--storage ephemeral has no --storage-class");
  return manifests.kafkaManifest({
    name: args.name,
    replicas: flags.replicas ?? 3,
    controllers: flags.combined ? "combined" : (flags.controllers ?? 3),
    storage,
    config: parseConfig(flags.config),
    ...given<Pick<ClusterRequest, "namespace" | "version" | "cpu" | "memory" | "storageClass">>({
      namespace,
      version,
      cpu,
      memory,
      storageClass,
    }),
  });
}

/** What kubectl takes: YAML documents, or one List as JSON. */
async function printManifest({ terminal, flags }: CreateContext, objects: readonly KubeObject[]): Promise<void> {
  if (flags.output === "json") return printDocument(terminal, { apiVersion: "v1", kind: "List", items: objects }, "json");
  const { toYaml } = await import("../../manifest/yaml.ts");
  terminal.out(objects.map(toYaml).join("---\n"));
}

async function refuseExisting({ connections, args, self, signal }: CreateContext): Promise<void> {
  const kube = await connections.kube();
  const { namespace } = kube.target;
  const { name } = args;
  const named = { resource: resources.kafkas, namespace, fieldSelector: `metadata.name=${name}` };
  const present = await kube.list(named, signal).catch((error: unknown) => {
    throw notInstalled(error, self);
  });
  if (present.items.length > 0)
    throw new AppError("AlreadyExists", `there is a Kafka ${name} in namespace ${namespace} already`, {
      hint: `to make it as its resources ask for: ${self} reconcile ${name} -n ${namespace}`,
    });
}

const onlyPrints = ({ dryRun, output }: CreateContext["flags"]): boolean => dryRun && output !== "text";

/** Whose the pools of the namespace are; nobody's, where that cannot be known and the manifest is only printed. */
async function ownersAround({ connections, flags }: CreateContext): Promise<PoolOwners> {
  try {
    const kube = await connections.kube();
    return await poolOwners(kube, kube.target.namespace);
  } catch (error) {
    if (!(error instanceof AppError) || error.code === "Interrupted") throw error;
    if (error.code === "NotFound" || onlyPrints(flags)) return new Map();
    throw error;
  }
}

/** A pool whose name another cluster of the namespace has gets the cluster's own before it. */
async function withFreeNames(objects: readonly KubeObject[], context: CreateContext): Promise<KubeObject[]> {
  const { args } = context;
  const owners = await ownersAround(context);
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

/** Pools are written first: a Kafka that is there is a cluster to reconcile, and `create` again finishes what was interrupted before. */
async function makeCluster(context: CreateContext, objects: readonly KubeObject[], ref: ClusterRef): Promise<number> {
  const options = { ...optionsOf(context), told: true };
  await refuseExisting(context);
  if (context.flags.dryRun) return preview(context, [ref], { ...options, given: objects, exitCode: false });
  const first = await agreeFirst(context, ref, { ...options, given: objects });
  if ("exitCode" in first) return first.exitCode;
  await writeManifests(context, objects, { dryRun: false });
  return reconcileCluster(context, ref, { ...options, ...first, changed: true });
}

/** Undefined where there is no Kubernetes to ask: a manifest that is only printed needs none. */
async function namespaceOf({ connections, flags }: CreateContext): Promise<string | undefined> {
  try {
    return (await connections.kube()).target.namespace;
  } catch (error) {
    if (!onlyPrints(flags) || !(error instanceof AppError) || error.code !== "NoKubeconfig") throw error;
    return flags.namespace;
  }
}

export async function run(context: CreateContext): Promise<number> {
  const { flags, terminal, args } = context;
  if (flags.output === "yaml" && !flags.dryRun) throw usageError("-o yaml prints the manifest, and needs --dry-run");
  const namespace = await namespaceOf(context);
  const objects = await withFreeNames(await manifestOf(context, namespace), context);
  const { clusters, problems } = await parseResources(objects, namespace ?? "default");
  terminal.err(renderProblems(problems));
  if (clusters.length === 0 || problems.some(({ severity }) => severity === "error")) return exitCodes.failed;
  if (namespace !== undefined && !onlyPrints(flags)) return makeCluster(context, objects, { namespace, name: args.name });
  await printManifest(context, objects);
  return exitCodes.done;
}
