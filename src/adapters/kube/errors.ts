import { AppError, type ErrorCode } from "../../model/errors.ts";
import type { Resource } from "../../model/kube.ts";
import type { KubeTarget } from "../../ports/kube.ts";
import { allowingCommands, parseRefusal, quote } from "./access-rule.ts";
import type { Subject } from "./paths.ts";
import { describe, resourceName } from "./paths.ts";

type Cause = { readonly reason?: string; readonly message?: string; readonly field?: string };

/** The API's `Status` document, as far as messages need it. */
export type Status = {
  readonly kind?: string;
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly details?: {
    readonly name?: string;
    readonly kind?: string;
    readonly group?: string;
    readonly causes?: readonly Cause[];
    readonly retryAfterSeconds?: number;
  };
};

export type Failure = { readonly status: number; readonly body: string };

/** What an HTTP answer other than 2xx means to the person. Pure; `details.status` carries the HTTP status. */
export function statusError(failure: Failure, subject: Subject, target: KubeTarget): AppError {
  const status = parseStatus(failure.body);
  const fault = explain({
    http: failure.status,
    status,
    said: status.message ?? plainBody(failure.body),
    what: describe(subject),
    subject,
    target,
  });
  return new AppError(fault.code, fault.message, { hint: fault.hint, details: { status: failure.status, ...fault.details } });
}

type Refused = {
  readonly http: number;
  readonly status: Status;
  /** The server's own words. */
  readonly said: string;
  readonly what: string;
  readonly subject: Subject;
  readonly target: KubeTarget;
};

type Fault = {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly details?: Readonly<Record<string, string | number>>;
};

function explain(refused: Refused): Fault {
  const { http, said, what, subject, target } = refused;
  switch (http) {
    case 401:
      return {
        code: "Unauthorized",
        message: `${target.server} does not accept the credentials of ${who(target)}`,
        hint: `log in again, then check with: kubectl${contextFlag(target)} auth whoami`,
      };
    case 403:
      return forbidden(refused);
    case 404:
      return missing(refused);
    case 409:
      return conflict(refused);
    case 410:
      return { code: "Gone", message: `${what}: the version asked for is too old: ${said}`, hint: "run the command again" };
    case 422:
      return {
        code: "Invalid",
        message: `${what} is invalid: ${fieldCauses(refused.status) || said}`,
        hint: "correct these fields and try again",
      };
    case 429:
      return tooMany(refused);
    case 504:
      return {
        code: "Timeout",
        message: `the API server took too long to ${subject.verb} ${what}: ${said}`,
        hint: "try again; the API server or its etcd is slow",
      };
    default:
      return http >= 400 && http < 500
        ? { code: "Invalid", message: `the API server refuses to ${subject.verb} ${what}: ${said}` }
        : serverFault(refused);
  }
}

/** RBAC names what is missing; admission, quotas and namespaces that are going away say something else. */
function forbidden({ said, what, subject, target }: Refused): Fault {
  const refusal = parseRefusal(said);
  if (!refusal) {
    const check = `kubectl${contextFlag(target)} auth can-i --list${inNamespace(subject)}`;
    return { code: "Forbidden", message: `not permitted to ${subject.verb} ${what}: ${said}`, hint: `what you may do: ${check}` };
  }
  const { user, verb, resource, group, namespace } = refusal;
  const where = namespace === undefined ? "in all namespaces" : `in namespace ${namespace}`;
  return {
    code: "Forbidden",
    message: `not permitted to ${verb} ${resource}${group === "" ? "" : ` of ${group}`} ${where}, as ${user}`,
    hint: `an administrator allows it with: ${allowingCommands(refusal)}`,
    details: { verb, resource, user, ...(namespace === undefined ? {} : { namespace }) },
  };
}

/** `details.missing`: "object", or "type" when the cluster does not serve the kind at all (the CRD is not installed). */
function missing(refused: Refused): Fault {
  const { status, said, what, subject, target } = refused;
  const named = status.details?.name;
  const { resource } = subject;
  if (!resource) return { code: "NotFound", message: `${what} does not exist: ${said}`, details: { missing: "object" } };
  if (!named) return missingType(refused, resource);
  // What is missing may be another object than was asked for: the namespace to create it in, the pod of a subresource.
  const another = status.details?.kind !== undefined && status.details.kind !== resource.plural;
  const list = another ? status.details?.kind : `${resourceName(resource)}${inNamespace(subject)}`;
  return {
    code: "NotFound",
    message: another ? said : `${what} does not exist`,
    hint: `what is there: kubectl${contextFlag(target)} get ${list}`,
    details: { missing: "object" },
  };
}

function missingType({ said, what, subject, target }: Refused, resource: Resource): Fault {
  const details = { missing: "type" };
  if (subject.subresource !== undefined) {
    return {
      code: "NotFound",
      message: `${what} has no ${subject.subresource}: ${said}`,
      hint: "its kind does not have that, or the cluster is too old for it",
      details,
    };
  }
  const check = `kubectl${contextFlag(target)} api-resources --api-group=${resource.group === "" ? "''" : resource.group}`;
  return {
    code: "NotFound",
    message: `this cluster does not serve ${resourceName(resource)} at version ${resource.version}`,
    hint: `its CRD is not installed, or has other versions; see: ${check}`,
    details,
  };
}

function conflict({ status, said, what }: Refused): Fault {
  if (status.reason === "AlreadyExists")
    return { code: "AlreadyExists", message: `${what} exists already`, hint: "choose another name, or change what is there" };
  const owned = (status.details?.causes ?? []).filter((cause) => cause.reason === "FieldManagerConflict");
  if (owned.length === 0)
    return { code: "Conflict", message: `${what} was changed by someone else meanwhile: ${said}`, hint: "run the command again" };
  const fields = owned.map((cause) => `${cause.field ?? "?"} (${managerOf(cause.message)})`).join(", ");
  return {
    code: "Conflict",
    message: `${what} has fields that others manage: ${fields}`,
    hint: "leave these fields out, or apply with force to take them over",
    details: { fields },
  };
}

/** `conflict with "kubectl-client-side-apply" using apps/v1 at 2026-01-01T00:00:00Z` → its first name. */
const managerOf = (message: string | undefined): string => /conflict with "([^"]+)"/.exec(message ?? "")?.[1] ?? message ?? "?";

/** A pod whose disruption budget is used up; otherwise the API server's own limits. */
function tooMany({ status, said, what, subject }: Refused): Fault {
  const budget = (status.details?.causes ?? []).find((cause) => cause.reason === "DisruptionBudget")?.message;
  if (budget === undefined && subject.subresource !== "eviction") {
    return { code: "TooManyRequests", message: `the API server has too many requests: ${said}`, hint: "try again in a while" };
  }
  const name = /disruption budget (\S+)/.exec(budget ?? "")?.[1];
  return {
    code: "TooManyRequests",
    message: `${what} may not be evicted now: ${budget ?? said}`,
    hint: `wait until its other pods are ready; see: kubectl get poddisruptionbudgets${inNamespace(subject)}`,
    ...(name === undefined ? {} : { details: { budget: name } }),
  };
}

function serverFault({ http, said, what, subject, target }: Refused): Fault {
  if (http < 400) {
    return {
      code: "ServerError",
      message: `${target.server} answers HTTP ${http} to ${subject.verb} ${what}`,
      hint: "check the server address; a login page or proxy may stand in front of it",
    };
  }
  return {
    code: "ServerError",
    message: `the API server failed to ${subject.verb} ${what}: HTTP ${http}, ${said}`,
    hint: "try again; if it stays, look at the API server and its admission webhooks",
  };
}

/** "spec.kafka.replicas: must be greater than 0; spec.x: unknown field" */
const fieldCauses = (status: Status): string =>
  (status.details?.causes ?? [])
    .map((cause) => [cause.field, cause.message].filter(Boolean).join(": "))
    .filter((text) => text !== "")
    .join("; ");

/** A `Status`, or nothing of it when the body is none. */
export function parseStatus(body: string): Status {
  try {
    const document: unknown = JSON.parse(body);
    return typeof document === "object" && document !== null ? document : {};
  } catch {
    return {};
  }
}

/** What a load balancer or an aggregated API says, in one short line. */
function plainBody(body: string): string {
  const text = body
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  return text === "" ? "it gave no reason" : text.slice(0, 300);
}

const inNamespace = (subject: Subject): string => (subject.namespace === undefined ? "" : ` -n ${subject.namespace}`);
const contextFlag = (target: KubeTarget): string => (target.context === "" ? "" : ` --context ${quote(target.context)}`);
const who = (target: KubeTarget): string => (target.user === "" ? "this connection, which has no user" : `user "${target.user}"`);
