import type { ConfigChange, KafkaTopics, Refusals } from "../../../ports/kafka-topics.ts";
import type { KafkaClient } from "../client/client.ts";
import type { Destination } from "../client/router.ts";
import type { ResponseOf } from "../wire/request.ts";
import { mergeRefusals, refusalsOf } from "./refusals.ts";

const types = { topic: 2, broker: 4, group: 32 } as const;
const operations = { set: 0, remove: 1 } as const;

const toAlterable = ({ type, name, set = {}, remove = [] }: ConfigChange) => ({
  resourceType: types[type],
  resourceName: name,
  configs: [
    ...Object.entries(set).map(([key, value]) => ({ name: key, configOperation: operations.set, value })),
    ...remove.map((key) => ({ name: key, configOperation: operations.remove, value: null })),
  ],
});

const typeNames = new Map(Object.entries(types).map(([name, code]) => [code as number, name]));

type Altered = ResponseOf<"IncrementalAlterConfigs">["responses"][number];
const nameOf = ({ resourceType, resourceName }: Altered): string => `${typeNames.get(resourceType)} ${resourceName}`;

/** A broker's own settings go to that broker, which checks them; all else goes to any. */
const routeOf = ({ type, name }: ConfigChange): string => (type === "broker" ? name : "");

export const configChanges = (client: KafkaClient): Pick<KafkaTopics, "alterConfigs"> => ({
  async alterConfigs(changes, { validateOnly = false, signal } = {}) {
    const alter = ([route, some]: readonly [string, readonly ConfigChange[]]): Promise<Refusals> => {
      const to: Destination = route === "" ? { kind: "Controller" } : { kind: "Broker", id: Number(route) };
      return client.run(
        async () => {
          const answer = await client.request(
            "IncrementalAlterConfigs",
            { resources: some.map(toAlterable), validateOnly },
            { to, signal },
          );
          return refusalsOf(answer.responses, nameOf);
        },
        { signal },
      );
    };
    return mergeRefusals(await Promise.all([...Map.groupBy(changes, routeOf)].map(alter)));
  },
});
