import type { IncomingMessage } from "node:http";
import { AppError } from "../../model/errors.ts";
import type { FetchText, TextLimits } from "../../ports/manifest-texts.ts";
import { createAgents } from "../kube/agents.ts";
import { ConnectionFault, sendHttp } from "../kube/http.ts";
import { proxyFor } from "../kube/proxy.ts";
import { reasonOf } from "../kube/reason.ts";
import { readText } from "./read-text.ts";

const timeoutMs = 30_000;
const maxRedirects = 10;

/** Without a password that stands in it. */
function nameOf(url: URL): string {
  const shown = new URL(url);
  shown.username = "";
  shown.password = "";
  return shown.href;
}

const refuse = (url: URL, why: string, hint?: string): AppError =>
  new AppError("InvalidFile", `cannot read ${nameOf(url)}: ${why}`, { hint });

function parseUrl(text: string, base?: URL): URL {
  const url = URL.canParse(text, base?.href) ? new URL(text, base?.href) : undefined;
  if (url === undefined) throw new AppError("InvalidFile", `${text} is not a URL`);
  if (!/^https?:$/.test(url.protocol) || (base?.protocol === "https:" && url.protocol === "http:"))
    throw refuse(base ?? url, `it leads to ${nameOf(url)}, where nothing is read from`);
  return url;
}

/** What stays of an answer that is to be read; another address where it says so. */
function follow(url: URL, { statusCode = 0, statusMessage = "", headers }: IncomingMessage): URL | undefined {
  if (statusCode >= 300 && statusCode < 400 && headers.location !== undefined) return parseUrl(headers.location, url);
  if (statusCode !== 200) throw refuse(url, `the server answers ${`${statusCode} ${statusMessage}`.trim()}`);
  if (/^text\/html\b/i.test(headers["content-type"] ?? ""))
    throw refuse(url, "it is a web page", "name the address of the file itself, on GitHub the one behind Raw");
  return undefined;
}

async function fetchOnce(url: URL, { maxBytes, signal }: TextLimits): Promise<string | URL> {
  const cluster = { name: "", server: url.origin, skipTLSVerify: false };
  const agents = await createAgents({ cluster, credential: {}, proxy: proxyFor(url, undefined, process.env) });
  try {
    const headers = { accept: "application/yaml, application/json, text/plain, */*;q=0.1", "user-agent": "kubectl-kafka" };
    const response = await sendHttp({ url, method: "GET", headers, agent: agents.long, signal, stream: true });
    return follow(url, response) ?? (await readText(response, { name: nameOf(url), maxBytes }));
  } finally {
    agents.short.destroy();
    agents.long.destroy();
  }
}

function faultOf(error: unknown, url: URL, limits: { deadline: AbortSignal; signal: AbortSignal }): unknown {
  if (limits.signal.aborted) return limits.signal.reason;
  if (limits.deadline.aborted)
    return new AppError("Timeout", `no answer within ${timeoutMs / 1000} s from ${nameOf(url)}`, { cause: error });
  if (error instanceof AppError) return error;
  const cause = error instanceof ConnectionFault ? error.cause : error;
  return new AppError("Unreachable", `cannot read ${nameOf(url)}: ${reasonOf(cause) || "no connection"}`, { cause });
}

/** Through the proxy that the environment names, by the authorities of the system; within half a minute. */
export const fetchText: FetchText = async (text, { maxBytes, signal }) => {
  const deadline = AbortSignal.timeout(timeoutMs);
  let url = parseUrl(text);
  try {
    for (let count = 0; count <= maxRedirects; count += 1) {
      const found = await fetchOnce(url, { maxBytes, signal: AbortSignal.any([signal, deadline]) });
      if (typeof found === "string") return found;
      url = found;
    }
  } catch (error) {
    throw faultOf(error, url, { deadline, signal });
  }
  throw refuse(url, `it was led on more than ${maxRedirects} times`);
};
