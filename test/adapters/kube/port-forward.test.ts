import assert from "node:assert/strict";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Duplex } from "node:stream";
import { buffer } from "node:stream/consumers";
import { type TestContext, test } from "node:test";
import { connect as connectTls, createSecureContext, TLSSocket } from "node:tls";
import { createWebSocketStream, type WebSocket } from "ws";
import { AppError } from "../../../src/model/errors.ts";
import { type ApiCall, failure } from "../../fakes/api-server.ts";
import { testCertificates } from "../../fakes/certificates.ts";
import { connect, testFolder } from "./world.ts";

const answer = () => failure(500, "no such call");
const pod = { namespace: "kafka", pod: "p" };

/** kubelet's side of a port-forward: greets both channels, then hands over the stream. Channel bytes are added and stripped here. */
function forwarded(socket: WebSocket, port: number): void {
  for (const channel of [0, 1]) socket.send(Buffer.of(channel, port & 255, port >> 8));
}

async function forwarding(t: TestContext, onOpen: (socket: WebSocket, call: ApiCall) => void) {
  const { kube, server } = await connect(t, {
    answer,
    upgrade: {
      protocols: ["v4.channel.k8s.io"],
      onOpen: (socket, call) => {
        forwarded(socket, Number(call.query.ports));
        onOpen(socket, call);
      },
    },
  });
  return { kube, server, open: (port = 9092): Duplex => kube.portForward({ ...pod, port }) };
}

const echo = (socket: WebSocket): void => void socket.on("message", (frame: Buffer) => socket.send(frame));

const errorOf = async (stream: Duplex): Promise<AppError> => {
  const [error] = await once(stream, "error");
  assert.ok(error instanceof AppError, String(error));
  return error;
};

test("port-forward: what is written before it is open comes back, whole, in frames of at most 64 KiB", async (t) => {
  let largest = 0;
  const { open, server } = await forwarding(t, (socket) => {
    socket.on("message", (frame: Buffer) => {
      largest = Math.max(largest, frame.length);
      socket.send(frame);
    });
  });
  const stream = open(9093);
  const sent = Buffer.from(Array.from({ length: 1_000_003 }, (_, at) => at % 251));
  stream.write("");
  stream.write("first");
  stream.write(sent);
  let got = Buffer.alloc(0);
  for await (const chunk of stream) {
    got = Buffer.concat([got, chunk]);
    if (got.length === sent.length + 5) break;
  }
  assert.equal(got.subarray(0, 5).toString(), "first");
  assert.ok(got.subarray(5).equals(sent));
  assert.equal(largest, 65_536);
  assert.equal(server.calls[0]?.path, "/api/v1/namespaces/kafka/pods/p/portforward");
  assert.deepEqual(server.calls[0]?.query, { ports: "9093" });
});

test("port-forward: connect, the pod's end, and our own", async (t) => {
  const { open } = await forwarding(t, (socket) => {
    socket.on("message", (frame: Buffer) => {
      socket.send(frame);
      if (frame.subarray(1).toString() === "bye") socket.close(1000);
    });
  });
  const stream = open();
  await once(stream, "connect");
  stream.write("bye");
  assert.equal((await buffer(stream)).toString(), "bye");
  assert.ok(stream.closed || (await once(stream, "close")));
  const ended = open();
  ended.end("last words");
  assert.equal((await buffer(ended)).toString(), "last words");
});

test("port-forward: kubelet's own words destroy it, also through TLS; so does a refused upgrade", async (t) => {
  const text = "error forwarding port 1 to pod abc, uid : failed to connect to localhost:1: connection refused";
  const { open, kube } = await forwarding(t, (socket) => socket.send(Buffer.concat([Buffer.of(1), Buffer.from(text)])));
  const fault = await errorOf(open(1));
  assert.deepEqual([fault.code, fault.message], ["Unreachable", `port 1 of pod kafka/p cannot be reached: ${text}`]);
  const secured = connectTls({ socket: open(1), servername: "localhost" });
  assert.equal((await errorOf(secured)).code, "Unreachable");
  kube.close();
  const said = 'pods "p" is forbidden: User "jane" cannot create resource "pods/portforward" in API group "" in the namespace "kafka"';
  const rows = [
    [failure(403, said), "Forbidden", /--verb=create --resource=pods\/portforward -n kafka/],
    [failure(404, 'pods "p" not found', { name: "p", kind: "pods" }), "NotFound", /Pod kafka\/p does not exist/],
    [failure(400, "pod is not running: Pending"), "Invalid", /pod is not running/],
  ] as const;
  for (const [refusal, code, words] of rows) {
    const refuse = () => ({ status: refusal.status, body: JSON.stringify(refusal.body) });
    const refusing = await connect(t, { answer, upgrade: { protocols: [], onOpen: () => {}, refuse } });
    const refused = await errorOf(refusing.kube.portForward({ ...pod, port: 1 }));
    assert.equal(refused.code, code);
    assert.match(`${refused.message} ${refused.hint}`, words);
  }
});

test("port-forward: given up before it is open, aborted, closed with the connection, after which writes fail", async (t) => {
  const { open, kube } = await forwarding(t, echo);
  const early = open();
  early.destroy();
  await once(early, "close");
  const stop = new AbortController();
  const aborted = kube.portForward({ ...pod, port: 1 }, stop.signal);
  stop.abort();
  assert.equal((await errorOf(aborted)).code, "Interrupted");
  assert.equal((await errorOf(kube.portForward({ ...pod, port: 1 }, stop.signal))).code, "Interrupted");
  const cut = open();
  await once(cut, "connect");
  kube.close();
  cut.resume();
  await once(cut, "end");
  const { server, kube: gone } = await connect(t, { answer });
  await server.close();
  assert.match((await errorOf(gone.portForward({ ...pod, port: 1 }))).message, /connection refused/);
});

test("port-forward: a login that is refused is renewed once", async (t) => {
  const file = join(await testFolder(t), "token");
  await writeFile(file, "old");
  const seen: (string | undefined)[] = [];
  const refuse = ({ headers }: ApiCall) => {
    seen.push(headers.authorization);
    writeFileSync(file, "new");
    return seen.length === 1 ? { status: 401, body: "{}" } : undefined;
  };
  const upgrade = { protocols: ["v4.channel.k8s.io"], onOpen: echo, refuse };
  const { kube } = await connect(t, { answer, upgrade }, { user: `{tokenFile: ${file}}` });
  const stream = kube.portForward({ ...pod, port: 1 });
  await once(stream, "connect");
  stream.destroy();
  assert.deepEqual(seen, ["Bearer old", "Bearer new"]);
});

test("port-forward: a slow reader holds the sender back, and memory stays bounded", async (t) => {
  let sent = 0;
  const total = 64 * 1024 * 1024;
  const { open } = await forwarding(t, (socket) => {
    const frame = Buffer.alloc(32 * 1024);
    const more = (): void => {
      if (sent < total && socket.readyState === socket.OPEN) socket.send(frame, went);
    };
    const went = (): void => {
      sent += frame.length;
      more();
    };
    more();
  });
  const stream = open();
  await once(stream, "readable");
  // Everything that will move without a reader has moved when nothing new comes for a while.
  for (let before = -1; before !== sent; await new Promise((resolve) => setTimeout(resolve, 50))) before = sent;
  assert.ok(sent < 24 * 1024 * 1024, `${sent} bytes were taken although nobody read`);
  assert.ok(stream.readableLength < 2 * 1024 * 1024, `${stream.readableLength} bytes are kept`);
  stream.resume();
  while (sent < total) await once(stream, "data");
  stream.destroy();
});

test("port-forward: a writer is held back by a server that does not read", async (t) => {
  const { open } = await forwarding(t, (socket) => socket.pause());
  const stream = open();
  await once(stream, "connect");
  let written = 0;
  const chunk = Buffer.alloc(64 * 1024);
  while (written < 256 * 1024 * 1024) {
    written += chunk.length;
    if (
      !stream.write(chunk) &&
      !(await Promise.race([once(stream, "drain"), new Promise((resolve) => setTimeout(resolve, 100, undefined))]))
    )
      break;
  }
  assert.ok(written < 32 * 1024 * 1024, `${written} bytes were taken although nobody read`);
  assert.ok(stream.writableLength <= 1024 * 1024);
  stream.destroy();
});

test("port-forward: TLS inside it, with the name of a broker", async (t) => {
  const { server: pair, ca } = testCertificates();
  const { open } = await forwarding(t, (socket) => {
    // The bytes of channel 0, as a stream for a TLS server.
    const inner = createWebSocketStream(socket, { highWaterMark: 65_536 });
    const secured = new TLSSocket(stripped(inner), { isServer: true, secureContext: createSecureContext(pair) });
    secured.on("error", () => {});
    secured.on("data", (chunk: Buffer) => secured.write(chunk));
  });
  const secured = connectTls({ socket: open(), servername: "api.example.test", ca });
  await once(secured, "secureConnect");
  assert.ok(secured.authorized);
  secured.write("hello");
  assert.equal(String((await once(secured, "data"))[0]), "hello");
  secured.destroy();
});

/** Takes the channel byte off what comes, and puts it before what goes. */
function stripped(inner: Duplex): Duplex {
  const outer = new Duplex({
    read: () => {},
    write: (chunk: Buffer, _encoding, done) => void inner.write(Buffer.concat([Buffer.of(0), chunk]), done),
  });
  inner.on("data", (frame: Buffer) => outer.push(frame.subarray(1)));
  inner.on("close", () => outer.destroy());
  return outer;
}
