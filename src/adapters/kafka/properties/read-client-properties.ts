import type { BrokerAddress, Security } from "../../../model/kafka-target.ts";
import { parseBootstrap } from "./parse-bootstrap.ts";
import type { ReadFile } from "./read-store.ts";
import { readSasl } from "./sasl.ts";
import { readSettings, type Settings } from "./settings.ts";
import { refuseUnsupported } from "./unsupported.ts";

const protocols: Readonly<Record<string, { readonly tls: boolean; readonly sasl: boolean }>> = {
  PLAINTEXT: { tls: false, sasl: false },
  SSL: { tls: true, sasl: false },
  SASL_PLAINTEXT: { tls: false, sasl: true },
  SASL_SSL: { tls: true, sasl: true },
};

function readBootstrap(settings: Settings): readonly BrokerAddress[] | undefined {
  const value = settings.get("bootstrap.servers");
  if (value === undefined) return undefined;
  const parsed = parseBootstrap(value);
  if ("wrong" in parsed) throw settings.refusal("bootstrap.servers", `has an address that is not host:port: ${parsed.wrong}`);
  return parsed.addresses;
}

/**
 * Reads what Kafka's Java clients take as a properties file: where to connect, by which protocol and as whom. Paths in it that do not begin
 * at the root go to `readFile` as they are, to be looked up from the working directory as Java does. Properties about security that cannot
 * be followed are refused, others ignored. Throws AppError InvalidFile with file, line and property; passwords are never in it.
 */
export async function readClientProperties(
  text: string,
  { path, readFile }: { readonly path: string; readonly readFile: ReadFile },
): Promise<{ readonly bootstrap?: readonly BrokerAddress[]; readonly security: Security }> {
  const settings = readSettings(text, path);
  const name = settings.get("security.protocol") ?? "PLAINTEXT";
  const uses = protocols[name.toUpperCase()];
  if (uses === undefined) throw settings.refusal("security.protocol", `${name} is not one of ${Object.keys(protocols).join(", ")}`);
  refuseUnsupported(settings, uses);
  const bootstrap = readBootstrap(settings);
  const sasl = uses.sasl ? { sasl: readSasl(settings) } : {};
  const tls = uses.tls ? { tls: await (await import("./tls.ts")).readTls(settings, readFile) } : {};
  return { ...(bootstrap === undefined ? {} : { bootstrap }), security: { ...tls, ...sasl } };
}
