/** What came of one try: an HTTP status, or undefined when the connection broke. */
export type Outcome = {
  readonly status: number | undefined;
  readonly retryAfter?: string | undefined;
  /** The connection had carried other requests before. */
  readonly reused?: boolean | undefined;
  /** The code of the fault, ECONNRESET for instance. */
  readonly code?: string | undefined;
};

/** `idempotent`: to do it twice is the same as once. `attempt` counts from 0. `elapsedMs` since the first try. */
export type Attempt = {
  readonly outcome: Outcome;
  readonly idempotent: boolean;
  readonly method: string;
  readonly attempt: number;
  readonly elapsedMs: number;
  readonly random: number;
};

const maxAttempts = 6;
const maxElapsedMs = 60_000;
const maxWaitMs = 30_000;

/**
 * How long to wait before the next try; undefined: no more.
 * 1. With Retry-After (429, 503) the server has done nothing: any request is sent again, when it says.
 * 2. Without, only what may be done twice, after 250 ms, 500 ms, 1 s, …, with jitter: 429, 502, 503, 504, and 500 for reads.
 * 3. A kept-alive connection that the server had just closed: once, at once, on a new one.
 */
export function retryDelayMs({ outcome, idempotent, method, attempt, elapsedMs, random }: Attempt): number | undefined {
  if (attempt + 1 >= maxAttempts || elapsedMs > maxElapsedMs) return undefined;
  if (outcome.status === undefined)
    return idempotent && outcome.reused && attempt === 0 && /^(ECONNRESET|EPIPE|ECONNABORTED)$/.test(outcome.code ?? "") ? 0 : undefined;
  const seconds = Number.parseInt(outcome.retryAfter ?? "", 10);
  if (seconds >= 0 && (outcome.status === 429 || outcome.status >= 500)) return Math.min(seconds * 1000, maxWaitMs);
  const passing =
    outcome.status === 429 || (outcome.status >= 502 && outcome.status <= 504) || (outcome.status === 500 && method === "GET");
  return idempotent && passing ? backoffMs(attempt, random) : undefined;
}

/** 250 ms doubled per attempt, at most 30 s, of which the second half is random. */
export function backoffMs(attempt: number, random: number): number {
  const full = Math.min(250 * 2 ** attempt, maxWaitMs);
  return Math.round(full / 2 + (full / 2) * random);
}
