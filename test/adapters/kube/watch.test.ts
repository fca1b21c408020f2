import assert from "node:assert/strict";
import { test } from "node:test";
import { resources } from "../../../src/model/kube.ts";
import type { WatchEvent, WatchRequest } from "../../../src/ports/kube.ts";
import { type ApiCall, failure, type Reply } from "../../fakes/api-server.ts";
import { connect, faultOf } from "./world.ts";

const pods: WatchRequest = { resource: resources.pods, namespace: "kafka" };
const pod = (name: string, resourceVersion: string) => ({ metadata: { name, resourceVersion, managedFields: [] } });
const event = (type: string, name: string, version: string) => `${JSON.stringify({ type, object: pod(name, version) })}\n`;
const list = (version: string, ...names: string[]): Reply => ({
  body: { metadata: { resourceVersion: version }, items: names.map((name) => pod(name, version)) },
});

/** A watch that sends these texts and then, or when told, is closed by the server. */
const watching = (...texts: string[]): Reply => ({
  stream: (response) => {
    response.writeHead(200);
    for (const text of texts) response.write(text);
    response.end();
  },
});

/** Lists and watches answered in this order each; a watch that there is no answer for stays open. */
function script(lists: Reply[], watches: Reply[]) {
  const open: Reply = { stream: (response) => void response.writeHead(200).flushHeaders() };
  const none = failure(500, "no more lists");
  return { answer: (call: ApiCall): Reply => (call.query.watch ? (watches.shift() ?? open) : (lists.shift() ?? none)) };
}

/** Reads until `count` events came, then aborts. "Added a", "Synced", … */
async function collect(events: (signal: AbortSignal) => AsyncIterable<WatchEvent>, count: number): Promise<string[]> {
  const stop = new AbortController();
  const seen: string[] = [];
  for await (const one of events(stop.signal)) {
    seen.push("object" in one ? `${one.kind} ${one.object.metadata.name}` : one.kind);
    if (seen.length === count) stop.abort();
  }
  return seen;
}

test("watch: the present state, Synced, then changes; it goes on where it was after the server closes", async (t) => {
  const bookmark = `${JSON.stringify({ type: "BOOKMARK", object: { metadata: { resourceVersion: "20" } } })}\n`;
  const { kube, server, world } = await connect(
    t,
    script(
      [list("5", "a", "b")],
      [
        watching(event("ADDED", "c", "6"), event("MODIFIED", "a", "7")),
        watching(event("DELETED", "b", "8"), bookmark),
        watching(event("ADDED", "d", "21")),
      ],
    ),
  );
  const seen = await collect((signal) => kube.watch(pods, signal), 7);
  assert.deepEqual(seen, ["Added a", "Added b", "Synced", "Added c", "Modified a", "Deleted b", "Added d"]);
  const watches = server.calls.filter(({ query }) => query.watch);
  assert.deepEqual(
    watches.map(({ query }) => query.resourceVersion),
    ["5", "7", "20"],
  );
  assert.equal(watches[0]?.query.allowWatchBookmarks, "true");
  assert.ok(world.slept.length >= 2, "a server that closes at once is not asked in a circle");
});

test("watch: 410 Gone, as an event or as an answer, lists again", async (t) => {
  const gone = `${JSON.stringify({ type: "ERROR", object: { kind: "Status", code: 410, reason: "Expired", message: "too old" } })}\n`;
  const { kube, server } = await connect(
    t,
    script([list("5", "a"), list("50", "b"), list("60", "c")], [watching(gone), failure(410, "too old")]),
  );
  const seen = await collect((signal) => kube.watch(pods, signal), 8);
  assert.deepEqual(seen, ["Added a", "Synced", "Relisting", "Added b", "Synced", "Relisting", "Added c", "Synced"]);
  assert.deepEqual(
    server.calls
      .filter(({ query }) => query.watch)
      .map(({ query }) => query.resourceVersion)
      .slice(0, 2),
    ["5", "50"],
  );
});

test("watch: from a resourceVersion there is no list; broken connections and passing faults are waited out, ever longer", async (t) => {
  const cutOff: Reply = {
    stream: (response) => {
      response.writeHead(200);
      response.write(event("ADDED", "a", "6"));
      response.write('{"type":"ADDED","obj', () => response.destroy());
    },
  };
  const { kube, server, world } = await connect(t, script([], [cutOff, { cut: true }, failure(403, "x")]));
  const seen: string[] = [];
  const fault = await faultOf(
    (async () => {
      for await (const one of kube.watch({ ...pods, resourceVersion: "5" }, new AbortController().signal)) seen.push(one.kind);
    })(),
  );
  assert.deepEqual([seen, fault.code], [["Added"], "Forbidden"]);
  assert.deepEqual(
    server.calls.map(({ query }) => query.resourceVersion),
    ["5", "6", "6"],
  );
  assert.deepEqual(world.slept, [250, 500]);
});

test("watch: a first list that fails is thrown; an abort while it waits ends it", async (t) => {
  const { kube } = await connect(t, script([failure(404, "the server could not find the requested resource")], []));
  assert.equal((await faultOf(collect((signal) => kube.watch(pods, signal), 1))).details.missing, "type");
  const quiet = await connect(t, script([list("1")], []));
  assert.deepEqual(await collect((signal) => quiet.kube.watch(pods, signal), 1), ["Synced"]);
});

test("logs: lines as they come, over chunk and character borders; the request; an abort ends following", async (t) => {
  const { kube, server } = await connect(t, {
    answer: (call) => ({
      stream: (response) => {
        response.writeHead(200);
        const bytes = Buffer.from("one\r\nzwölf\n\nlast");
        response.write(bytes.subarray(0, 7));
        response.write(bytes.subarray(7));
        if (!call.query.follow) response.end();
        else response.write("\n");
      },
    }),
  });
  const request = { namespace: "kafka", pod: "p", container: "c", tailLines: 5, previous: true, sinceSeconds: 60 };
  assert.deepEqual(await Array.fromAsync(kube.logs(request)), ["one", "zwölf", "", "last"]);
  assert.equal(server.calls[0]?.path, "/api/v1/namespaces/kafka/pods/p/log");
  assert.deepEqual(server.calls[0]?.query, { container: "c", tailLines: "5", previous: "true", sinceSeconds: "60" });
  const stop = new AbortController();
  const followed: string[] = [];
  for await (const line of kube.logs({ namespace: "kafka", pod: "p", follow: true }, stop.signal)) {
    followed.push(line);
    if (line === "last") stop.abort();
  }
  assert.equal(followed.length, 4);
});

test("logs: a container that has not started is told in the server's words", async (t) => {
  const { kube } = await connect(t, {
    answer: () => failure(400, 'container "kafka" in pod "p" is waiting to start: ContainerCreating'),
  });
  const fault = await faultOf(Array.fromAsync(kube.logs({ namespace: "kafka", pod: "p" })));
  assert.deepEqual(
    [fault.code, fault.message],
    ["Invalid", 'the API server refuses to get Pod kafka/p: container "kafka" in pod "p" is waiting to start: ContainerCreating'],
  );
});
