import type { Security } from "../../../model/kafka-target.ts";
import { type LoginModule, MalformedJaas, parseJaas } from "./parse-jaas.ts";
import type { Settings } from "./settings.ts";

const jaas = "sasl.jaas.config";
const mechanisms = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] as const;
const loginModules = /^org\.apache\.kafka\.common\.security\.(plain\.PlainLoginModule|scram\.ScramLoginModule)$/;
const example = `sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required username="…" password="…";`;

function mechanismOf(settings: Settings): (typeof mechanisms)[number] {
  const given = settings.get("sasl.mechanism");
  const found = mechanisms.find((mechanism) => mechanism === given);
  if (found !== undefined) return found;
  const hint = `Supported: ${mechanisms.join(", ")}`;
  if (given === undefined)
    throw settings.refusal("sasl.mechanism", "is missing: it is GSSAPI (Kerberos) then, which is not supported", { hint });
  throw settings.refusal("sasl.mechanism", `${given} is not supported`, { hint });
}

function loginModule(settings: Settings): LoginModule {
  const value = settings.get(jaas);
  if (value === undefined)
    throw settings.refusal(jaas, "is missing; a JAAS file that Java is told of elsewhere is not read here", { hint: example });
  try {
    const modules = parseJaas(value);
    const [only] = modules;
    if (only !== undefined && modules.length === 1) return only;
    throw settings.refusal(jaas, `has ${modules.length} login modules where one belongs`, { hint: example });
  } catch (error) {
    if (error instanceof MalformedJaas) throw settings.refusal(jaas, `cannot be read: ${error.message}`, { hint: example, cause: error });
    throw error;
  }
}

/** Who we are by SASL. Throws AppError InvalidFile. */
export function readSasl(settings: Settings): NonNullable<Security["sasl"]> {
  const mechanism = mechanismOf(settings);
  const { name, options } = loginModule(settings);
  if (!loginModules.test(name)) throw settings.refusal(jaas, `names the login module ${name}, which is not supported`, { hint: example });
  if (options.get("tokenauth")?.toLowerCase() === "true")
    throw settings.refusal(jaas, "asks for a delegation token (tokenauth), which is not supported");
  const username = options.get("username");
  const password = options.get("password");
  if (username === undefined || password === undefined)
    throw settings.refusal(jaas, `has no ${username === undefined ? "username" : "password"}`, { hint: example });
  return { mechanism, username, password };
}
