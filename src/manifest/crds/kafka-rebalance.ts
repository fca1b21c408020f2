import { statusOf } from "./kubernetes.ts";
import { boolean, freeObject, integer, list, object, oneOf, string } from "./schema.ts";

const spec = object({
  mode: oneOf("full", "add-brokers", "remove-brokers", "remove-disks"),
  brokers: list(integer(0)),
  goals: list(string()),
  skipHardGoalCheck: boolean(),
  rebalanceDisk: boolean(),
  excludedTopics: string(),
  concurrentPartitionMovementsPerBroker: integer(0),
  concurrentIntraBrokerPartitionMovements: integer(0),
  concurrentLeaderMovements: integer(0),
  replicationThrottle: integer(0),
  replicaMovementStrategies: list(string()),
  moveReplicasOffVolumes: list(object({ brokerId: integer(0), volumeIds: list(integer(0), 1) }, ["brokerId", "volumeIds"]), 1),
});

const status = statusOf({
  sessionId: string(),
  progress: object({ rebalanceProgressConfigMap: string() }),
  optimizationResult: freeObject(),
});

export const kafkaRebalanceSchema = { spec, status };
