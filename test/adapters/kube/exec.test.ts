import assert from "node:assert/strict";
import { test } from "node:test";
import type { WebSocket } from "ws";
import { failure } from "../../fakes/api-server.ts";
import { connect, faultOf } from "./world.ts";

const answer = () => failure(500, "no such call");
const pod = { namespace: "kafka", pod: "p" };
const status = (document: unknown) => Buffer.concat([Buffer.of(3), Buffer.from(JSON.stringify(document))]);

test("exec: output by channel, the exit code, and the request", async (t) => {
  const { kube, server } = await connect(t, {
    answer,
    upgrade: {
      protocols: ["v5.channel.k8s.io"],
      onOpen: (socket) => {
        for (const text of ["\u0001out ", "\u0002oops", "\u0001put"]) socket.send(Buffer.from(text));
        socket.send(status({ status: "Failure", reason: "NonZeroExitCode", details: { causes: [{ reason: "ExitCode", message: "7" }] } }));
        socket.close(1000);
      },
    },
  });
  assert.deepEqual(await kube.exec({ ...pod, container: "c", command: ["sh", "-c", "a b"] }), {
    exitCode: 7,
    stdout: "out put",
    stderr: "oops",
  });
  assert.equal(server.calls[0]?.path, "/api/v1/namespaces/kafka/pods/p/exec");
  assert.deepEqual(server.calls[0]?.query, { command: "a b", container: "c", stdout: "true", stderr: "true" });
  assert.equal(server.calls[0]?.headers.authorization, "Bearer secret-token");
});

/** Counts what comes on stdin until the channel is closed, then answers it. */
function countInput(socket: WebSocket): void {
  let bytes = 0;
  socket.on("message", (frame: Buffer) => {
    if (frame[0] === 0) bytes += frame.length - 1;
    if (frame[0] !== 255) return;
    assert.equal(frame[1], 0);
    socket.send(Buffer.from(`\u0001${bytes}`));
    socket.send(status({ status: "Success" }));
    socket.close();
  });
}

test("exec: standard input ends by closing its channel; an old server that cannot tells so", async (t) => {
  const { kube } = await connect(t, { answer, upgrade: { protocols: ["v5.channel.k8s.io"], onOpen: countInput } });
  assert.deepEqual(await kube.exec({ ...pod, command: ["wc"], stdin: "x".repeat(100_000) }), { exitCode: 0, stdout: "100000", stderr: "" });
  assert.equal((await kube.exec({ ...pod, command: ["wc"], stdin: "" })).stdout, "0");
  const old = await connect(t, { answer, upgrade: { protocols: ["v4.channel.k8s.io"], onOpen: () => {} } });
  assert.match((await faultOf(old.kube.exec({ ...pod, command: ["wc"], stdin: "x" }))).hint ?? "", /1\.30/);
});

test("exec: a program that is not there, a connection that breaks, an abort", async (t) => {
  const withOpening = async (onOpen: (socket: WebSocket) => void) =>
    (await connect(t, { answer, upgrade: { protocols: ["v5.channel.k8s.io"], onOpen } })).kube;
  const missing = await withOpening((socket) => {
    socket.send(status({ status: "Failure", reason: "InternalError", message: "executable file not found in $PATH" }));
    socket.close();
  });
  const fault = await faultOf(missing.exec({ ...pod, command: ["nope"] }));
  assert.deepEqual(
    [fault.code, fault.message],
    ["ServerError", "the command in Pod kafka/p could not be run: executable file not found in $PATH"],
  );
  const breaking = await withOpening((socket) => socket.terminate());
  assert.match((await faultOf(breaking.exec({ ...pod, command: ["x"] }))).message, /connection ended before the command did/);
  const stop = new AbortController();
  const hanging = await withOpening(() => stop.abort());
  assert.equal((await faultOf(hanging.exec({ ...pod, command: ["x"] }, stop.signal))).code, "Interrupted");
});
