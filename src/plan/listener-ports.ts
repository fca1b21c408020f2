import type { KubeObject, Resource } from "../model/kube.ts";
import type { FieldChange, Step } from "../model/plan.ts";

// A listener that goes is served by each node until its restart, so that clients must reach it until the last one has restarted.
// 1. Before the restarts, Services and the network policy let through what should be and what was.
// 2. After them, only what should be. Where nothing restarts there is no before.

type Port = { readonly name?: string; readonly port: number; readonly targetPort?: unknown; readonly protocol?: string };
type Rule = { readonly ports?: readonly Port[] };
type Spec = { readonly ports?: readonly Port[]; readonly ingress?: readonly Rule[] };

const specOf = (object: KubeObject): Spec => (object.spec ?? {}) as Spec;
const portOf = ({ ports }: Rule): number | undefined => ports?.[0]?.port;

/** Ports of one Service have different names; a listener may have moved to another port under its name. */
function withServicePorts(wanted: readonly Port[], present: readonly Port[]): Port[] {
  const names = new Set(wanted.map(({ name }) => name));
  const kept = present.filter(({ port }) => !wanted.some((one) => one.port === port));
  return [...wanted, ...kept.map((port) => (names.has(port.name) ? { ...port, name: `${port.name}-${port.port}` } : port))];
}

function withRules(wanted: readonly Rule[], present: readonly Rule[]): Rule[] {
  const wish = (rule: Rule): Rule | undefined => wanted.find((one) => portOf(one) === portOf(rule));
  const added = wanted.filter((rule) => !present.some((one) => portOf(one) === portOf(rule)));
  return [...present.map((rule) => wish(rule) ?? rule), ...added];
}

/** The object for the time of the restarts: it also lets through what it does now. */
export function whileRestarting(object: KubeObject, live: KubeObject | undefined): KubeObject {
  if (live === undefined) return object;
  const [wanted, present] = [specOf(object), specOf(live)];
  if (object.kind === "Service")
    return { ...object, spec: { ...wanted, ports: withServicePorts(wanted.ports ?? [], present.ports ?? []) } };
  if (object.kind !== "NetworkPolicy") return object;
  return { ...object, spec: { ...wanted, ingress: withRules(wanted.ingress ?? [], present.ingress ?? []) } };
}

const portsOf = (object: KubeObject): readonly Port[] =>
  object.kind === "Service" ? (specOf(object).ports ?? []) : (specOf(object).ingress ?? []).flatMap(({ ports = [] }) => ports);

/** What is to be closed afterwards; none: nothing was kept open. */
export function afterRestarts(resource: Resource, object: KubeObject, live: KubeObject | undefined): Step[] {
  const wanted = portsOf(object);
  const changes = portsOf(whileRestarting(object, live))
    .filter(({ port }) => !wanted.some((one) => one.port === port))
    .map(({ port }): FieldChange => ({ path: `spec.ports[${port}]`, from: port }));
  if (changes.length === 0) return [];
  const { name } = object.metadata;
  return [{ id: `close ports of ${object.kind} ${name}`, kind: "UpdateObject", hazard: "none", why: [], resource, object, changes }];
}
