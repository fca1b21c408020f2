import type { ConnectionFlags } from "../ports/connect.ts";
import type { Flags, FlagValues } from "./flags.ts";

/** kubectl's own connection flags, by kubectl's names. */
export const connectionFlags = {
  kubeconfig: {
    kind: "string",
    placeholder: "FILE",
    complete: "files",
    summary: "Read this kubeconfig instead of KUBECONFIG or ~/.kube/config",
  },
  context: { kind: "string", placeholder: "NAME", summary: "Use this context of the kubeconfig" },
  cluster: { kind: "string", placeholder: "NAME", summary: "Use this Kubernetes cluster of the kubeconfig" },
  user: { kind: "string", placeholder: "NAME", summary: "Use this user of the kubeconfig" },
  namespace: {
    kind: "string",
    short: "n",
    placeholder: "NAMESPACE",
    complete: "namespaces",
    summary: "Look in this namespace instead of the context's",
  },
  server: { kind: "string", short: "s", placeholder: "URL", summary: "Address of the Kubernetes API server" },
  token: { kind: "string", placeholder: "TOKEN", summary: "Bearer token for the API server" },
  username: { kind: "string", placeholder: "NAME", summary: "Name for basic authentication" },
  password: { kind: "string", placeholder: "PASSWORD", summary: "Password for basic authentication" },
  as: { kind: "string", placeholder: "USER", summary: "Act as this user (impersonation)" },
  asGroup: { kind: "repeated", placeholder: "GROUP", summary: "Act as a member of this group; may be repeated" },
  asUid: { kind: "string", placeholder: "UID", summary: "Act with this user UID" },
  certificateAuthority: { kind: "string", placeholder: "FILE", complete: "files", summary: "Trust the API server by this CA certificate" },
  clientCertificate: { kind: "string", placeholder: "FILE", complete: "files", summary: "Client certificate for the API server" },
  clientKey: { kind: "string", placeholder: "FILE", complete: "files", summary: "Key of the client certificate" },
  tlsServerName: { kind: "string", placeholder: "NAME", summary: "Expect this name in the API server's certificate" },
  insecureSkipTlsVerify: { kind: "boolean", summary: "Do not check the API server's certificate" },
  disableCompression: { kind: "boolean", summary: "Ask the API server for answers that are not compressed" },
  requestTimeout: {
    kind: "duration",
    placeholder: "TIME",
    summary: "Give up on a single request after this time (10s, 1m); 0: the usual times",
  },
} as const satisfies Flags;

/** kubectl's own that make no difference here: they are taken, so that a line for kubectl is a line for us. */
export const ignoredFlags = {
  cacheDir: { kind: "string", placeholder: "DIRECTORY", complete: "files", summary: "Of no effect: nothing is cached on disk" },
  matchServerVersion: { kind: "boolean", summary: "Of no effect: every version of the API server is served alike" },
} as const satisfies Flags;

/** What every command takes beyond the connection. */
export const displayFlags = {
  v: { kind: "level", short: "v", placeholder: "LEVEL", summary: "Show more: 1 detail, 6 each request with its time; -v alone is 1" },
  color: { kind: "enum", choices: ["auto", "always", "never"], initial: "auto", placeholder: "WHEN", summary: "Colour the output" },
  ascii: { kind: "boolean", summary: "Draw with plain ASCII symbols" },
  help: { kind: "boolean", short: "h", summary: "Show the help of the command" },
} as const satisfies Flags;

export const globalFlags = { ...connectionFlags, ...ignoredFlags, ...displayFlags } as const satisfies Flags;

export type GlobalValues = FlagValues<typeof globalFlags>;

/** `-o`, with the formats a verb knows; the first is the one without the flag. */
export const outputFlag = <const Formats extends readonly [string, ...string[]]>(formats: Formats) =>
  ({
    output: { kind: "enum", short: "o", choices: formats, initial: formats[0], placeholder: "FORMAT", summary: "Output format" },
  }) as const satisfies Flags;

export const allNamespacesFlag = {
  allNamespaces: { kind: "boolean", short: "A", summary: "Look in all namespaces" },
} as const satisfies Flags;

export const selectorFlag = {
  selector: { kind: "string", short: "l", placeholder: "SELECTOR", summary: "Only objects whose labels match: key=value,key2 in (a,b)" },
} as const satisfies Flags;

export const watchFlag = {
  watch: { kind: "boolean", short: "w", summary: "Keep watching and show every change" },
} as const satisfies Flags;

/** How a verb reaches the brokers, where the way it finds by itself is not the one to take. */
export const kafkaFlags = {
  bootstrapServer: { kind: "list", placeholder: "HOST:PORT", summary: "Talk to these brokers directly instead of through Kubernetes" },
  commandConfig: {
    kind: "string",
    placeholder: "FILE",
    complete: "files",
    summary: "Kafka client properties: security.protocol, sasl.*, ssl.*",
  },
  asUser: { kind: "string", placeholder: "KAFKAUSER", summary: "Log in to Kafka with the Secret of this KafkaUser" },
} as const satisfies Flags;

/** The values of kubectl's flags as the Connect port takes them. */
export function connectionOf(flags: GlobalValues): ConnectionFlags {
  const { requestTimeout: _, ...names } = connectionFlags;
  const given = Object.keys(names).map((key) => [key, flags[key as keyof typeof names]]);
  return { ...Object.fromEntries(given), requestTimeoutMs: flags.requestTimeout };
}
