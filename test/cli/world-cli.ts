import { readFakeCertificates } from "../fakes/world/authority.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import { type CliResult, type CliWorld, runCli } from "./run-cli.ts";

/** Runs a command line on a world with Kubernetes and Kafka in it: `runIn(world, "plan c -o json")`. */
export const runIn = (world: FakeWorld, line: string, more: CliWorld = {}): Promise<CliResult> =>
  runCli(line.split(" "), {
    kube: async () => world.kube,
    openKafka: world.openKafka,
    readCertificates: readFakeCertificates,
    clock: world.clock,
    env: { USER: "jane", HOSTNAME: "laptop" },
    ...more,
  });
