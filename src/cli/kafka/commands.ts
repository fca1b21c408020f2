import type { Face } from "../command.ts";
import { applyCommand } from "./apply-command.ts";
import { createCommand } from "./create-command.ts";
import { deleteCommand } from "./delete-command.ts";
import { installCommand } from "./install-command.ts";
import { listCommand } from "./list-command.ts";
import { planCommand } from "./plan-command.ts";
import { reconcileCommand } from "./reconcile-command.ts";
import { rollCommand } from "./roll-command.ts";
import { rollStatusCommand } from "./roll-status-command.ts";
import { statusCommand } from "./status-command.ts";

/** `kubectl kafka`: clusters. */
export const kafkaFace: Face = {
  name: "kubectl-kafka",
  summary: "Run, inspect and repair Apache Kafka on Kubernetes, with a Strimzi operator or without one.",
  commands: [
    listCommand,
    statusCommand,
    installCommand,
    createCommand,
    applyCommand,
    planCommand,
    reconcileCommand,
    deleteCommand,
    rollCommand,
    rollStatusCommand,
  ],
};
