import type { KubeObject, ObjectRef, Resource } from "../../model/kube.ts";
import type { AccessCheck, ApplyRequest, DeleteRequest, PatchRequest } from "../../ports/kube.ts";
import type { Client } from "./client.ts";
import { apiVersionOf, asObject } from "./objects.ts";
import type { Subject } from "./paths.ts";

const dryRunAll = (dryRun: boolean | undefined): "All" | undefined => (dryRun ? "All" : undefined);

/** The namespace of an object: its own, else the connection's; none for cluster-wide kinds. */
export const namespaceOf = (client: Client, resource: Resource, namespace: string | undefined): string | undefined =>
  resource.namespaced ? namespace || client.target.namespace : undefined;

/** What a request on one object is about. */
export const subjectOf = (client: Client, verb: string, ref: ObjectRef): Subject & { readonly name: string } => ({
  verb,
  resource: ref.resource,
  namespace: namespaceOf(client, ref.resource, ref.namespace),
  name: ref.name,
});

export async function getObject(client: Client, ref: ObjectRef, signal?: AbortSignal): Promise<KubeObject> {
  return asObject(await client.json({ subject: subjectOf(client, "get", ref), signal }));
}

export async function createObject(
  client: Client,
  created: { object: KubeObject; resource: Resource },
  signal?: AbortSignal,
): Promise<KubeObject> {
  const { object, resource } = created;
  const { name } = object.metadata;
  // For messages the name is known, for the URL it is not: a new object is posted to its collection.
  const subject = { verb: "create", resource, namespace: namespaceOf(client, resource, object.metadata.namespace) };
  const body = name ? object : { ...object, metadata: { ...object.metadata, name: undefined } };
  return asObject(
    await client.json({
      subject,
      about: { ...subject, name: name || undefined },
      method: "POST",
      body,
      query: { fieldValidation: "Strict" },
      signal,
    }),
  );
}

/** Server-side apply: what is left out and was ours goes away. To do it twice is the same as once. */
export async function applyObject(client: Client, request: ApplyRequest, signal?: AbortSignal): Promise<KubeObject> {
  const { object, resource, fieldManager, force, dryRun, subresource } = request;
  const ref = { resource, namespace: object.metadata.namespace, name: object.metadata.name };
  // managedFields must be empty, and a resourceVersion would make a stale manifest fail.
  const metadata = { ...object.metadata, managedFields: undefined, resourceVersion: undefined };
  return asObject(
    await client.json({
      subject: { ...subjectOf(client, "patch", ref), subresource },
      method: "PATCH",
      contentType: "application/apply-patch+yaml",
      query: { fieldManager, force, dryRun: dryRunAll(dryRun), fieldValidation: "Strict" },
      body: { ...object, metadata },
      idempotent: true,
      signal,
    }),
  );
}

/** A merge patch may be sent twice; a JSON patch may not, as it can append. */
export async function patchObject(client: Client, request: PatchRequest, signal?: AbortSignal): Promise<KubeObject> {
  return asObject(
    await client.json({
      subject: { ...subjectOf(client, "patch", request.ref), subresource: request.subresource },
      method: "PATCH",
      contentType: `application/${request.type === "merge" ? "merge" : "json"}-patch+json`,
      query: { dryRun: dryRunAll(request.dryRun), fieldManager: "kubectl-kafka" },
      body: request.body,
      idempotent: request.type === "merge",
      signal,
    }),
  );
}

export async function deleteObject(client: Client, request: DeleteRequest, signal?: AbortSignal): Promise<void> {
  const { uid, resourceVersion } = request;
  await client.json({
    subject: subjectOf(client, "delete", request.ref),
    method: "DELETE",
    body: {
      apiVersion: "v1",
      kind: "DeleteOptions",
      propagationPolicy: request.propagation,
      gracePeriodSeconds: request.gracePeriodSeconds,
      preconditions: uid || resourceVersion ? { uid, resourceVersion } : undefined,
      dryRun: request.dryRun ? ["All"] : undefined,
    },
    signal,
  });
}

export async function scaleObject(client: Client, scaled: { ref: ObjectRef; replicas: number }, signal?: AbortSignal): Promise<void> {
  await client.json({
    subject: { ...subjectOf(client, "patch", scaled.ref), subresource: "scale" },
    method: "PATCH",
    contentType: "application/merge-patch+json",
    body: { spec: { replicas: scaled.replicas } },
    idempotent: true,
    signal,
  });
}

/** Not tried again: a budget that forbids it is for the caller to wait for. */
export async function evictPod(client: Client, { ref, uid }: { ref: ObjectRef; uid?: string }, signal?: AbortSignal): Promise<void> {
  const subject = { ...subjectOf(client, "create", ref), subresource: "eviction" };
  const metadata = { name: ref.name, namespace: subject.namespace };
  const deleteOptions = uid === undefined ? undefined : { preconditions: { uid } };
  const body = { apiVersion: "policy/v1", kind: "Eviction", metadata, deleteOptions };
  await client.json({ subject, method: "POST", body, once: true, signal });
}

const accessReviews: Resource = {
  group: "authorization.k8s.io",
  version: "v1",
  plural: "selfsubjectaccessreviews",
  kind: "SelfSubjectAccessReview",
  namespaced: false,
};

export async function canI(client: Client, check: AccessCheck, signal?: AbortSignal): Promise<boolean> {
  const review = await client.json({
    subject: { verb: "create", resource: accessReviews },
    method: "POST",
    body: { apiVersion: apiVersionOf(accessReviews), kind: accessReviews.kind, spec: { resourceAttributes: check } },
    idempotent: true,
    signal,
  });
  const status = typeof review === "object" && review !== null && "status" in review ? review.status : undefined;
  return typeof status === "object" && status !== null && "allowed" in status && status.allowed === true;
}
