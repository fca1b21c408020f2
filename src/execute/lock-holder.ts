import type { KubeObject } from "../model/kube.ts";
import type { ThisProcess } from "../ports/program.ts";

// A run that was killed keeps its lock until it runs out. Whoever comes after it on the same machine can do better: ask whether its process
// is still there.
//
// The number of a process says something only to those who count processes alike: two containers may share a host's name, and two machines
// a container's. So the Lease carries, beside the number, the place where it counts: the machine since it was started (the kernel's boot id)
// together with the kernel's number of the space in which processes are counted. Where both are ours, every process of that place can be seen
// from here, and one that is not there has ended; a number that was given to another process since, or a space that was, only makes us wait
// for the time to run out, as everybody else does. Where the system does not tell its place (it is Linux' way to tell) nothing is concluded.
// Machines that were copied while they ran share all of it but their name, which is compared too; should they share that as well, whoever
// loses the lock hears of it at its next renewal, as it would of a take-over by force.

const annotation = "kubectl-kafka/process";

/** What is written beside the name of a holder; it replaces what another one wrote. */
export const markOf = ({ pid, place }: ThisProcess): Readonly<Record<string, string>> => ({
  [annotation]: place === undefined ? "" : `${place}/${pid}`,
});

type Held = KubeObject & { readonly spec?: { readonly holderIdentity?: string } };

/** The process that has a lock is surely not there any more. False also where that cannot be known. */
export function hasEnded({ metadata, spec }: Held, { host, place, exists }: ThisProcess): boolean {
  const [, where, number] = /^(.+)\/(\d+)$/.exec(metadata.annotations?.[annotation] ?? "") ?? [];
  if (place === undefined || where !== place || number === undefined) return false;
  // whoever takes a lock without a word of its process leaves the mark of the one before
  return (spec?.holderIdentity ?? "").endsWith(`@${host}/${number}`) && !exists(Number(number));
}
