import type { Cluster, Context, User } from "@kubernetes/client-node/dist/config_types.js";

/** A library's optional fields, that may be undefined as well. */
type Loose<T> = { readonly [K in keyof T]: T[K] | undefined };

/** `clusters[]` of a kubeconfig. Paths are absolute. `execConfig` is the extension that is handed to exec plugins. */
export type ClusterEntry = Loose<Cluster> & {
  readonly name: string;
  readonly disableCompression?: boolean | undefined;
  readonly execConfig?: unknown;
};

/** `users[].user.exec`, see k8s.io/client-go/pkg/apis/clientauthentication. */
export type ExecConfig = {
  readonly apiVersion: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly installHint: string | undefined;
  readonly interactiveMode: string | undefined;
  readonly provideClusterInfo: boolean;
};

/** `source` is the file that the values came from, for writing a renewed token back. */
export type AuthProviderConfig = { readonly name: string; readonly config: Readonly<Record<string, string>>; readonly source: string };

/** `users[]` of a kubeconfig: client-node's User and what it leaves out. */
export type UserEntry = Loose<Omit<User, "exec" | "authProvider">> & {
  readonly name: string;
  readonly exec?: ExecConfig | undefined;
  readonly authProvider?: AuthProviderConfig | undefined;
  readonly tokenFile?: string | undefined;
  readonly impersonateUid?: string | undefined;
  readonly impersonateGroups?: readonly string[] | undefined;
  readonly impersonateExtra?: Readonly<Record<string, readonly string[]>> | undefined;
};

export type ContextEntry = Loose<Context> & { readonly name: string };

/** One kubeconfig, or several merged into one. */
export type Kubeconfig = {
  readonly clusters: ReadonlyMap<string, ClusterEntry>;
  readonly users: ReadonlyMap<string, UserEntry>;
  readonly contexts: ReadonlyMap<string, ContextEntry>;
  readonly currentContext?: string | undefined;
};

export const emptyKubeconfig: Kubeconfig = { clusters: new Map(), users: new Map(), contexts: new Map() };

export const isEmptyKubeconfig = (config: Kubeconfig): boolean =>
  config.clusters.size === 0 && config.users.size === 0 && config.contexts.size === 0;

/** Entries by name; of several with one name, the first counts. */
export function byName<T extends { readonly name: string }>(entries: Iterable<T>): ReadonlyMap<string, T> {
  const map = new Map<string, T>();
  for (const entry of entries) if (!map.has(entry.name)) map.set(entry.name, entry);
  return map;
}

/** The environment variables of a process. */
export type Environment = Readonly<Record<string, string | undefined>>;
