import { readFileSync } from "node:fs";

/** What tells a process from every other, also from a later one with the same number, on this boot of the machine or another. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks between the boot and the start of the process. */
  readonly startTicks: number;
  readonly boot: string;
}

/** The identity of a running process, or undefined when there is none (or only its corpse); `proc` may be another machine's /proc. */
export function identify(pid: number, proc = "/proc"): ProcessIdentity | undefined {
  try {
    const stat = parseStat(readFileSync(`${proc}/${pid}/stat`, "utf8"));
    if (stat.state === "Z" || stat.state === "X") return undefined;
    return { pid, startTicks: stat.startTicks, boot: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim() };
  } catch {
    return undefined;
  }
}

/** Whether the very process that was recorded still runs. */
export function isAlive(recorded: ProcessIdentity, proc = "/proc"): boolean {
  const found = identify(recorded.pid, proc);
  return found !== undefined && found.startTicks === recorded.startTicks && found.boot === recorded.boot;
}

/** Reads /proc/PID/stat; the program's name, in parentheses, may itself hold spaces and parentheses. */
export function parseStat(stat: string): { readonly state: string; readonly startTicks: number } {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const [state = "", startTicks] = [fields[0], Number(fields[19])];
  if (!Number.isSafeInteger(startTicks)) throw new Error(`unexpected contents of /proc/PID/stat: ${stat}`);
  return { state, startTicks };
}
