import type { KubeObject, ObjectMeta, Resource } from "../../model/kube.ts";

/** What the API server answers, as far as lists and watches read it before they hand objects on. */
type Answer = { readonly metadata?: Partial<ObjectMeta> & { managedFields?: unknown; continue?: string }; readonly items?: unknown };

const fieldsOf = (value: unknown): Answer => (typeof value === "object" && value !== null ? value : {});

export const apiVersionOf = (resource: Resource): string =>
  resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;

/**
 * An object as callers see it: with apiVersion and kind, which items of a list lack and PartialObjectMetadata replaces, and, unless
 * they were asked for, without managedFields, which are often larger than the rest.
 */
export function asListed(value: unknown, resource: Resource, keepManagedFields = false): KubeObject {
  const object = fieldsOf(value);
  if (object.metadata && !keepManagedFields) delete object.metadata.managedFields;
  return {
    ...object,
    apiVersion: apiVersionOf(resource),
    kind: resource.kind,
    metadata: { ...object.metadata, name: object.metadata?.name ?? "" },
  };
}

/** A single object's document. */
export function asObject(value: unknown): KubeObject {
  const { apiVersion = "", kind = "", metadata, ...rest } = fieldsOf(value) as Partial<KubeObject>;
  return { apiVersion, kind, metadata: { ...metadata, name: metadata?.name ?? "" }, ...rest };
}

/** A page of a list. */
export function asPage(
  value: unknown,
  resource: Resource,
  keepManagedFields = false,
): { items: KubeObject[]; resourceVersion: string; next: string | undefined } {
  const page = fieldsOf(value);
  const items = Array.isArray(page.items) ? page.items : [];
  return {
    items: items.map((item) => asListed(item, resource, keepManagedFields)),
    resourceVersion: page.metadata?.resourceVersion ?? "",
    next: page.metadata?.continue || undefined,
  };
}

const partial = (kind: string): string => `application/json;as=${kind};v=v1;g=meta.k8s.io`;

/** The Accept header for whole objects or for their metadata alone. */
export const acceptOf = (metadataOnly: boolean | undefined, list: boolean): string =>
  metadataOnly ? partial(list ? "PartialObjectMetadataList" : "PartialObjectMetadata") : "application/json";
