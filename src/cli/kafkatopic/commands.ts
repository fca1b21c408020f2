import type { Face } from "../command.ts";

/** `kubectl kafkatopic`: topics. */
export const kafkatopicFace: Face = { name: "kubectl-kafkatopic", summary: "Topics of Apache Kafka on Kubernetes.", commands: [] };
