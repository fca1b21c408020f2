import type { KubeObject } from "../../../src/model/kube.ts";

type Json = Record<string, unknown>;

const fill = (value: unknown, defaults: Json): Json => ({ ...defaults, ...(value as Json | undefined) });
const each = (list: unknown, defaults: Json): unknown => (Array.isArray(list) ? list.map((entry) => fill(entry, defaults)) : list);

const inTexts = new Set(["labels", "annotations", "matchLabels", "nodeSelector"]);

/** An empty text is none for the API server, but in maps of texts. */
function withoutEmpty(value: unknown, name = ""): unknown {
  if (Array.isArray(value)) return value.map((entry) => withoutEmpty(entry));
  if (typeof value !== "object" || value === null || inTexts.has(name)) return value;
  const entries = Object.entries(value).filter(([, inner]) => inner !== "");
  return Object.fromEntries(entries.map(([key, inner]) => [key, withoutEmpty(inner, key)]));
}

/** As the API server writes a quantity: "2048Mi" is "2Gi", 0.5 is "500m". */
function quantity(value: unknown): unknown {
  const text = String(value);
  const [, digits, unit] = /^(\d+)(Ki|Mi|Gi)$/.exec(text) ?? [];
  const units = ["Ki", "Mi", "Gi", "Ti"];
  if (digits !== undefined && Number(digits) % 1024 === 0) return `${Number(digits) / 1024}${units[units.indexOf(unit ?? "") + 1]}`;
  return /^\d*\.\d+$/.test(text) ? `${Math.round(Number(text) * 1000)}m` : text;
}

const quantities = (map: unknown): unknown =>
  Object.fromEntries(Object.entries((map ?? {}) as Json).map(([name, value]) => [name, quantity(value)]));

const amounts = ({ limits, requests, ...rest }: Json): Json => ({
  ...rest,
  ...(limits === undefined ? {} : { limits: quantities(limits) }),
  ...(requests === undefined ? {} : { requests: quantities(requests) }),
});

function podSpec(given: unknown): Json {
  const spec = withoutEmpty(given);
  const filled = fill(spec, {
    dnsPolicy: "ClusterFirst",
    restartPolicy: "Always",
    schedulerName: "default-scheduler",
    securityContext: {},
  });
  const containers = (filled.containers as Json[] | undefined)?.map((container) => ({
    ...fill(container, { terminationMessagePath: "/dev/termination-log", terminationMessagePolicy: "File", resources: {} }),
    ...(container.resources === undefined ? {} : { resources: amounts(container.resources as Json) }),
    ...(container.ports === undefined ? {} : { ports: each(container.ports, { protocol: "TCP" }) }),
  }));
  return { ...filled, ...(containers === undefined ? {} : { containers }) };
}

function statefulSet(spec: Json): Json {
  const template = fill(spec.template, {});
  return {
    ...fill(spec, { podManagementPolicy: "OrderedReady", revisionHistoryLimit: 10, replicas: 1 }),
    persistentVolumeClaimRetentionPolicy: { whenDeleted: "Retain", whenScaled: "Retain" },
    template: { ...template, spec: podSpec(template.spec) },
    ...(spec.volumeClaimTemplates === undefined
      ? {}
      : {
          volumeClaimTemplates: (spec.volumeClaimTemplates as Json[]).map((claim) => ({
            ...claim,
            spec: fill(claim.spec, { volumeMode: "Filesystem" }),
            status: { phase: "Pending" },
          })),
        }),
  };
}

let addresses = 0;

function service(spec: Json): Json {
  const headless = spec.clusterIP === "None";
  if (!headless && spec.clusterIP === undefined) addresses += 1;
  const clusterIP = spec.clusterIP ?? `10.96.0.${addresses}`;
  return {
    ...fill(spec, {
      type: "ClusterIP",
      sessionAffinity: "None",
      ipFamilyPolicy: "SingleStack",
      ipFamilies: ["IPv4"],
      internalTrafficPolicy: "Cluster",
      clusterIP,
      clusterIPs: [clusterIP],
    }),
    ports: each(spec.ports, { protocol: "TCP" }),
  };
}

/** What the API server adds to an object on its own: whoever compares must live with it. */
export function withDefaults(object: KubeObject): KubeObject {
  const spec = (object.spec ?? {}) as Json;
  switch (object.kind) {
    case "StatefulSet":
      return { ...object, spec: statefulSet(spec) };
    case "Service":
      return { ...object, spec: service(spec) };
    case "PersistentVolumeClaim":
      return {
        ...object,
        spec: fill(
          { ...spec, resources: amounts((spec.resources ?? {}) as Json) },
          { volumeMode: "Filesystem", storageClassName: "standard" },
        ),
      };
    case "Secret":
      return { ...object, type: object.type ?? "Opaque" };
    default:
      return object;
  }
}
