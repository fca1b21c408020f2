import { readFile } from "node:fs/promises";
import { request } from "node:https";
import { text } from "node:stream/consumers";
import { files } from "./places.ts";

const timeoutMs = 5_000;

interface Access {
  readonly clusters: readonly [{ readonly cluster: Readonly<Record<string, string>> }];
  readonly users: readonly [{ readonly user: Readonly<Record<string, string>> }];
}

const decoded = (base64: string | undefined): Buffer => Buffer.from(base64 ?? "", "base64");

/** Asks the cluster's API server as its administrator; `body` makes it a POST. Resolves to status code and text. */
export async function askApi(path: string, body?: unknown): Promise<{ readonly code: number; readonly text: string }> {
  const access = JSON.parse(await readFile(files.kubeconfig, "utf8")) as Access;
  const { cluster } = access.clusters[0];
  const { user } = access.users[0];
  return new Promise((resolve, reject) => {
    const call = request(`${cluster.server}${path}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { "content-type": "application/json", accept: "application/json" },
      ca: decoded(cluster["certificate-authority-data"]),
      cert: decoded(user["client-certificate-data"]),
      key: decoded(user["client-key-data"]),
      agent: false,
      timeout: timeoutMs,
    });
    call.on("timeout", () => call.destroy(new Error(`no answer from the API server within ${timeoutMs} ms`)));
    call.on("error", reject);
    call.on("response", (response) => text(response).then((answer) => resolve({ code: response.statusCode ?? 0, text: answer }), reject));
    call.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** Whether the API server says of itself that it is ready. */
export async function isApiReady(): Promise<boolean> {
  return (await askApi("/readyz")).code === 200;
}

export interface NodeState {
  readonly name: string;
  readonly zone: string;
  readonly ready: boolean;
}

interface NodeList {
  readonly items: readonly {
    readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

/** The nodes that have registered, with what they report. */
export async function listNodes(): Promise<NodeState[]> {
  const { items } = JSON.parse((await askApi("/api/v1/nodes")).text) as NodeList;
  return items.map(({ metadata, status }) => ({
    name: metadata.name,
    zone: metadata.labels["topology.kubernetes.io/zone"] ?? "",
    ready: status.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false,
  }));
}
