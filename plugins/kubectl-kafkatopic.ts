import { start } from "../src/adapters/node/start.ts";
import { kafkatopicFace } from "../src/cli/kafkatopic/commands.ts";
import { main } from "../src/cli/main.ts";

/** `kubectl kafkatopic`: the verbs, in the real world. */
start((surroundings) =>
  main(kafkatopicFace, { ...surroundings, outside: async () => (await import("../src/adapters/outside.ts")).outside }),
);
