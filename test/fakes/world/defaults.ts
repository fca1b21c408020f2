import type { KubeObject } from "../../../src/model/kube.ts";

type Json = Record<string, unknown>;

const fill = (value: unknown, defaults: Json): Json => ({ ...defaults, ...(value as Json | undefined) });
const each = (list: unknown, defaults: Json): unknown => (Array.isArray(list) ? list.map((entry) => fill(entry, defaults)) : list);

function podSpec(spec: unknown): Json {
  const filled = fill(spec, {
    dnsPolicy: "ClusterFirst",
    restartPolicy: "Always",
    schedulerName: "default-scheduler",
    securityContext: {},
  });
  const containers = (filled.containers as Json[] | undefined)?.map((container) => ({
    ...fill(container, { terminationMessagePath: "/dev/termination-log", terminationMessagePolicy: "File", resources: {} }),
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
      return { ...object, spec: fill(spec, { volumeMode: "Filesystem", storageClassName: "standard" }) };
    case "Secret":
      return { ...object, type: object.type ?? "Opaque" };
    default:
      return object;
  }
}
