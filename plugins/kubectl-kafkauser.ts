import { start } from "../src/adapters/node/start.ts";
import { kafkauserFace } from "../src/cli/kafkauser/commands.ts";
import { main } from "../src/cli/main.ts";

/** `kubectl kafkauser`: the verbs, in the real world. */
start((surroundings) =>
  main(kafkauserFace, { ...surroundings, outside: async () => (await import("../src/adapters/outside.ts")).outside }),
);
