import { spawnSync } from "node:child_process";
import { dialer } from "../../src/adapters/kafka/dial.ts";
import type { KafkaTarget } from "../../src/model/kafka-target.ts";
import { useCluster } from "../cluster/use.ts";
import { deployKafka, fixture, podsOf } from "../e2e/fixture.ts";
import { type RealKafka, tunnelTo } from "../e2e/tunnel.ts";

/**
 * The brokers of KUBECTL_KAFKA_TEST_BOOTSTRAP=host:port, or else those of the test cluster, through the API server.
 */
export async function realKafka(): Promise<RealKafka> {
  const given = process.env.KUBECTL_KAFKA_TEST_BOOTSTRAP;
  if (given !== undefined) {
    const [, host = "", port = "0"] = /^(.*):(\d+)$/.exec(given) ?? [];
    const target: KafkaTarget = { bootstrap: [{ host, port: Number(port) }], security: {}, route: { kind: "Direct" }, via: given };
    return { target, dial: dialer(), close: () => {} };
  }
  const cluster = await useCluster();
  await deployKafka(cluster, fixture);
  return tunnelTo(cluster, { ...fixture, pods: podsOf(fixture) });
}

/** Why a test that needs these programs is skipped; false when they are all there. */
export function without(...programs: string[]): string | false {
  const missing = programs.filter((program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0);
  return missing.length > 0 && `needs ${missing.join(" and ")} on the PATH`;
}
