import type { KubeObject, ObjectRef, Resource } from "../model/kube.ts";

/** Where requests go and as whom, for messages and hints. */
export type KubeTarget = { context: string; namespace: string; server: string; user: string };

export type ListRequest = {
  resource: Resource;
  /** Left out: all namespaces. */
  namespace?: string | undefined;
  labelSelector?: string | undefined;
  fieldSelector?: string | undefined;
  /** Ask for metadata alone (PartialObjectMetadataList). */
  metadataOnly?: boolean | undefined;
  /** Keep metadata.managedFields, which are often larger than the rest. */
  managedFields?: boolean | undefined;
};

export type KubeList = { items: KubeObject[]; resourceVersion: string };

export type WatchRequest = ListRequest & {
  /** Left out: starts with the present state as Added events. */ resourceVersion?: string | undefined;
};

/** `Synced` follows the Added events of a (re)listing; a reader that keeps state drops what it did not see before it. */
export type WatchEvent = { kind: "Added" | "Modified" | "Deleted"; object: KubeObject } | { kind: "Relisting" } | { kind: "Synced" };

export type ApplyRequest = {
  object: KubeObject;
  resource: Resource;
  fieldManager: string;
  force?: boolean;
  dryRun?: boolean;
  subresource?: string;
};

export type PatchRequest = { ref: ObjectRef; type: "merge" | "json"; body: unknown; subresource?: string; dryRun?: boolean };

export type DeleteRequest = {
  ref: ObjectRef;
  propagation: "Background" | "Foreground" | "Orphan";
  /** The server refuses with Conflict when the object is another one by now. */
  uid?: string | undefined;
  resourceVersion?: string | undefined;
  gracePeriodSeconds?: number;
  dryRun?: boolean;
};

export type LogRequest = {
  namespace: string;
  pod: string;
  container?: string;
  follow?: boolean;
  tailLines?: number;
  previous?: boolean;
  sinceSeconds?: number;
};

export type ExecRequest = { namespace: string; pod: string; container?: string; command: readonly string[]; stdin?: string };
export type ExecResult = { exitCode: number; stdout: string; stderr: string };

export type AccessCheck = { verb: string; group: string; resource: string; subresource?: string; namespace?: string; name?: string };

/**
 * The Kubernetes API. Every method throws AppError only: NotFound, Forbidden (message names verb, resource and namespace; the hint is the
 * Role rule), Conflict, Unreachable, Timeout, … NotFound has details.missing: "object", or "type" when the cluster does not serve the kind.
 * Requests that are throttled or hit a passing server fault are retried inside.
 */
export interface KubeApi {
  readonly target: KubeTarget;
  get(ref: ObjectRef, signal?: AbortSignal): Promise<KubeObject>;
  /** All pages, as one list. Items have apiVersion and kind, and no managedFields; so have the objects of a watch. */
  list(request: ListRequest, signal?: AbortSignal): Promise<KubeList>;
  /** Runs until aborted, which ends it without an error; resumes with bookmarks and lists again after 410 Gone. */
  watch(request: WatchRequest, signal: AbortSignal): AsyncIterable<WatchEvent>;
  create(object: KubeObject, resource: Resource, signal?: AbortSignal): Promise<KubeObject>;
  /** Server-side apply. A conflict's message names each field and the manager that owns it. */
  apply(request: ApplyRequest, signal?: AbortSignal): Promise<KubeObject>;
  patch(request: PatchRequest, signal?: AbortSignal): Promise<KubeObject>;
  delete(request: DeleteRequest, signal?: AbortSignal): Promise<void>;
  scale(ref: ObjectRef, replicas: number, signal?: AbortSignal): Promise<void>;
  /** Throws TooManyRequests when a disruption budget forbids it now; details.budget is its name. With `uid` Conflict when it is another pod by now. */
  evict(request: { ref: ObjectRef; uid?: string }, signal?: AbortSignal): Promise<void>;
  /** Lines without their ends. An abort ends a followed log without an error. */
  logs(request: LogRequest, signal?: AbortSignal): AsyncIterable<string>;
  /** A command that fails is a result; only one that could not be run is thrown. `stdin` takes Kubernetes 1.30. */
  exec(request: ExecRequest, signal?: AbortSignal): Promise<ExecResult>;
  canI(check: AccessCheck, signal?: AbortSignal): Promise<boolean>;
  /** GET of a path, parsed as JSON: discovery, /version, nodes/proxy. */
  raw(path: string, signal?: AbortSignal): Promise<unknown>;
  /** Frees the connections, so that the process can end. */
  close(): void;
}
