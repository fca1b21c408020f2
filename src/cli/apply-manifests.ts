import { AppError } from "../model/errors.ts";
import { type KubeObject, resources } from "../model/kube.ts";
import type { KubeApi } from "../ports/kube.ts";
import type { Context } from "./context.ts";
import { isPool, ownersOf, type PoolOwners, resourceOf, takenPool } from "./our-resources.ts";

export const poolOwners = async (kube: KubeApi, namespace: string | undefined): Promise<PoolOwners> =>
  ownersOf((await kube.list({ resource: resources.kafkaNodePools, namespace, metadataOnly: true })).items);

async function refuseTakenPools(kube: KubeApi, objects: readonly KubeObject[]): Promise<void> {
  for (const [namespace, pools] of Map.groupBy(objects.filter(isPool), ({ metadata }) => metadata.namespace)) {
    const owners = await poolOwners(kube, namespace);
    const [taken] = pools.flatMap((pool) => takenPool(pool, owners) ?? []);
    if (taken !== undefined) throw new AppError("Declined", taken.message, { hint: taken.hint });
  }
}

export type Writing = {
  readonly dryRun: boolean;
  /** Fields that others manage become ours. */
  readonly force?: boolean;
};

const isConflict = (error: unknown): error is AppError =>
  error instanceof AppError && error.code === "Conflict" && error.details.fields !== undefined;

/** Every object's fields with their managers, and the ways out. */
const conflict = (conflicts: readonly AppError[]): AppError =>
  new AppError("Conflict", conflicts.map(({ message }) => message).join("; "), {
    hint: "leave these fields out, or take them over: the same command with --force-conflicts",
    cause: conflicts[0],
  });

/** What is said in the place of a kind that the cluster does not serve; any other fault stays as it is. */
export const notInstalled = (error: unknown, self: string): unknown =>
  error instanceof AppError && error.code === "NotFound" && error.details.missing === "type"
    ? new AppError("NotFound", "Kubernetes does not know Kafka resources yet", { hint: `${self} install`, cause: error })
    : error;

/** Server-side apply, pools first. Throws Conflict that names fields and who manages them, in a dry run those of all objects. */
export async function writeManifests(
  { connections, self }: Pick<Context, "connections" | "self">,
  objects: readonly KubeObject[],
  { dryRun, force = false }: Writing,
): Promise<KubeObject[]> {
  const kube = await connections.kube();
  await refuseTakenPools(kube, objects).catch((error: unknown) => {
    throw notInstalled(error, self);
  });
  const ordered = [...objects].sort((a, b) => Number(a.kind === "Kafka") - Number(b.kind === "Kafka"));
  const written: KubeObject[] = [];
  const conflicts: AppError[] = [];
  for (const object of ordered) {
    const resource = resourceOf(object);
    if (resource === undefined) continue;
    try {
      written.push(await kube.apply({ object, resource, fieldManager: "kubectl-kafka", dryRun, force }));
    } catch (error) {
      if (!isConflict(error)) throw error;
      conflicts.push(error);
      if (!dryRun) break;
    }
  }
  if (conflicts.length > 0) throw conflict(conflicts);
  return written;
}
