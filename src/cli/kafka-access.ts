import { AppError } from "../model/errors.ts";
import type { BrokerAddress, KafkaTarget } from "../model/kafka-target.ts";
import type { Access } from "../observe/observe-cluster.ts";
import type { ReadClientProperties } from "../ports/client-properties.ts";
import { usageError } from "./usage-error.ts";

type AccessFlags = {
  readonly bootstrapServer: readonly string[];
  readonly commandConfig: string | undefined;
  readonly asUser: string | undefined;
};

function parseAddress(text: string): BrokerAddress {
  const match = /^(?:\[([^\]]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (!match || port < 1 || port > 65_535) throw usageError(`--bootstrap-server: "${text}" is not HOST:PORT`);
  return { host: match[1] ?? match[2] ?? "", port };
}

/** The Kafka that --bootstrap-server and --command-config name; undefined when it is to be reached through Kubernetes. */
async function directTarget(flags: AccessFlags, read: ReadClientProperties): Promise<KafkaTarget | undefined> {
  const properties = flags.commandConfig === undefined ? undefined : await read(flags.commandConfig);
  const given = flags.bootstrapServer.map(parseAddress);
  const bootstrap = given.length > 0 ? given : (properties?.bootstrap ?? []);
  if (bootstrap.length === 0) {
    if (flags.commandConfig === undefined) return undefined;
    throw usageError("--command-config needs --bootstrap-server", `or the line bootstrap.servers=HOST:PORT in ${flags.commandConfig}`);
  }
  const via = bootstrap.map(({ host, port }) => `${host}:${port}`).join(", ");
  return { bootstrap, security: properties?.security ?? {}, route: { kind: "Direct" }, via };
}

/** How the flags want Kafka to be reached. Throws Usage when they contradict each other. */
export async function accessOf(flags: AccessFlags, read: ReadClientProperties): Promise<Access> {
  const target = await directTarget(flags, read);
  if (target !== undefined && flags.asUser !== undefined)
    throw new AppError("Usage", "--as-user and --bootstrap-server exclude each other", {
      hint: "a user for a direct connection goes into --command-config FILE",
    });
  return { ...(target === undefined ? {} : { target }), ...(flags.asUser === undefined ? {} : { asUser: flags.asUser }) };
}
