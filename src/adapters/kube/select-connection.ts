import { closest, distance } from "fastest-levenshtein";
import { AppError } from "../../model/errors.ts";
import type { ConnectionFlags } from "../../ports/connect.ts";
import type { KubeTarget } from "../../ports/kube.ts";
import type { ClusterEntry, ContextEntry, Kubeconfig, UserEntry } from "./kubeconfig.ts";

/** What one connection needs of the kubeconfig, with the flags laid over it. `server` always has a scheme. */
export type Selection = {
  readonly target: KubeTarget;
  readonly cluster: ClusterEntry & { readonly server: string };
  readonly user: UserEntry;
};

/**
 * Chooses context, cluster and user, and lays the flags over them, by the rules of kubectl (client-go tools/clientcmd/client_config.go):
 * a name that was asked for must exist; --server drops tls-server-name; --certificate-authority and --insecure-skip-tls-verify replace
 * each other; --token beats every other way to log in, --username and --password those of the kubeconfig.
 */
export function selectConnection(config: Kubeconfig, flags: ConnectionFlags): Selection {
  const context = selectContext(config, flags);
  const cluster = selectCluster(config, flags, context);
  const user = overrideUser(selectUser(config, flags, context), flags);
  checkCluster(cluster, context);
  const server = withScheme(cluster, user);
  const target = { context: context.name, namespace: flags.namespace || context.namespace || "default", server, user: user.name };
  return { target, cluster: { ...cluster, server }, user };
}

function selectContext(config: Kubeconfig, flags: ConnectionFlags): ContextEntry {
  const name = flags.context || config.currentContext;
  if (name === undefined || name === "") {
    if (flags.server || flags.cluster) return { name: "", cluster: undefined, user: undefined, namespace: undefined };
    throw new AppError("ContextNotFound", "the kubeconfig has no current context", {
      hint:
        config.contexts.size > 0
          ? `choose one: kubectl config use-context ${[...config.contexts.keys()].slice(0, 5).join("|")}`
          : "name a cluster with --server, or log in to one",
    });
  }
  const found = config.contexts.get(name);
  if (found) return found;
  throw notFound("context", name, { known: config.contexts });
}

function selectCluster(config: Kubeconfig, flags: ConnectionFlags, context: ContextEntry): ClusterEntry {
  const name = flags.cluster || context.cluster || "";
  const found = config.clusters.get(name);
  // kubectl forgives a cluster that is missing when only the context names it and --server stands in for it.
  if (!found && (flags.cluster || !flags.server))
    throw notFound("cluster", name, { known: config.clusters, context: flags.cluster ? undefined : context.name });
  return overrideCluster(found ?? { name, server: undefined, skipTLSVerify: false }, flags);
}

function overrideCluster(cluster: ClusterEntry, flags: ConnectionFlags): ClusterEntry {
  const trust = flags.insecureSkipTlsVerify || flags.certificateAuthority;
  return {
    ...cluster,
    ...(flags.server ? { server: flags.server.replace(/\/+$/, "") } : {}),
    ...(flags.disableCompression ? { disableCompression: true } : {}),
    ...(flags.server || flags.tlsServerName ? { tlsServerName: flags.tlsServerName || undefined } : {}),
    ...(trust
      ? { skipTLSVerify: flags.insecureSkipTlsVerify ?? false, caFile: flags.certificateAuthority || undefined, caData: undefined }
      : {}),
  };
}

function selectUser(config: Kubeconfig, flags: ConnectionFlags, context: ContextEntry): UserEntry {
  const name = flags.user || context.user || "";
  const found = config.users.get(name);
  if (!found && flags.user) throw notFound("user", name, { known: config.users });
  if (!found && name !== "") throw notFound("user", name, { known: config.users, context: context.name });
  return found ?? { name };
}

const noLogin = {
  token: undefined,
  tokenFile: undefined,
  username: undefined,
  password: undefined,
  exec: undefined,
  authProvider: undefined,
};

/** The way to log in that the flags name, in the place of the user's own; a name or a password alone goes with what the user has. */
function ownLogin(user: UserEntry, { token, username, password }: ConnectionFlags): Partial<UserEntry> {
  if (token) return { ...noLogin, token };
  if (!username && !password) return {};
  return { ...noLogin, username: username || user.username, password: password || user.password };
}

function overrideUser(user: UserEntry, flags: ConnectionFlags): UserEntry {
  const overridden: UserEntry = {
    ...user,
    ...ownLogin(user, flags),
    ...(flags.clientCertificate ? { certFile: flags.clientCertificate, certData: undefined } : {}),
    ...(flags.clientKey ? { keyFile: flags.clientKey, keyData: undefined } : {}),
    ...(flags.as ? { impersonateUser: flags.as } : {}),
    ...(flags.asUid ? { impersonateUid: flags.asUid } : {}),
    ...(flags.asGroup && flags.asGroup.length > 0 ? { impersonateGroups: flags.asGroup } : {}),
  };
  if (overridden.impersonateUser) return overridden;
  if (overridden.impersonateUid || overridden.impersonateGroups?.length || overridden.impersonateExtra) {
    throw new AppError("Usage", "a group or uid can be impersonated only together with a user", { hint: "add --as <user>" });
  }
  return overridden;
}

function checkCluster(cluster: ClusterEntry, context: ContextEntry): void {
  if (!cluster.server) {
    throw new AppError("InvalidKubeconfig", `the cluster ${quote(cluster.name)} of context ${quote(context.name)} has no server`, {
      hint: `set it: kubectl config set-cluster ${cluster.name} --server=https://…`,
    });
  }
  if (cluster.skipTLSVerify && (cluster.caData || cluster.caFile)) {
    throw new AppError(
      "InvalidKubeconfig",
      `the cluster ${quote(cluster.name)} has both a certificate authority and insecure-skip-tls-verify`,
      {
        hint: `keep the authority: kubectl config set-cluster ${cluster.name} --insecure-skip-tls-verify=false`,
      },
    );
  }
}

/** A server with no scheme is https when anything about TLS is said, as in client-go (rest/url_utils.go). */
function withScheme(cluster: ClusterEntry, user: UserEntry): string {
  const server = cluster.server ?? "";
  if (/^https?:\/\//i.test(server)) return checkUrl(server);
  if (server.includes("://"))
    throw new AppError("InvalidKubeconfig", `the server ${server} is neither http nor https`, {
      hint: "check --server, or the cluster's server in the kubeconfig",
    });
  const aboutTls = cluster.skipTLSVerify || cluster.caData || cluster.caFile || cluster.tlsServerName || user.certData || user.certFile;
  return checkUrl(`${aboutTls ? "https" : "http"}://${server}`);
}

function checkUrl(server: string): string {
  if (URL.canParse(server)) return server;
  throw new AppError("InvalidKubeconfig", `the server ${server} is not a URL`, {
    hint: "check --server, or the cluster's server in the kubeconfig",
  });
}

type Kind = "context" | "cluster" | "user";

/** `context` is the one that refers to the name, when no flag does. */
function notFound(
  what: Kind,
  name: string,
  { known, context }: { known: ReadonlyMap<string, unknown>; context?: string | undefined },
): AppError {
  const from = context === undefined ? "" : `, which context ${quote(context)} refers to`;
  return new AppError("ContextNotFound", `the kubeconfig has no ${what} ${quote(name)}${from}`, {
    hint: suggest(what, name, [...known.keys()]),
  });
}

function suggest(what: string, name: string, names: readonly string[]): string {
  if (names.length === 0) return `it has no ${what}s at all; see: kubectl config view`;
  const nearest = closest(name, names);
  if (distance(name, nearest) <= Math.max(2, name.length / 3)) return `did you mean ${nearest}?`;
  const shown = names.slice(0, 8).join(", ");
  return `it has ${shown}${names.length > 8 ? ` and ${names.length - 8} more` : ""}`;
}

const quote = (name: string): string => `"${name}"`;
