import { spawnSync } from "node:child_process";
import { dialer, type PortForward } from "../../src/adapters/kafka/dial.ts";
import { openKube } from "../../src/adapters/kube/open.ts";
import type { KafkaTarget } from "../../src/model/kafka-target.ts";
import { useCluster } from "../cluster/use.ts";
import { deployKafka, threeByThree } from "../e2e/fixture.ts";
import { nodeIds } from "../e2e/kafka-documents.ts";

/** A Kafka without TLS and SASL on which a client has all rights, and the way to it. */
export type RealKafka = {
  readonly target: KafkaTarget;
  readonly dial: ReturnType<typeof dialer>;
  readonly portForward?: PortForward;
  close(): void;
};

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
  const { namespace, name, pools } = threeByThree;
  await deployKafka(cluster, threeByThree);
  const kube = await openKube({ kubeconfig: cluster.kubeconfig, namespace }, () => {});
  const pods = pools
    .filter(({ roles }) => roles.includes("broker"))
    .flatMap((pool) => nodeIds(pool).map((id) => `${name}-${pool.name}-${id}`));
  const portForward: PortForward = (request, signal) => kube.portForward(request, signal);
  const target: KafkaTarget = {
    bootstrap: pods.map((pod) => ({ host: `${pod}.${name}-kafka-brokers.${namespace}.svc`, port: 9092 })),
    security: {},
    route: { kind: "Tunnel", namespace, pods },
    via: "the plain listener",
  };
  return { target, dial: dialer(portForward), portForward, close: kube.close };
}

/** Why a test that needs these programs is skipped; false when they are all there. */
export function without(...programs: string[]): string | false {
  const missing = programs.filter((program) => spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0);
  return missing.length > 0 && `needs ${missing.join(" and ")} on the PATH`;
}
