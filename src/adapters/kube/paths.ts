import type { Resource } from "../../model/kube.ts";

/** What a request is about, in the API's words; for its URL and for messages. `path` stands for requests that are about no resource. */
export type Subject = {
  readonly verb: string;
  readonly resource?: Resource | undefined;
  readonly namespace?: string | undefined;
  readonly name?: string | undefined;
  readonly subresource?: string | undefined;
  readonly path?: string | undefined;
};

export type Query = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** The URL path of a collection, an object or its subresource. */
export function pathOf({ resource, namespace, name, subresource, path }: Subject): string {
  if (!resource) return path ?? "/";
  const parts = resource.group === "" ? ["api", resource.version] : ["apis", resource.group, resource.version];
  if (resource.namespaced && namespace !== undefined) parts.push("namespaces", namespace);
  parts.push(resource.plural);
  if (name !== undefined) parts.push(name);
  if (subresource !== undefined) parts.push(...subresource.split("/"));
  return `/${parts.map(encodeURIComponent).join("/")}`;
}

/** `?a=1&b=2`, or nothing; what is undefined, false or empty is left out, a list repeats its key. */
export function queryOf(query: Query = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value === undefined || value === false || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) params.append(key, String(one));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}

/** The plural with its group, as kubectl and RBAC write it: "pods", "kafkas.kafka.strimzi.io". */
export const resourceName = (resource: Resource): string =>
  resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`;

/** "Pod kafka/my-cluster-kafka-0", "pods in namespace kafka", "pods", "/version". */
export function describe({ resource, namespace, name, path }: Subject): string {
  if (!resource) return path ?? "the API";
  if (name !== undefined) return `${resource.kind} ${namespace !== undefined && resource.namespaced ? `${namespace}/` : ""}${name}`;
  return `${resourceName(resource)}${namespace !== undefined && resource.namespaced ? ` in namespace ${namespace}` : ""}`;
}
