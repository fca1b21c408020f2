import { AppError } from "../model/errors.ts";
import type { PartitionRef } from "../model/finding.ts";
import type { Observation } from "../model/observation.ts";
import type { StepRun } from "./execute-io.ts";

/** What one request may ask for. */
const electionsAtOnce = 2_000;

/** Partitions whose first replica is on one of the nodes and in sync, and does not lead. */
export function strayLeaders(nodes: ReadonlySet<number>, { kafka }: Observation): PartitionRef[] {
  return (kafka?.topics ?? []).flatMap(({ name, partitions }) =>
    partitions.flatMap(({ partition, leader, replicas, isr }) => {
      const [preferred] = replicas;
      if (preferred === undefined || !nodes.has(preferred) || leader === preferred || !isr.includes(preferred)) return [];
      return [{ topic: name, partition }];
    }),
  );
}

/**
 * Gives partitions back to their preferred leaders on nodes that are in sync again. A restart is done without it, so that a refusal is a
 * remark: the brokers do it by themselves in time (auto.leader.rebalance.enable).
 */
export async function giveLeadersBack({ io }: StepRun, nodes: ReadonlySet<number>, observation: Observation): Promise<string | undefined> {
  const partitions = strayLeaders(nodes, observation);
  if (partitions.length === 0) return undefined;
  try {
    const kafka = await io.openKafka();
    try {
      for (let at = 0; at < partitions.length; at += electionsAtOnce) {
        const refusals = await kafka.electLeaders("preferred", partitions.slice(at, at + electionsAtOnce));
        const [first] = refusals;
        if (first !== undefined) return `${refusals.size} leaders were not given back: ${first[0]}: ${first[1].message || first[1].error}`;
      }
    } finally {
      kafka.close();
    }
  } catch (error) {
    if (error instanceof AppError) return `leaders were not given back: ${error.message}`;
    throw error;
  }
  return undefined;
}
