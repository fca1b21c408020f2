import type { Agent, IncomingMessage, OutgoingHttpHeaders } from "node:http";
import { AppError } from "../../model/errors.ts";
import { formatBytes } from "../../model/units.ts";
import type { Trace } from "../../ports/connect.ts";
import type { KubeTarget } from "../../ports/kube.ts";
import type { Agents } from "./agents.ts";
import { connectionError } from "./connection-errors.ts";
import type { Credential, CredentialSource } from "./credentials.ts";
import { statusError } from "./errors.ts";
import type { Answered } from "./exchange.ts";
import { exchangeUntilAnswered, isOk } from "./exchange.ts";
import { readBody, sendHttp } from "./http.ts";
import type { Query, Subject } from "./paths.ts";
import { describe, pathOf, queryOf } from "./paths.ts";

/** Everything a client is made of. Time and chance are parts so that tests need no time. */
export type ClientParts = {
  readonly target: KubeTarget;
  readonly credentials: CredentialSource;
  /** The pools for a client certificate. */
  agents(credential: Credential): Promise<Agents>;
  /** Sent with every request: impersonation. */
  readonly headers: OutgoingHttpHeaders;
  readonly compress: boolean;
  readonly requestTimeoutMs: number | undefined;
  readonly trace: Trace;
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  random(): number;
  now(): number;
};

export type ApiRequest = {
  readonly subject: Subject;
  /** For messages, where they know more than the URL: the name of an object to be created. */
  readonly about?: Subject;
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly query?: Query;
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** To do it twice is the same as once; GETs are. */
  readonly idempotent?: boolean;
  /** Never again, whatever the answer. */
  readonly once?: boolean;
  readonly signal?: AbortSignal | undefined;
};

/** What a WebSocket to the API server is opened with. */
export type Upgrade = {
  readonly url: URL;
  readonly headers: OutgoingHttpHeaders;
  readonly agent: Agent;
  readonly credential: Credential;
  /** --request-timeout, when it was given. */
  readonly timeoutMs: number | undefined;
};

/** The API server closes requests after a minute itself. */
const answerTimeoutMs = 75_000;

/** Requests with credentials, retries and traces, whose faults are AppErrors. */
export class Client {
  readonly target: KubeTarget;
  readonly #parts: ClientParts;
  readonly #closing: Set<() => void> = new Set();

  constructor(parts: ClientParts) {
    this.target = parts.target;
    this.#parts = parts;
  }

  /** The answer as JSON. */
  async json(request: ApiRequest): Promise<unknown> {
    const { text } = await this.#exchange(request, false);
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new AppError(
        "ServerError",
        `the answer to ${request.subject.verb} ${describe(request.subject)} is not JSON: ${text.slice(0, 100)}`,
        {
          hint: `check that ${this.target.server} is a Kubernetes API server`,
          cause,
        },
      );
    }
  }

  /** The answer as it comes in, for watches and logs. What its reading throws is to be mapped with `fault`. */
  async stream(request: ApiRequest): Promise<IncomingMessage> {
    return (await this.#exchange(request, true)).response;
  }

  /** URL, headers and pool for a WebSocket, with present credentials. */
  async upgrade(subject: Subject, query: Query, signal?: AbortSignal): Promise<Upgrade> {
    const credential = await this.#parts.credentials.current(signal);
    const { long } = await this.#parts.agents(credential);
    const timeoutMs = this.#parts.requestTimeoutMs || undefined;
    return { url: this.#url(subject, query), headers: this.#headers(credential), agent: long, credential, timeoutMs };
  }

  /** After a 401: whether there are other credentials to try. */
  renew(refused: Credential, signal?: AbortSignal): Promise<boolean> {
    return this.#parts.credentials.renew(refused, signal);
  }

  /** An AppError for whatever a request, or the reading of its answer, threw. */
  fault(error: unknown, subject: Subject, signal?: AbortSignal): AppError {
    return connectionError(error, { subject, target: this.target, signal });
  }

  trace(line: string): void {
    this.#parts.trace(line);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#parts.sleep(ms, signal);
  }

  random(): number {
    return this.#parts.random();
  }

  now(): number {
    return this.#parts.now();
  }

  /** Runs `stop` at close(), unless it is forgotten before. */
  onClose(stop: () => void): { forget(): void } {
    this.#closing.add(stop);
    return { forget: () => this.#closing.delete(stop) };
  }

  close(): void {
    for (const stop of this.#closing) stop();
    this.#closing.clear();
  }

  #exchange(request: ApiRequest, stream: boolean): Promise<Answered> {
    const { subject, about = subject, signal, method = "GET", once = false, idempotent = method === "GET" } = request;
    const { credentials, sleep, random, now, trace } = this.#parts;
    return exchangeUntilAnswered({
      ...{ credentials, method, idempotent, once, signal, sleep, random, now, trace },
      send: (credential) => this.#send(request, credential, stream),
      refusal: (failed) =>
        failed.kind === "Broken"
          ? this.fault(failed.fault, about, signal)
          : statusError({ status: failed.response.statusCode ?? 0, body: failed.text }, about, this.target),
      fault: (error) => this.fault(error, about, signal),
    });
  }

  async #send(request: ApiRequest, credential: Credential, stream: boolean): Promise<Answered> {
    const { subject, query, signal, method = "GET" } = request;
    const url = this.#url(subject, query);
    const agents = await this.#parts.agents(credential);
    const body = request.body === undefined ? undefined : JSON.stringify(request.body);
    const headers = {
      ...this.#headers(credential),
      accept: request.accept ?? "application/json",
      ...(this.#parts.compress && !stream ? { "accept-encoding": "gzip" } : {}),
      ...(body === undefined
        ? {}
        : { "content-type": request.contentType ?? "application/json", "content-length": Buffer.byteLength(body) }),
    };
    const sentAt = this.#parts.now();
    const deadlineMs = this.#parts.requestTimeoutMs || answerTimeoutMs;
    const response = await sendHttp({ url, method, headers, body, agent: stream ? agents.long : agents.short, signal, deadlineMs, stream });
    const read = stream && isOk(response) ? undefined : await readBody(response);
    const size = read ? formatBytes(read.bytes) : "streaming";
    this.#parts.trace(
      `${method} ${url.origin}${url.pathname}${url.search} ${response.statusCode} in ${this.#parts.now() - sentAt} ms, ${size}`,
    );
    return { kind: "Answered", response, text: read?.text ?? "" };
  }

  #headers(credential: Credential): OutgoingHttpHeaders {
    return {
      "user-agent": "kubectl-kafka",
      ...this.#parts.headers,
      ...(credential.authorization ? { authorization: credential.authorization } : {}),
    };
  }

  #url(subject: Subject, query?: Query): URL {
    return new URL(`${this.target.server}${pathOf(subject)}${queryOf(query)}`);
  }
}
