import type { IncomingMessage } from "node:http";
import type { AppError } from "../../model/errors.ts";
import type { Credential, CredentialSource } from "./credentials.ts";
import { parseStatus } from "./errors.ts";
import { ConnectionFault } from "./http.ts";
import { codeOf } from "./reason.ts";
import type { Outcome } from "./retry.ts";
import { retryDelayMs } from "./retry.ts";

/** One try of a request: an answer of any status, its text read unless it streams, or a connection that broke. */
export type Try =
  | { readonly kind: "Answered"; readonly response: IncomingMessage; readonly text: string }
  | { readonly kind: "Broken"; readonly fault: ConnectionFault };

export type Answered = Extract<Try, { kind: "Answered" }>;

export type Exchange = {
  readonly credentials: CredentialSource;
  readonly method: string;
  readonly idempotent: boolean;
  /** Never again, whatever the answer, but for new credentials. */
  readonly once: boolean;
  readonly signal: AbortSignal | undefined;
  /** Sends the request. Throws ConnectionFault when no answer comes. */
  send(credential: Credential): Promise<Answered>;
  /** What to throw for a try that is the last. */
  refusal(failed: Try): AppError;
  /** What to throw for anything else that went wrong on the way. */
  fault(error: unknown): AppError;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  random(): number;
  now(): number;
  trace(line: string): void;
};

/** Sends until it is answered with 2xx: again after a passing fault (see retry.ts), and once with other credentials after a 401. */
export async function exchangeUntilAnswered(exchange: Exchange): Promise<Answered> {
  const { credentials, signal } = exchange;
  const orFault = (error: unknown): never => {
    throw exchange.fault(error);
  };
  const startedAt = exchange.now();
  let mayRenew = true;
  for (let attempt = 0; ; attempt += 1) {
    const credential = await credentials.current(signal).catch(orFault);
    const tried = await tryOnce(exchange, credential);
    if (tried.kind === "Answered" && isOk(tried.response)) return tried;
    if (tried.kind === "Answered" && tried.response.statusCode === 401 && mayRenew) {
      mayRenew = false;
      if (await credentials.renew(credential, signal).catch(orFault)) continue;
    }
    const delay = nextTryIn(exchange, tried, { attempt, elapsedMs: exchange.now() - startedAt });
    if (delay === undefined) throw exchange.refusal(tried);
    exchange.trace(`trying again in ${delay} ms`);
    await exchange.sleep(delay, signal).catch(orFault);
  }
}

async function tryOnce(exchange: Exchange, credential: Credential): Promise<Try> {
  try {
    return await exchange.send(credential);
  } catch (error) {
    if (error instanceof ConnectionFault) return { kind: "Broken", fault: error };
    throw error;
  }
}

function nextTryIn(exchange: Exchange, tried: Try, so: { attempt: number; elapsedMs: number }): number | undefined {
  if (exchange.once || exchange.signal?.aborted) return undefined;
  return retryDelayMs({
    outcome: outcomeOf(tried),
    method: exchange.method,
    idempotent: exchange.idempotent,
    random: exchange.random(),
    ...so,
  });
}

export const isOk = (response: IncomingMessage): boolean =>
  response.statusCode !== undefined && response.statusCode >= 200 && response.statusCode < 300;

function outcomeOf(tried: Try): Outcome {
  if (tried.kind === "Broken") {
    return { status: undefined, reused: tried.fault.reused, code: codeOf(tried.fault.cause) };
  }
  const retryAfter = tried.response.headers["retry-after"] ?? parseStatus(tried.text).details?.retryAfterSeconds?.toString();
  return { status: tried.response.statusCode, retryAfter };
}
