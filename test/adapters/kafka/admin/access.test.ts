import assert from "node:assert/strict";
import { pbkdf2Sync } from "node:crypto";
import { test } from "node:test";
import type { Acl } from "../../../../src/ports/kafka-access.ts";
import { lastBody, open } from "../open.ts";

const acl: Acl = {
  resource: "topic",
  name: "orders-",
  pattern: "prefixed",
  principal: "User:jane",
  host: "*",
  operation: "describeConfigs",
  permission: "allow",
};

test("ACLs are written and read by Kafka's numbers", async (context) => {
  const { kafka, brokers } = await open(context);
  brokers.intercept = ({ api }) =>
    api === "CreateAcls"
      ? {
          kind: "Body",
          body: {
            results: [
              { errorCode: 0, errorMessage: null },
              { errorCode: 42, errorMessage: "bad" },
            ],
          },
        }
      : undefined;
  const refused = await kafka.createAcls([acl, { ...acl, permission: "deny" }]);
  assert.deepEqual([...refused], [["1", { error: "INVALID_REQUEST", message: "bad" }]]);
  const { creations } = lastBody<{ creations: object[] }>(brokers);
  assert.deepEqual(creations[0], {
    resourceType: 2,
    resourceName: "orders-",
    resourcePatternType: 4,
    principal: "User:jane",
    host: "*",
    operation: 10,
    permissionType: 3,
  });
  const resources = [
    {
      resourceType: 2,
      resourceName: "orders-",
      patternType: 4,
      acls: [{ principal: "User:jane", host: "*", operation: 10, permissionType: 3 }],
    },
  ];
  brokers.intercept = ({ api }) =>
    api === "DescribeAcls" ? { kind: "Body", body: { errorCode: 0, errorMessage: null, resources } } : undefined;
  assert.deepEqual(await kafka.acls({ name: "orders-eu", resource: "topic", pattern: "match" }), [acl]);
  assert.deepEqual(brokers.requests.at(-1)?.body, {
    resourceTypeFilter: 2,
    resourceNameFilter: "orders-eu",
    patternTypeFilter: 2,
    principalFilter: null,
    hostFilter: null,
    operation: 1,
    permissionType: 1,
  });
});

test("a password leaves this machine only salted and hashed", async (context) => {
  const { kafka, brokers } = await open(context);
  brokers.intercept = ({ api }) =>
    api === "AlterUserScramCredentials"
      ? { kind: "Body", body: { results: [{ user: "jane", errorCode: 0, errorMessage: null }] } }
      : undefined;
  await kafka.alterScram({
    set: [{ user: "jane", mechanism: "SCRAM-SHA-512", password: "s3cret" }],
    remove: [{ user: "joe", mechanism: "SCRAM-SHA-256" }],
  });
  const { upsertions, deletions } = lastBody<{
    deletions: object[];
    upsertions: { salt: Buffer; saltedPassword: Buffer; iterations: number }[];
  }>(brokers);
  const [upsertion] = upsertions;
  assert.deepEqual(deletions, [{ name: "joe", mechanism: 1 }]);
  assert.deepEqual(upsertion?.saltedPassword, pbkdf2Sync("s3cret", upsertion?.salt ?? "", 4096, 64, "sha512"));
});

test("quotas are written and read with the default of a kind as null", async (context) => {
  const { kafka, brokers } = await open(context);
  const entity = [
    { entityType: "user", entityName: "jane" },
    { entityType: "client-id", entityName: null },
  ];
  brokers.intercept = ({ api }) => {
    if (api === "AlterClientQuotas") return { kind: "Body", body: { entries: [{ errorCode: 42, errorMessage: "no", entity }] } };
    return api === "DescribeClientQuotas"
      ? {
          kind: "Body",
          body: { errorCode: 0, errorMessage: null, entries: [{ entity, values: [{ key: "producer_byte_rate", value: 10 }] }] },
        }
      : undefined;
  };
  assert.deepEqual(await kafka.quotas(), [{ entity: { user: "jane", "client-id": null }, limits: { producer_byte_rate: 10 } }]);
  const refused = await kafka.alterQuotas([{ entity: { user: "jane", "client-id": null }, limits: { producer_byte_rate: null } }]);
  assert.deepEqual([...refused.keys()], ["client-id=<default>,user=jane"]);
  const { entries } = lastBody<{ entries: { ops: object[] }[] }>(brokers);
  assert.deepEqual(entries[0]?.ops, [{ key: "producer_byte_rate", value: 0, remove: true }]);
});
