import type { Face } from "../command.ts";

/** `kubectl kafkauser`: users and their rights. */
export const kafkauserFace: Face = {
  name: "kubectl-kafkauser",
  summary: "Users of Apache Kafka on Kubernetes, and their rights.",
  commands: [],
};
