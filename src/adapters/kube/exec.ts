import type { WebSocket } from "ws";
import { AppError } from "../../model/errors.ts";
import { resources } from "../../model/kube.ts";
import type { ExecRequest, ExecResult } from "../../ports/kube.ts";
import type { Client } from "./client.ts";
import type { Status } from "./errors.ts";
import { parseStatus } from "./errors.ts";
import { ConnectionFault } from "./http.ts";
import type { Subject } from "./paths.ts";
import { describe } from "./paths.ts";
import { keepAlive, openWebSocket } from "./websocket.ts";

/** The first byte of each frame (k8s.io/apimachinery/pkg/util/remotecommand): v5 added Close, which ends one channel. */
const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, close: 255 } as const;
const [v5, v4] = ["v5.channel.k8s.io", "v4.channel.k8s.io"] as const;

const pingMs = 10_000;
const frameBytes = 32 * 1024;

/** Runs a command in a container to its end. A command that fails is a result, not an error. */
export async function execInPod(client: Client, request: ExecRequest, signal?: AbortSignal): Promise<ExecResult> {
  const { namespace, pod, container, command, stdin } = request;
  const subject: Subject = { verb: "create", resource: resources.pods, namespace, name: pod, subresource: "exec" };
  const query = { command, container, stdin: stdin !== undefined, stdout: true, stderr: true };
  const { socket } = await openWebSocket(client, { subject, query, protocols: [v5, v4], signal });
  keepAlive(socket, pingMs);
  if (stdin !== undefined && socket.protocol !== v5) {
    socket.terminate();
    throw new AppError("Invalid", `this cluster cannot tell a command in ${describe(subject)} that its input has ended`, {
      hint: "that takes Kubernetes 1.30 or newer",
    });
  }
  const stop = (): void => socket.terminate();
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const ended = readToEnd(socket);
    socket.resume();
    if (stdin !== undefined) sendInput(socket, stdin);
    return resultOf(await ended, subject);
  } catch (error) {
    throw client.fault(error, subject, signal);
  } finally {
    signal?.removeEventListener("abort", stop);
    socket.terminate();
  }
}

function sendInput(socket: WebSocket, stdin: string): void {
  const bytes = Buffer.from(stdin);
  for (let from = 0; from < bytes.length; from += frameBytes) {
    socket.send(Buffer.concat([Buffer.of(channels.stdin), bytes.subarray(from, from + frameBytes)]));
  }
  socket.send(Buffer.of(channels.close, channels.stdin));
}

type Ended = { readonly stdout: string; readonly stderr: string; readonly status: Status };

function readToEnd(socket: WebSocket): Promise<Ended> {
  const received: Record<number, Buffer[]> = { [channels.stdout]: [], [channels.stderr]: [], [channels.error]: [] };
  const textOf = (channel: number): string => Buffer.concat(received[channel] ?? []).toString("utf8");
  return new Promise((resolve, reject) => {
    socket.on("message", (frame: Buffer) => {
      received[frame[0] ?? -1]?.push(frame.subarray(1));
    });
    socket.on("error", (error) => reject(new ConnectionFault(error)));
    // The status comes last, but streams may still be on their way: only the close ends the reading.
    socket.on("close", () => {
      const status = parseStatus(textOf(channels.error));
      if (status.status === undefined) reject(new ConnectionFault(new Error("the connection ended before the command did")));
      else resolve({ stdout: textOf(channels.stdout), stderr: textOf(channels.stderr), status });
    });
  });
}

function resultOf({ stdout, stderr, status }: Ended, subject: Subject): ExecResult {
  if (status.status === "Success") return { exitCode: 0, stdout, stderr };
  const exitCode = status.details?.causes?.find((cause) => cause.reason === "ExitCode")?.message;
  if (exitCode !== undefined) return { exitCode: Number(exitCode), stdout, stderr };
  throw new AppError("ServerError", `the command in ${describe(subject)} could not be run: ${status.message ?? "no reason given"}`, {
    hint: "check the container's name and that its image has the program",
  });
}
