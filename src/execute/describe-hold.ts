import { assertNever } from "../model/errors.ts";
import { formatDuration } from "../model/units.ts";
import type { HeldPartitions, Hold, PartitionHold } from "../plan/hold.ts";

const set = (nodes: readonly number[]): string => `{${nodes.join(",")}}`;

/** "node 5", "nodes 5 and 6", "nodes 4, 5 and 6". */
function nodesText(nodes: readonly number[]): string {
  if (nodes.length <= 1) return `node ${nodes.join("")}`;
  return `nodes ${nodes.slice(0, -1).join(", ")} and ${nodes.at(-1)}`;
}

const more = (total: number, shown: number): string => (total > shown ? ` and ${total - shown} more` : "");

function partitionsText({ examples, total }: HeldPartitions, tell: (first: HeldPartitions["examples"][number]) => string): string {
  const [first] = examples;
  return first === undefined ? `${total} partitions` : `${first.topic}-${first.partition} ${tell(first)}${more(total, 1)}`;
}

function partitionHold(hold: PartitionHold): string {
  const { partitions, waitFor } = hold;
  const cure = waitFor.length === 0 ? "" : `; waiting for ${nodesText(waitFor)} to catch up`;
  switch (hold.kind) {
    case "OnlyReplicaInSync":
      return `no other node has all of ${partitionsText(partitions, ({ isr }) => `(ISR ${set(isr)})`)}${cure}`;
    case "UnderMinIsr":
      return `${partitionsText(partitions, ({ isr, minIsr }) => `has ISR ${set(isr)}, below min ISR ${minIsr}`)}${cure}`;
    case "AtMinIsr":
      return `${partitionsText(partitions, atMinIsr)}${cure}`;
    default:
      return assertNever(hold.kind);
  }
}

const atMinIsr = ({ isr, minIsr, left }: HeldPartitions["examples"][number]): string =>
  isr.length === minIsr && left.length === minIsr - 1
    ? `has ISR ${set(isr)} = min ISR ${minIsr}`
    : `has ISR ${set(isr)} and min ISR ${minIsr}, of which ${set(left)} would be left`;

/** Why nodes are not restarted yet and what would unblock it, in one line. */
export function describeHold(hold: Hold): string {
  switch (hold.kind) {
    case "NotRead":
      return `${hold.part}: could not be read${hold.because === undefined ? "" : `, ${hold.because}`}`;
    case "Starting":
      return `its pod has been starting for ${formatDuration(hold.forMs)} and may be recovering its logs`;
    case "NeighbourNotReady": {
      const [first] = hold.nodes;
      const detail = first?.detail === undefined ? "" : ` (${first.detail})`;
      return `${first?.pod} is not ready${detail}${more(hold.nodes.length, 1)}`;
    }
    case "QuorumHasNoLeader":
      return "the metadata quorum has no leader";
    case "QuorumBehind":
      return `${hold.caughtUp} other controllers are caught up, ${hold.needed} must be; waiting for ${nodesText(hold.behind.map(({ id }) => id))}`;
    case "ReassignmentUnderWay": {
      const [first] = hold.partitions;
      return `${first?.topic}-${first?.partition}${more(hold.total, 1)} of its partitions are being reassigned`;
    }
    case "OnlyReplicaInSync":
    case "UnderMinIsr":
    case "AtMinIsr":
      return partitionHold(hold);
    default:
      return assertNever(hold);
  }
}
