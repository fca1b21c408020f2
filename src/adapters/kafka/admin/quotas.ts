import type { KafkaAccess, QuotaChange, QuotaEntity } from "../../../ports/kafka-access.ts";
import type { KafkaClient } from "../client/client.ts";
import { check } from "../client/kafka-errors.ts";
import { refusalsOf } from "./refusals.ts";

type WireEntity = readonly { readonly entityType: string; readonly entityName: string | null }[];

const toWire = (entity: QuotaEntity): WireEntity => Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName }));
const fromWire = (entity: WireEntity): QuotaEntity =>
  Object.fromEntries(entity.map(({ entityType, entityName }) => [entityType, entityName]));
const spell = (entity: WireEntity): string =>
  entity
    .map(({ entityType, entityName }) => `${entityType}=${entityName ?? "<default>"}`)
    .sort()
    .join(",");

const toAlteration = ({ entity, limits }: QuotaChange) => ({
  entity: toWire(entity),
  ops: Object.entries(limits).map(([key, value]) => ({ key, value: value ?? 0, remove: value === null })),
});

export const quotaCalls = (client: KafkaClient): Pick<KafkaAccess, "quotas" | "alterQuotas"> => ({
  quotas: (signal) =>
    client.run(
      async () => {
        const answer = await client.request("DescribeClientQuotas", { components: [], strict: false }, { signal });
        check("The quotas", answer);
        return (answer.entries ?? []).map(({ entity, values }) => ({
          entity: fromWire(entity),
          limits: Object.fromEntries(values.map(({ key, value }) => [key, value])),
        }));
      },
      { signal },
    ),

  alterQuotas: (changes, signal) =>
    client.run(
      async () => {
        const answer = await client.request(
          "AlterClientQuotas",
          { entries: changes.map(toAlteration), validateOnly: false },
          { to: { kind: "Controller" }, signal },
        );
        return refusalsOf(answer.entries, ({ entity }) => spell(entity));
      },
      { signal },
    ),
});
