import assert from "node:assert/strict";
import { type Resource, resources } from "../../src/model/kube.ts";
import type { OpenKafka } from "../../src/ports/kafka.ts";
import type { KubeApi } from "../../src/ports/kube.ts";
import type { FakeWorld } from "../fakes/world/world.ts";
import type { CliWorld } from "./run-cli.ts";
import { runIn } from "./world-cli.ts";

/** A right that a request needs: of the API server's authorization, by its own names. */
export type Right = {
  readonly verb: string;
  readonly group: string;
  /** "pods", "pods/portforward", "kafkas/status". */
  readonly resource: string;
  /** Asked for in all namespaces, or of what belongs to none. */
  readonly everywhere: boolean;
};

const { pods } = resources;

type Asked = { readonly resource: Resource; readonly namespace?: string | undefined; readonly subresource?: string | undefined };

const rightOf = (verb: string, { resource, namespace, subresource }: Asked): Right => ({
  verb,
  group: resource.group,
  resource: subresource === undefined ? resource.plural : `${resource.plural}/${subresource}`,
  everywhere: !resource.namespaced || (verb === "list" && namespace === undefined),
});

/** Runs a command line that must succeed, and tells which rights its requests needed. */
export async function recorded(world: FakeWorld, line: string, more: CliWorld): Promise<readonly Right[]> {
  const rights: Right[] = [];
  const note = (verb: string, asked: Asked): void => void rights.push(rightOf(verb, asked));
  const { kube: real, openKafka: open } = world;
  const noting =
    <A, Rest extends unknown[], R>(verbs: readonly string[], asked: (request: A) => Asked, call: (request: A, ...rest: Rest) => R) =>
    (request: A, ...rest: Rest): R => {
      for (const verb of verbs) note(verb, asked(request));
      return call(request, ...rest);
    };
  const podPart = (subresource: string) => (): Asked => ({ resource: pods, namespace: "kafka", subresource });
  const kube: KubeApi = {
    ...real,
    get: noting(["get"], (ref) => ref, real.get),
    list: noting(["list"], (request) => request, real.list),
    create: (object, resource, signal) => noting(["create"], () => ({ resource }), real.create)(object, resource, signal),
    // what is not there yet is created by the same request
    apply: noting(["create", "patch"], (request) => request, real.apply),
    patch: noting(["patch"], ({ ref, subresource }) => ({ ...ref, subresource }), real.patch),
    delete: noting(["delete"], ({ ref }) => ref, real.delete),
    evict: noting(["create"], podPart("eviction"), real.evict),
    logs: noting(["get"], podPart("log"), real.logs),
  };
  const openKafka: OpenKafka = (target, signal) => {
    for (const verb of ["get", "create"]) note(verb, { resource: pods, namespace: "kafka", subresource: "portforward" });
    return open(target, signal);
  };
  const { exitCode, stderr } = await runIn(world, line, { ...more, kube: async () => kube, openKafka });
  assert.equal(exitCode, 0, `${line}: ${stderr}`);
  return [...new Map(rights.map((right) => [JSON.stringify(right), right])).values()];
}
