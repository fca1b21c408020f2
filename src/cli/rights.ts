// What verbs must be allowed to do, as readable lines: verbs, resources, and in brackets what for. A test compares them with what is asked for.

const parts = "statefulsets, services, configmaps, secrets, serviceaccounts, persistentvolumeclaims, networkpolicies, poddisruptionbudgets";

/** Without them less is known: a namespace's Role cannot give all of them. */
const optionalRights = [
  "list deployments in all namespaces; list strimzipodsets (optional: to see whether an operator looks after the cluster)",
  "list nodes (optional: zones of controllers)",
];

const brokers = "get, create pods/portforward (to ask the brokers)";

const classes = "list storageclasses (optional: to tell which volumes can grow)";

/** To look at clusters. */
export const lookRights = [
  "list pods, services, statefulsets, persistentvolumeclaims",
  "list kafkas, kafkanodepools (where these kinds exist)",
  "list secrets, or get the cluster's own (optional: to log in to the brokers, and for certificates)",
  brokers,
  ...optionalRights,
];

/** To plan. */
export const planRights = [
  `list ${parts}, pods`,
  "list kafkas, kafkanodepools; with manifests create, patch them (as a dry run)",
  "get configmaps (for external logging)",
  brokers,
  classes,
  ...optionalRights,
];

const lock = "get, create, patch, delete leases (one run per cluster at a time)";

/** To plan for resources that are there, and to carry it out. */
export const runRights = [
  `get, list, create, patch, delete ${parts}`,
  "get, list, delete pods (to restart nodes); get pods/log (optional: to see how far a starting broker is)",
  brokers,
  "get, list kafkas, kafkanodepools; patch kafkas/status, kafkanodepools/status",
  lock,
  classes,
  ...optionalRights,
];

/** The same for resources that are written first. */
export const writeRights = [...runRights, "create, patch kafkas, kafkanodepools"];

export const deleteRights = [
  `list, delete ${parts}`,
  "get persistentvolumeclaims; get, list pods (to wait until they are gone)",
  "list, delete kafkas, kafkanodepools",
  brokers,
  lock,
  classes,
  ...optionalRights,
];
