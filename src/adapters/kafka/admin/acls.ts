import type { Acl, AclFilter, AclOperation, AclResource, KafkaAccess } from "../../../ports/kafka-access.ts";
import type { KafkaClient } from "../client/client.ts";
import { check } from "../client/kafka-errors.ts";
import type { ResponseOf } from "../wire/request.ts";
import { refusalsOf } from "./refusals.ts";

const any = 1;
const resources: Readonly<Record<AclResource, number>> = {
  topic: 2,
  group: 3,
  cluster: 4,
  transactionalId: 5,
  delegationToken: 6,
  user: 7,
};
const patterns = { match: 2, literal: 3, prefixed: 4 } as const;
const permissions = { deny: 2, allow: 3 } as const;
const operations: Readonly<Record<AclOperation, number>> = {
  all: 2,
  read: 3,
  write: 4,
  create: 5,
  delete: 6,
  alter: 7,
  describe: 8,
  clusterAction: 9,
  describeConfigs: 10,
  alterConfigs: 11,
  idempotentWrite: 12,
  createTokens: 13,
  describeTokens: 14,
  twoPhaseCommit: 15,
};

const nameOf = <K extends string>(table: Readonly<Record<K, number>>, code: number): K =>
  (Object.entries(table) as [K, number][]).find(([, one]) => one === code)?.[0] ?? (`unknown${code}` as K);

const toFilter = ({ resource, name, pattern, principal, host, operation, permission }: AclFilter) => ({
  resourceTypeFilter: resource ? resources[resource] : any,
  resourceNameFilter: name ?? null,
  patternTypeFilter: pattern ? patterns[pattern] : any,
  principalFilter: principal ?? null,
  hostFilter: host ?? null,
  operation: operation ? operations[operation] : any,
  permissionType: permission ? permissions[permission] : any,
});

const toCreation = (acl: Acl) => ({
  resourceType: resources[acl.resource],
  resourceName: acl.name,
  resourcePatternType: patterns[acl.pattern],
  principal: acl.principal,
  host: acl.host,
  operation: operations[acl.operation],
  permissionType: permissions[acl.permission],
});

type Told = Omit<ResponseOf<"DeleteAcls">["filterResults"][number]["matchingAcls"][number], "errorCode" | "errorMessage">;

const toAcl = (told: Told): Acl => ({
  resource: nameOf(resources, told.resourceType),
  name: told.resourceName,
  pattern: nameOf({ literal: patterns.literal, prefixed: patterns.prefixed }, told.patternType),
  principal: told.principal,
  host: told.host,
  operation: nameOf(operations, told.operation),
  permission: nameOf(permissions, told.permissionType),
});

export const aclCalls = (client: KafkaClient): Pick<KafkaAccess, "acls" | "createAcls" | "deleteAcls"> => ({
  acls: (filter = {}, signal) =>
    client.run(
      async () => {
        const answer = await client.request("DescribeAcls", toFilter(filter), { signal });
        check("The ACLs", answer);
        return answer.resources.flatMap(({ acls, ...resource }) => acls.map((acl) => toAcl({ ...resource, ...acl })));
      },
      { signal },
    ),

  createAcls: (acls, signal) =>
    client.run(
      async () => {
        const answer = await client.request("CreateAcls", { creations: acls.map(toCreation) }, { to: { kind: "Controller" }, signal });
        return refusalsOf(
          answer.results.map((result, place) => ({ ...result, place })),
          ({ place }) => String(place),
        );
      },
      { signal },
    ),

  deleteAcls: (filters, signal) =>
    client.run(
      async () => {
        const answer = await client.request("DeleteAcls", { filters: filters.map(toFilter) }, { to: { kind: "Controller" }, signal });
        for (const result of answer.filterResults) for (const part of [result, ...result.matchingAcls]) check("Deleting ACLs", part);
        return answer.filterResults.flatMap(({ matchingAcls }) => matchingAcls.map(toAcl));
      },
      { signal, repeatable: false },
    ),
});
