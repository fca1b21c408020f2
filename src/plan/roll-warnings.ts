import type { Observation } from "../model/observation.ts";
import type { Notice, RestartTarget } from "../model/plan.ts";
import type { RollRequest } from "../model/roll.ts";
import type { TopicShare } from "./roll-costs.ts";

type Question = {
  readonly observation: Observation;
  readonly request: RollRequest;
  readonly targets: readonly RestartTarget[];
  readonly withoutSpare: TopicShare;
};

const many = (count: number, one: string): string => `${count} ${one}${count === 1 ? "" : "s"}`;

function topicWarnings({ partitions, topics, examples }: TopicShare): Notice[] {
  if (partitions === 0) return [];
  const rest = topics - examples.length;
  const names = `${examples.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
  const message = "no more replicas than min ISR: they cannot be written with acks=all while one of their brokers is away";
  return [{ subject: `${many(partitions, "partition")} of ${names}`, reason: "WithoutSpare", message }];
}

/** What an operator does in its own way, though it was asked for otherwise. */
function operatorWarnings({ observation, request }: Question): Notice[] {
  if (observation.mode.kind !== "managed") return [];
  const given = [
    ...(request.maxUnavailable === 1 ? [] : ["--max-unavailable"]),
    ...(request.evict ? ["--evict"] : []),
    ...(request.leaderMoves ? [] : ["--no-leader-moves"]),
  ];
  if (given.length === 0) return [];
  const message = `the operator restarts one pod after the other in its own way: ${given.join(", ")} changes nothing`;
  return [{ subject: "operator", reason: "OperatorDecides", message }];
}

/** What a person should know before a roll begins. */
export function rollWarnings(question: Question): Notice[] {
  const { observation, targets, withoutSpare } = question;
  const { kafka, nodes, gaps } = observation;
  if (targets.length === 0) return [];
  const going = new Set(targets.map(({ node }) => node));
  const single = kafka?.quorum?.voters.length === 1 && going.has(kafka.quorum.voters[0]?.id ?? -1);
  const because = gaps.find(({ part }) => part === "Kafka")?.because;
  const unread: Notice = {
    subject: "Kafka",
    reason: "NotRead",
    message: `it could not be asked${because === undefined ? "" : ` (${because})`}: until it answers, no node that is ready is restarted`,
  };
  const lone: Notice = {
    subject: "metadata quorum",
    reason: "SingleVoter",
    message: "it has one voter: nothing can be created, changed or elected while that is away",
  };
  const offline = nodes
    .filter(({ id, offlineLogDirs }) => going.has(id) && offlineLogDirs !== undefined)
    .map(({ name, offlineLogDirs = [] }) => ({
      subject: name,
      reason: "LogDirOffline",
      message: `log directory ${offlineLogDirs.join(", ")} is offline: its replicas there come back only if the restart cures it`,
    }));
  return [
    ...(kafka === undefined ? [unread] : []),
    ...(single ? [lone] : []),
    ...topicWarnings(withoutSpare),
    ...offline,
    ...operatorWarnings(question),
  ];
}
