import { AppError } from "../../model/errors.ts";
import type { WatchEvent, WatchRequest } from "../../ports/kube.ts";
import type { Client } from "./client.ts";
import { statusError } from "./errors.ts";
import { readLines } from "./lines.ts";
import { listAll } from "./list.ts";
import { acceptOf, asListed } from "./objects.ts";
import type { Subject } from "./paths.ts";
import { reasonOf } from "./reason.ts";
import { backoffMs } from "./retry.ts";

/** The server ends each watch after five to ten minutes, so that a connection that died unseen costs no more. */
const minWatchSeconds = 300;

/** A watch that ended sooner than this counts as a fault, lest a server that closes at once be asked in a circle. */
const soonMs = 1_000;

/** `place`: the resourceVersion to go on from; undefined: list first. `failures` counts those in a row. */
type Progress = { place: string | undefined; everListed: boolean; failures: number };

/**
 * The events of a collection until `signal` is aborted, which ends it without an error.
 * 1. List, unless the caller has a resourceVersion; each object is Added, then Synced.
 * 2. Watch from there; every event and bookmark moves the place to go on from.
 * 3. When the server closes, or the connection breaks, watch again from that place, after a growing pause when it fails in a row.
 * 4. When the place is too old (410): Relisting, and from 1.
 * What will not pass by itself (not permitted, no such kind, or no first list) is thrown.
 */
export async function* watchAll(client: Client, request: WatchRequest, signal: AbortSignal): AsyncGenerator<WatchEvent> {
  const progress: Progress = { place: request.resourceVersion, everListed: request.resourceVersion !== undefined, failures: 0 };
  while (!signal.aborted) {
    const startedAt = client.now();
    try {
      yield* listThenWatch(client, { request, progress, signal });
      if (client.now() - startedAt >= soonMs) continue;
    } catch (error) {
      if (signal.aborted) return;
      if (progress.place !== undefined && isGone(error)) {
        progress.place = undefined;
        yield { kind: "Relisting" };
        continue;
      }
      if (!progress.everListed || !isPassing(error)) throw error;
      client.trace(`watch: ${reasonOf(error)}`);
    }
    await client.sleep(backoffMs(progress.failures, client.random()), signal).catch(() => undefined);
    progress.failures += 1;
  }
}

type Round = { readonly request: WatchRequest; readonly progress: Progress; readonly signal: AbortSignal };

/** Steps 1 and 2, once. Ends when the server closes. */
async function* listThenWatch(client: Client, { request, progress, signal }: Round): AsyncGenerator<WatchEvent> {
  if (progress.place === undefined) {
    const list = await listAll(client, request, signal);
    for (const object of list.items) yield { kind: "Added", object };
    yield { kind: "Synced" };
    progress.place = list.resourceVersion;
    progress.everListed = true;
  }
  for await (const seen of watchOnce(client, request, { place: progress.place, signal })) {
    progress.failures = 0;
    progress.place = seen.place;
    if (seen.event) yield seen.event;
  }
}

const isGone = (error: unknown): boolean => error instanceof AppError && error.code === "Gone";

const passing: ReadonlySet<string> = new Set(["Unreachable", "Gone", "ServerError", "TooManyRequests", "Timeout"]);

const isPassing = (error: unknown): boolean => error instanceof AppError && passing.has(error.code);

type Seen = { readonly place: string; readonly event?: WatchEvent };

/** One HTTP request's worth of events. */
async function* watchOnce(client: Client, request: WatchRequest, from: { place: string; signal: AbortSignal }): AsyncGenerator<Seen> {
  const { resource, namespace, labelSelector, fieldSelector, metadataOnly } = request;
  const subject = { verb: "watch", resource, namespace };
  const timeoutSeconds = Math.round(minWatchSeconds * (1 + client.random()));
  const stream = await client.stream({
    subject,
    query: { watch: true, allowWatchBookmarks: true, resourceVersion: from.place, timeoutSeconds, labelSelector, fieldSelector },
    accept: acceptOf(metadataOnly, false),
    signal: from.signal,
  });
  try {
    for await (const line of readLines(stream)) {
      if (line !== "") yield readEvent(client, line, { ...subject, place: from.place });
    }
  } catch (error) {
    throw client.fault(error, subject, from.signal);
  } finally {
    stream.destroy();
  }
}

const kinds = { ADDED: "Added", MODIFIED: "Modified", DELETED: "Deleted" } as const;

const isKind = (type: unknown): type is keyof typeof kinds => typeof type === "string" && type in kinds;

/** A bookmark has a place and no event; an ERROR is thrown. */
function readEvent(
  client: Client,
  line: string,
  about: Subject & { readonly resource: WatchRequest["resource"]; readonly place: string },
): Seen {
  const { type, object } = JSON.parse(line) as { type?: unknown; object?: { code?: number } };
  if (type === "ERROR") throw statusError({ status: object?.code ?? 500, body: JSON.stringify(object) }, about, client.target);
  const listed = asListed(object, about.resource);
  const place = listed.metadata.resourceVersion ?? about.place;
  return isKind(type) ? { place, event: { kind: kinds[type], object: listed } } : { place };
}
