/** "30s", "12m", "5h", "12d", "2y": kubectl's way of telling an age, at most one unit below 10 of the larger. */
export function formatAge(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return seconds % 60 === 0 ? `${minutes}m` : `${minutes}m${seconds % 60}s`;
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${minutes % 60}m`;
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / 24);
  if (days < 8) return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
  if (days < 730) return `${days}d`;
  return `${Math.floor(days / 365)}y`;
}

/** "0.4 s", "12 s", "3 min", "2 h": a duration in a sentence. */
export function formatDuration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 120_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 7_200_000) return `${Math.round(ms / 60_000)} min`;
  return `${Math.round(ms / 3_600_000)} h`;
}

const binary = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** The power of 1024 that leaves at least one digit before the point. */
function binaryUnit(bytes: number): number {
  let unit = 0;
  for (let rest = bytes; rest >= 1024 && unit < binary.length - 1; rest /= 1024) unit += 1;
  return unit;
}

const digits = (value: number): string => (value >= 10 || Number.isInteger(value) ? String(Math.round(value)) : value.toFixed(1));

/** "512 B", "1.5 GiB". */
export function formatBytes(bytes: number): string {
  const unit = binaryUnit(bytes);
  return `${digits(bytes / 1024 ** unit)} ${binary[unit]}`;
}

/** Both in the unit of the second: "61/100 GiB". */
export function formatBytesOf(usedBytes: number, sizeBytes: number): string {
  const unit = binaryUnit(sizeBytes);
  return `${digits(usedBytes / 1024 ** unit)}/${digits(sizeBytes / 1024 ** unit)} ${binary[unit]}`;
}

/** Thousands set apart by commas, without Intl (which costs 11 ms of start-up). */
export const formatCount = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

const dayMs = 86_400_000;

/** Whole days from `now` until `then`; negative when it is over. */
export const daysUntil = (then: number, now: number): number => Math.floor((then - now) / dayMs);

const quantities: Readonly<Record<string, number>> = {
  "": 1,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 1024,
  Mi: 1024 ** 2,
  Gi: 1024 ** 3,
  Ti: 1024 ** 4,
  Pi: 1024 ** 5,
  Ei: 1024 ** 6,
};

/** A Kubernetes quantity ("10Gi", "500M", "1e9") as a number; undefined when it is none. */
export function parseQuantity(text: string): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)([a-zA-Z]*)$/.exec(text.trim());
  const factor = quantities[match?.[2] ?? ""];
  return match && factor !== undefined ? Number(match[1]) * factor : undefined;
}
