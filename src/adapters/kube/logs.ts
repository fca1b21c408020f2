import type { IncomingMessage } from "node:http";
import { resources } from "../../model/kube.ts";
import type { LogRequest } from "../../ports/kube.ts";
import type { Client } from "./client.ts";
import { readLines } from "./lines.ts";

/** The lines of a container's log. With `follow` until the container ends; an abort of `signal` then ends it without an error. */
export async function* podLogs(client: Client, request: LogRequest, signal?: AbortSignal): AsyncGenerator<string> {
  const { namespace, pod, container, follow, tailLines, previous, sinceSeconds } = request;
  const subject = { verb: "get", resource: resources.pods, namespace, name: pod, subresource: "log" };
  const query = { container, follow, tailLines, previous, sinceSeconds };
  let stream: IncomingMessage | undefined;
  try {
    stream = await client.stream({ subject, query, signal });
    yield* readLines(stream);
  } catch (error) {
    if (!(follow && signal?.aborted)) throw client.fault(error, subject, signal);
  } finally {
    stream?.destroy();
  }
}
