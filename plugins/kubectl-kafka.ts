import { start } from "../src/adapters/node/start.ts";
import { kafkaFace } from "../src/cli/kafka/commands.ts";
import { main } from "../src/cli/main.ts";

/** `kubectl kafka`: the verbs, in the real world. */
start((surroundings) => main(kafkaFace, { ...surroundings, outside: async () => (await import("../src/adapters/outside.ts")).outside }));
