import { manager } from "../desired/names.ts";
import { type KubeObject, type Resource, resources } from "../model/kube.ts";
import type { Step } from "../model/plan.ts";
import { isOurs, type LiveObjects } from "./live-objects.ts";
import { objectChanges } from "./object-diff.ts";

/** What to do so that an object is as it should be; undefined: it is. */
export function objectStep(resource: Resource, object: KubeObject, live: LiveObjects): Step | undefined {
  const { kind, metadata } = object;
  const found = live.find(kind, metadata.name);
  const common = { hazard: "none", why: [], resource, object } as const;
  if (found === undefined) return { id: `create ${kind} ${metadata.name}`, kind: "CreateObject", ...common, changes: [] };
  const changes = objectChanges(object, found, manager);
  return changes.length === 0 ? undefined : { id: `update ${kind} ${metadata.name}`, kind: "UpdateObject", ...common, changes };
}

/** Kinds of which nothing is left over that is not asked for any more. Sets, pods and volumes have rules of their own. */
const swept: readonly Resource[] = [
  resources.networkPolicies,
  resources.services,
  resources.secrets,
  resources.configMaps,
  resources.disruptionBudgets,
  resources.serviceAccounts,
];

/** Deletes what this tool made once and what is not among `wanted` ("Service/my-cluster-kafka-bootstrap"). */
export const leftoverSteps = (live: LiveObjects, wanted: ReadonlySet<string>): Step[] =>
  swept.flatMap((resource) =>
    live
      .all(resource.kind)
      .filter((object) => isOurs(object) && !wanted.has(`${resource.kind}/${object.metadata.name}`))
      .map(({ metadata: { namespace, name, uid } }): Step => {
        const ref = { resource, namespace, name };
        const step = {
          id: `delete ${resource.kind} ${name}`,
          kind: "DeleteObject",
          hazard: "none",
          why: ["no longer asked for"],
          ref,
        } as const;
        return uid === undefined ? step : { ...step, uid };
      }),
  );
