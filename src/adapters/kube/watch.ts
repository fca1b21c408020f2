import { AppError } from "../../model/errors.ts";
import type { WatchEvent, WatchRequest } from "../../ports/kube.ts";
import type { Client } from "./client.ts";
import { statusError } from "./errors.ts";
import { readLines } from "./lines.ts";
import { listAll } from "./list.ts";
import { acceptOf, asListed } from "./objects.ts";
import type { Subject } from "./paths.ts";
import { backoffMs } from "./retry.ts";

/** The server ends each watch after five to ten minutes, so that a connection that died unseen costs no more. */
const minWatchSeconds = 300;

/** A watch that ended sooner than this counts as a fault, lest a server that closes at once be asked in a circle. */
const soonMs = 1_000;

/**
 * The events of a collection until `signal` is aborted, which ends it without an error.
 * 1. List, unless the caller has a resourceVersion; each object is Added, then Synced.
 * 2. Watch from there; every event and bookmark moves the place to go on from.
 * 3. When the server closes, or the connection breaks, watch again from that place, after a growing pause when it fails in a row.
 * 4. When the place is too old (410): Relisting, and from 1.
 * What will not pass by itself (not permitted, no such kind, or no first list) is thrown.
 */
export async function* watchAll(client: Client, request: WatchRequest, signal: AbortSignal): AsyncGenerator<WatchEvent> {
  let place = request.resourceVersion;
  let everListed = place !== undefined;
  let failures = 0;
  while (!signal.aborted) {
    try {
      if (place === undefined) {
        const list = await listAll(client, request, signal);
        for (const object of list.items) yield { kind: "Added", object };
        yield { kind: "Synced" };
        place = list.resourceVersion;
        everListed = true;
      }
      const startedAt = Date.now();
      for await (const seen of watchOnce(client, request, { place, signal })) {
        failures = 0;
        place = seen.place;
        if (seen.event) yield seen.event;
      }
      if (Date.now() - startedAt >= soonMs) continue;
    } catch (error) {
      if (signal.aborted) return;
      if (place !== undefined && error instanceof AppError && error.code === "Gone") {
        yield { kind: "Relisting" };
        place = undefined;
        continue;
      }
      if (!everListed || !isPassing(error)) throw error;
      client.trace(`watch: ${error instanceof Error ? error.message : String(error)}`);
    }
    await client.sleep(backoffMs(failures, client.random()), signal).catch(() => undefined);
    failures += 1;
  }
}

const passing: ReadonlySet<string> = new Set(["Unreachable", "Gone", "ServerError", "TooManyRequests", "Timeout"]);

const isPassing = (error: unknown): boolean => error instanceof AppError && passing.has(error.code);

type Seen = { readonly place: string; readonly event?: WatchEvent };

/** One HTTP request's worth of events. Throws AppError; ends when the server closes. */
async function* watchOnce(client: Client, request: WatchRequest, from: { place: string; signal: AbortSignal }): AsyncGenerator<Seen> {
  const { resource, namespace, labelSelector, fieldSelector, metadataOnly } = request;
  const subject: Subject = { verb: "watch", resource, namespace };
  const stream = await client.stream({
    subject,
    query: {
      watch: true,
      allowWatchBookmarks: true,
      resourceVersion: from.place,
      timeoutSeconds: Math.round(minWatchSeconds * (1 + client.random())),
      labelSelector,
      fieldSelector,
    },
    accept: acceptOf(metadataOnly, false),
    signal: from.signal,
  });
  stream.socket?.setKeepAlive(true, 30_000);
  try {
    for await (const line of readLines(stream)) {
      if (line !== "") yield readEvent(line, { subject, client, place: from.place });
    }
  } catch (error) {
    throw client.fault(error, subject, from.signal);
  } finally {
    stream.destroy();
  }
}

const kinds = { ADDED: "Added", MODIFIED: "Modified", DELETED: "Deleted" } as const;

function readEvent(line: string, { subject, client, place }: { subject: Subject; client: Client; place: string }): Seen {
  const { type, object } = parseLine(line);
  if (type === "ERROR") {
    const status = typeof object === "object" && object !== null && "code" in object ? Number(object.code) : 500;
    throw statusError({ status, body: JSON.stringify(object) }, subject, client.target);
  }
  if (!subject.resource) return { place };
  const listed = asListed(object, subject.resource);
  const next = listed.metadata.resourceVersion ?? place;
  return type === "ADDED" || type === "MODIFIED" || type === "DELETED" ? { place: next, event: { kind: kinds[type], object: listed } } : { place: next };
}

function parseLine(line: string): { type?: unknown; object?: unknown } {
  const parsed: unknown = JSON.parse(line);
  return typeof parsed === "object" && parsed !== null ? parsed : {};
}
