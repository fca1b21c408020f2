/** A moment as ISO 8601 text, as Kubernetes writes it. The conversions live here, so that nothing else names the global clock. */
export type Instant = string;

export const toInstant = (ms: number): Instant => new Date(ms).toISOString();

/** Milliseconds since the epoch; NaN for a text that is no instant. */
export const msOf = (instant: Instant): number => Date.parse(instant);
