import { AppError } from "../../src/model/errors.ts";
import type { KubeObject, ObjectRef, Resource } from "../../src/model/kube.ts";
import type { KubeApi, ListRequest } from "../../src/ports/kube.ts";

export type FakeKube = {
  readonly kube: KubeApi;
  /** Every request so far: "list pods", "get secrets/x", "raw /apis/…". */
  readonly requests: readonly string[];
};

type FakeKubeOptions = {
  readonly objects: readonly KubeObject[];
  readonly namespace?: string;
  /** API groups that are installed beside Kubernetes' own. */
  readonly groups?: readonly string[];
  /** Plurals that may not be read ("secrets"), or one way of it ("list secrets"). */
  readonly forbidden?: readonly string[];
  /** Thrown by every request: the API server is not there. */
  readonly down?: AppError;
};

/** kubectl's label selectors as far as they are used here: `key`, `key=value`, joined by commas. */
function matches(selector: string | undefined, labels: Record<string, string> = {}): boolean {
  return (selector ?? "")
    .split(",")
    .filter(Boolean)
    .every((term) => {
      const [key = "", value] = term.split("=");
      return value === undefined ? key in labels : labels[key] === value;
    });
}

const notFound = (what: string) => new AppError("NotFound", `${what} not found`);

/** The Kubernetes API in memory, for reading: the objects it is given, with selectors, missing kinds and missing rights as the real one has them. */
export function fakeKube({
  objects,
  namespace = "kafka",
  groups = ["kafka.strimzi.io", "core.strimzi.io"],
  forbidden = [],
  down,
}: FakeKubeOptions): FakeKube {
  const requests: string[] = [];
  const installed = (resource: Resource) => !resource.group.endsWith("strimzi.io") || groups.includes(resource.group);
  const enter = (verb: string, resource: Resource, name = "") => {
    requests.push(`${verb} ${resource.plural}${name && `/${name}`}`);
    if (down) throw down;
    if (!installed(resource)) throw notFound(`the kind ${resource.kind}`);
    if (forbidden.includes(resource.plural) || forbidden.includes(`${verb} ${resource.plural}`))
      throw new AppError("Forbidden", `not permitted: ${verb} ${resource.plural}`, { hint: "ask for the right" });
  };
  const list = async (request: ListRequest) => {
    enter("list", request.resource);
    const wanted = /^metadata\.name=(.*)$/.exec(request.fieldSelector ?? "")?.[1];
    const items = objects.filter(
      ({ kind, metadata }) =>
        kind === request.resource.kind &&
        (request.namespace === undefined || metadata.namespace === request.namespace) &&
        (wanted === undefined || metadata.name === wanted) &&
        matches(request.labelSelector, metadata.labels),
    );
    return { items, resourceVersion: "1" };
  };
  const get = async (ref: ObjectRef) => {
    enter("get", ref.resource, ref.name);
    const found = objects.find(
      ({ kind, metadata }) =>
        kind === ref.resource.kind && metadata.name === ref.name && metadata.namespace === (ref.namespace ?? namespace),
    );
    if (found === undefined) throw notFound(`${ref.resource.plural} ${ref.name}`);
    return found;
  };
  const raw = async (path: string) => {
    requests.push(`raw ${path}`);
    if (down) throw down;
    const group = path.replace("/apis/", "");
    if (!groups.includes(group)) throw notFound(path);
    return { versions: [{ version: "v1" }], preferredVersion: { version: "v1" } };
  };
  const unused = () => {
    throw new Error("this fake only reads");
  };
  const target = { context: "test", namespace, server: "https://fake", user: "tester" };
  const writes = {
    watch: unused,
    create: unused,
    apply: unused,
    patch: unused,
    delete: unused,
    scale: unused,
    evict: unused,
    logs: unused,
    exec: unused,
    canI: unused,
  };
  return { requests, kube: { target, get, list, raw, ...writes, close: () => {} } };
}
