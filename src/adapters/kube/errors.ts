import { AppError } from "../../model/errors.ts";
import type { KubeTarget } from "../../ports/kube.ts";
import { allowingCommands, parseRefusal } from "./access-rule.ts";
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
  readonly details?: { readonly name?: string; readonly kind?: string; readonly group?: string; readonly causes?: readonly Cause[]; readonly retryAfterSeconds?: number };
};

export type Failure = { readonly status: number; readonly body: string };

/** What an HTTP answer other than 2xx means to the person. Pure; `details.status` carries the HTTP status. */
export function statusError(failure: Failure, subject: Subject, target: KubeTarget): AppError {
  const status = parseStatus(failure.body);
  const said = status.message ?? plainBody(failure.body);
  const parts = { failure, status, said, subject, target };
  switch (failure.status) {
    case 400:
    case 405:
    case 406:
    case 415:
      return make(parts, "Invalid", `${capital(subject.verb)} ${describe(subject)} was not accepted: ${said}`, undefined);
    case 401:
      return make(parts, "Unauthorized", `${target.server} does not accept the credentials of ${who(target)}`, `Log in again, then check with: kubectl${contextFlag(target)} auth whoami`);
    case 403:
      return forbidden(parts);
    case 404:
      return missing(parts);
    case 409:
      return conflict(parts);
    case 410:
      return make(parts, "Gone", `${describe(subject)}: the version asked for is too old: ${said}`, "Run the command again");
    case 422:
      return make(parts, "Invalid", `${describe(subject)} is invalid: ${fieldCauses(status) || said}`, "Correct these fields and try again");
    case 429:
      return tooMany(parts);
    case 504:
      return make(parts, "Timeout", `The API server took too long to ${subject.verb} ${describe(subject)}: ${said}`, "Try again; the API server or its etcd is slow");
    default:
      return serverError(parts);
  }
}

type Parts = { readonly failure: Failure; readonly status: Status; readonly said: string; readonly subject: Subject; readonly target: KubeTarget };

function make(parts: Parts, code: ConstructorParameters<typeof AppError>[0], message: string, hint: string | undefined, details: Record<string, string | number> = {}): AppError {
  return new AppError(code, message, { hint, details: { status: parts.failure.status, ...details } });
}

/** RBAC names what is missing; admission, quotas and namespaces that are going away say something else. */
function forbidden(parts: Parts): AppError {
  const { said, subject, target } = parts;
  const refusal = parseRefusal(said);
  if (!refusal) return make(parts, "Forbidden", `${capital(subject.verb)} ${describe(subject)} is forbidden: ${said}`, `Check with: kubectl${contextFlag(target)} auth can-i --list${inNamespace(subject)}`);
  const where = refusal.namespace === undefined ? "in the whole cluster" : `in namespace ${refusal.namespace}`;
  const resource = refusal.group === "" ? refusal.resource : `${refusal.resource} (${refusal.group})`;
  return make(parts, "Forbidden", `User ${refusal.user} may not ${refusal.verb} ${resource} ${where}`, `An administrator allows it with: ${allowingCommands(refusal)}`, {
    verb: refusal.verb,
    resource: refusal.resource,
    user: refusal.user,
    ...(refusal.namespace === undefined ? {} : { namespace: refusal.namespace }),
  });
}

/** `details.missing`: "object", or "type" when the cluster does not serve the kind at all (the CRD is not installed). */
function missing(parts: Parts): AppError {
  const { status, said, subject, target } = parts;
  const named = status.details?.name;
  if (subject.resource && !named && subject.subresource !== undefined) {
    return make(parts, "NotFound", `${describe(subject)} has no ${subject.subresource}: ${said}`, "Its kind does not have this subresource, or the cluster is too old for it", { missing: "type" });
  }
  if (subject.resource && !named) {
    const { group, version } = subject.resource;
    const check = `kubectl${contextFlag(target)} api-resources --api-group=${group === "" ? "''" : group}`;
    return make(parts, "NotFound", `This cluster does not serve ${resourceName(subject.resource)} at version ${version}`, `Its CRD is not installed, or has other versions; see: ${check}`, { missing: "type" });
  }
  // What is missing may be another object than was asked for, for instance the namespace to create it in.
  const another = named !== undefined && named !== subject.name && status.details?.kind !== subject.resource?.plural;
  const message = another || !subject.resource ? `Not found: ${said}` : `${describe(subject)} does not exist`;
  const list = subject.resource ? `kubectl${contextFlag(target)} get ${another ? (status.details?.kind ?? "") : resourceName(subject.resource)}${another ? "" : inNamespace(subject)}` : undefined;
  return make(parts, "NotFound", message, list && `See what is there: ${list}`, { missing: "object" });
}

function conflict(parts: Parts): AppError {
  const { status, said, subject } = parts;
  if (status.reason === "AlreadyExists") return make(parts, "AlreadyExists", `${describe(subject)} exists already`, "Choose another name, or change what is there");
  const owned = (status.details?.causes ?? []).filter((cause) => cause.reason === "FieldManagerConflict");
  if (owned.length === 0) return make(parts, "Conflict", `${describe(subject)} was changed by someone else meanwhile: ${said}`, "Run the command again");
  const fields = owned.map((cause) => `${cause.field ?? "?"} (${managerOf(cause.message)})`);
  return make(parts, "Conflict", `${describe(subject)} has fields that others manage: ${fields.join(", ")}`, "Leave these fields out, or apply with force to take them over", { fields: fields.join(", ") });
}

/** `conflict with "kubectl-client-side-apply" using apps/v1 at 2026-01-01T00:00:00Z` → its first name. */
const managerOf = (message: string | undefined): string => /conflict with "([^"]+)"/.exec(message ?? "")?.[1] ?? message ?? "?";

/** A pod whose disruption budget is used up; otherwise the API server's own limits. */
function tooMany(parts: Parts): AppError {
  const { status, said, subject } = parts;
  const causes = status.details?.causes ?? [];
  const budget = causes.find((cause) => cause.reason === "DisruptionBudget")?.message;
  if (budget === undefined && subject.subresource !== "eviction") {
    return make(parts, "TooManyRequests", `The API server has too many requests: ${said}`, "Try again in a while");
  }
  const name = /disruption budget (\S+)/.exec(budget ?? "")?.[1];
  return make(parts, "TooManyRequests", `${describe(subject)} may not be evicted now: ${budget ?? said}`, `Wait until its other pods are ready; see: kubectl get poddisruptionbudgets${inNamespace(subject)}`, name === undefined ? {} : { budget: name });
}

function serverError(parts: Parts): AppError {
  const { failure, said, subject, target } = parts;
  const doing = `${subject.verb} ${describe(subject)}`;
  if (failure.status >= 300 && failure.status < 400) {
    return make(parts, "ServerError", `${target.server} sends ${doing} elsewhere (HTTP ${failure.status})`, "Check the server address; a login page or proxy may stand in front of it");
  }
  return make(parts, "ServerError", `The API server failed to ${doing}: HTTP ${failure.status}, ${said}`, "Try again; if it stays, look at the API server and its admission webhooks");
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
  const text = body.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
  return text === "" ? "it gave no reason" : text.slice(0, 300);
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
const inNamespace = (subject: Subject): string => (subject.namespace === undefined ? "" : ` -n ${subject.namespace}`);
export const contextFlag = (target: KubeTarget): string => (target.context === "" ? "" : ` --context ${target.context}`);
const who = (target: KubeTarget): string => (target.user === "" ? "this connection, which has no user" : `user "${target.user}"`);
