import { AppError } from "../model/errors.ts";
import { msOf } from "../model/instant.ts";
import type { Observation } from "../model/observation.ts";

/** A check of one value: undefined when it fits, else the path of what does not, and what was expected there. */
type Check = (value: unknown, path: string) => string | undefined;

const is =
  (what: string, fits: (value: unknown) => boolean): Check =>
  (value, path) =>
    fits(value) ? undefined : `${path || "the document"} is not ${what}`;

const text = is("a text", (value) => typeof value === "string");
const number = is("a number", (value) => typeof value === "number");
const boolean = is("true or false", (value) => typeof value === "boolean");
const instant = is("a date", (value) => typeof value === "string" && !Number.isNaN(msOf(value)));
const oneOf = (...allowed: unknown[]): Check => is(`one of ${allowed.join(", ")}`, (value) => allowed.includes(value));

const optional =
  (check: Check): Check =>
  (value, path) =>
    value === undefined ? undefined : check(value, path);

const list =
  (item: Check): Check =>
  (value, path) => {
    if (!Array.isArray(value)) return `${path} is not a list`;
    for (const [index, entry] of value.entries()) {
      const wrong = item(entry, `${path}[${index}]`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };

const record =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value, path) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return `${path || "the document"} is not an object`;
    for (const [name, check] of Object.entries(fields)) {
      const wrong = check((value as Record<string, unknown>)[name], path === "" ? name : `${path}.${name}`);
      if (wrong !== undefined) return wrong;
    }
    return undefined;
  };

const partition = record({ partition: number, leader: number, replicas: list(number), isr: list(number) });
const topic = record({ name: text, internal: boolean, partitions: list(partition), minIsr: optional(number) });
const member = record({ id: number, lag: number, behindMs: optional(number) });
const pod = record({
  name: text,
  uid: text,
  phase: text,
  ready: boolean,
  terminating: boolean,
  restarts: number,
  startedAt: optional(instant),
  readySince: optional(instant),
});
const disk = record({ sizeBytes: number, usedBytes: optional(number) });

const node = record({
  id: number,
  name: text,
  roles: list(oneOf("controller", "broker")),
  pod: optional(pod),
  disk: optional(disk),
  offlineLogDirs: optional(list(text)),
  restartReasons: list(text),
  registration: optional(oneOf("active", "fenced", "absent")),
  leaders: optional(number),
  replicas: optional(number),
});

const kafka = record({
  via: text,
  clusterId: text,
  controllerId: number,
  quorum: optional(record({ leaderId: number, epoch: number, voters: list(member), observers: list(member) })),
  topics: optional(list(topic)),
  reassignments: optional(list(record({ topic: text, partition: number, adding: list(number), removing: list(number) }))),
});

const observation = record({
  apiVersion: oneOf("kubectl-kafka/v1"),
  kind: oneOf("ClusterObservation"),
  observedAt: instant,
  cluster: record({ namespace: text, name: text }),
  mode: record({ kind: oneOf("managed", "direct", "external"), because: text }),
  operator: optional(record({ namespace: text, name: text, ready: boolean })),
  declared: optional(record({ paused: boolean, conditions: list(record({ type: text, status: text })) })),
  listeners: list(record({ name: text, bootstrapServers: text })),
  nodes: list(node),
  kafka: optional(kafka),
  certificates: list(record({ secret: text, key: text, role: oneOf("clusterCa", "clientsCa", "leaf"), subject: text, notAfter: instant })),
  gaps: list(record({ part: text, because: text })),
});

/** A document that `status -o json|yaml` wrote, read back. Throws AppError InvalidFile with the place of the first thing that does not fit. */
export function parseObservation(document: unknown, path: string): Observation {
  const wrong = observation(document, "");
  if (wrong !== undefined)
    throw new AppError("InvalidFile", `${path} is not a saved observation: ${wrong}`, {
      hint: "kubectl kafka status CLUSTER -o json > FILE writes one",
    });
  return document as Observation;
}
