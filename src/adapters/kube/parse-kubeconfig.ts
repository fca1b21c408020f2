import { dirname, isAbsolute, join, sep } from "node:path";
import { boolCoreTag, FAILSAFE_SCHEMA, load, mergeTag, nullCoreTag } from "js-yaml";
import { AppError } from "../../model/errors.ts";
import type { AuthProviderConfig, ClusterEntry, ContextEntry, ExecConfig, Kubeconfig, UserEntry } from "./kubeconfig.ts";
import { byName, emptyKubeconfig } from "./kubeconfig.ts";

type Fields = Readonly<Record<string, unknown>>;
type Entry = { readonly name: string; readonly fields: Fields };

/** Numbers stay text: nothing in a kubeconfig is a number, and "0123" must not become 83. */
const schema = FAILSAFE_SCHEMA.withTags(nullCoreTag, boolCoreTag, mergeTag);

/**
 * Reads one kubeconfig file; `path` is what its relative paths start from. An empty file is an empty kubeconfig. Throws AppError
 * InvalidKubeconfig that names the file.
 */
export function parseKubeconfig(text: string, path: string): Kubeconfig {
  if (isBlank(text)) return emptyKubeconfig;
  const document = parseYaml(text, path);
  if (document === null || document === undefined || document === "") return emptyKubeconfig;
  const kind = isFields(document) ? (document.kind ?? "Config") : undefined;
  if (!isFields(document) || kind !== "Config") {
    throw new AppError("InvalidKubeconfig", `${path} is no kubeconfig${typeof kind === "string" ? `: its kind is ${kind}` : ""}`, {
      hint: "a kubeconfig has clusters, users and contexts; see: kubectl config view",
    });
  }
  const resolve = (file: string | undefined): string | undefined =>
    file === undefined || isAbsolute(file) ? file : join(dirname(path), file);
  const origin = { path, resolve };
  return {
    clusters: byName(entries(document.clusters, "cluster").map((entry) => parseCluster(entry, origin))),
    users: byName(entries(document.users, "user").map((entry) => parseUser(entry, origin))),
    contexts: byName(entries(document.contexts, "context").map(parseContext)),
    currentContext: asText(document["current-context"]),
  };
}

type Origin = { readonly path: string; resolve(file: string | undefined): string | undefined };

function parseYaml(text: string, path: string): unknown {
  try {
    return load(text, { schema });
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.split("\n")[0] : String(cause);
    // The cause stays here: it quotes the file, which may hold tokens.
    throw new AppError("InvalidKubeconfig", `${path} is not valid YAML: ${why}`, {
      hint: `check it with: kubectl --kubeconfig ${path} config view`,
    });
  }
}

function parseCluster({ name, fields }: Entry, origin: Origin): ClusterEntry {
  return {
    name,
    server: asText(fields.server)?.replace(/\/+$/, ""),
    caData: asText(fields["certificate-authority-data"]),
    caFile: origin.resolve(asText(fields["certificate-authority"])),
    skipTLSVerify: isTrue(fields["insecure-skip-tls-verify"]),
    tlsServerName: asText(fields["tls-server-name"]),
    proxyUrl: asText(fields["proxy-url"]),
    disableCompression: isTrue(fields["disable-compression"]),
    execConfig: entries(fields.extensions, "extension").find((extension) => extension.name === "client.authentication.k8s.io/exec")?.fields,
  };
}

function parseUser({ name, fields }: Entry, origin: Origin): UserEntry {
  return {
    name,
    certData: asText(fields["client-certificate-data"]),
    certFile: origin.resolve(asText(fields["client-certificate"])),
    keyData: asText(fields["client-key-data"]),
    keyFile: origin.resolve(asText(fields["client-key"])),
    token: asText(fields.token),
    tokenFile: origin.resolve(asText(fields.tokenFile)),
    username: asText(fields.username),
    password: asText(fields.password),
    exec: isFields(fields.exec) ? parseExec(fields.exec, origin) : undefined,
    authProvider: isFields(fields["auth-provider"]) ? parseAuthProvider(fields["auth-provider"], origin) : undefined,
    impersonateUser: asText(fields.as),
    impersonateUid: asText(fields["as-uid"]),
    impersonateGroups: fields["as-groups"] === undefined ? undefined : asTexts(fields["as-groups"]),
    impersonateExtra: isFields(fields["as-user-extra"])
      ? Object.fromEntries(Object.entries(fields["as-user-extra"]).map(([key, values]) => [key, asTexts(values)]))
      : undefined,
  };
}

function parseExec(fields: Fields, origin: Origin): ExecConfig {
  const command = asText(fields.command) ?? "";
  const env = Array.isArray(fields.env) ? fields.env.filter(isFields) : [];
  return {
    apiVersion: asText(fields.apiVersion) ?? "",
    // A bare name is looked up on the PATH; anything with a separator is a file.
    command: command.includes("/") || command.includes(sep) ? (origin.resolve(command) ?? command) : command,
    args: asTexts(fields.args),
    env: Object.fromEntries(env.map((variable) => [asText(variable.name) ?? "", asText(variable.value) ?? ""])),
    installHint: asText(fields.installHint),
    interactiveMode: asText(fields.interactiveMode),
    provideClusterInfo: isTrue(fields.provideClusterInfo),
  };
}

function parseAuthProvider(fields: Fields, origin: Origin): AuthProviderConfig {
  const config = isFields(fields.config) ? fields.config : {};
  return {
    name: asText(fields.name) ?? "",
    config: Object.fromEntries(
      Object.entries(config).flatMap(([key, value]) => (asText(value) === undefined ? [] : [[key, String(value)]])),
    ),
    source: origin.path,
  };
}

const parseContext = ({ name, fields }: Entry): ContextEntry => ({
  name,
  cluster: asText(fields.cluster),
  user: asText(fields.user),
  namespace: asText(fields.namespace),
});

/** A kubeconfig's lists: `[{name, <key>: {…}}]`. An entry with no name cannot be referred to and is left out. */
function entries(list: unknown, key: string): Entry[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isFields).flatMap((item) => {
    const name = asText(item.name);
    return name === undefined ? [] : [{ name, fields: isFields(item[key]) ? item[key] : {} }];
  });
}

/** js-yaml refuses a text with no document at all. */
const isBlank = (text: string): boolean => text.split("\n").every((line) => /^\s*(#.*)?\r?$/.test(line));

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null && !Array.isArray(value);
const isTrue = (value: unknown): boolean => value === true || (typeof value === "string" && /^(true|yes|on)$/i.test(value));
const asTexts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);

function asText(value: unknown): string | undefined {
  if (typeof value === "boolean") return String(value);
  return typeof value === "string" && value !== "" ? value : undefined;
}
