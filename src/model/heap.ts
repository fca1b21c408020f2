/** The bytes of a heap as Java reads them: "512m", "2g", "1048576"; undefined where it is none. */
export function parseHeap(text: string): number | undefined {
  const [, digits, unit = ""] = /^(\d+)([mMgG]?)$/.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * ({ m: 1024 ** 2, g: 1024 ** 3 }[unit.toLowerCase()] ?? 1);
}

const maxHeapBytes = 5 * 1024 ** 3;

/** Of a container with so much memory: half of it and at most 5 GiB, since Kafka lives on the page cache. */
export const defaultHeapBytes = (memoryBytes: number): number => Math.min(Math.floor(memoryBytes / 2), maxHeapBytes);
