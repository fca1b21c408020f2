import { openProgram } from "../src/adapters/node/program.ts";
import { faceNameOf } from "../src/cli/self.ts";

/** Loading a face runs it. */
const faces: Readonly<Record<string, () => Promise<unknown>>> = {
  "kubectl-kafkatopic": () => import("./kubectl-kafkatopic.ts"),
  "kubectl-kafkauser": () => import("./kubectl-kafkauser.ts"),
};

/** The whole suite in one file: it is the program by whose name it is run, through a link, a copy, or kubectl's completion. */
const run = faces[faceNameOf(openProgram().path).name] ?? (() => import("./kubectl-kafka.ts"));
void run();
