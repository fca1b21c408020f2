import { BlockList, isIP } from "node:net";
import { versions } from "node:process";
import { AppError } from "../../model/errors.ts";
import type { Environment } from "./kubeconfig.ts";

/**
 * The proxy for a server, by Go's rules (golang.org/x/net/http/httpproxy), which kubectl follows: the cluster's proxy-url always; else
 * HTTPS_PROXY or HTTP_PROXY by the server's scheme, except for this machine itself and for what NO_PROXY lists. Node's own reading of
 * NO_PROXY knows no CIDR ranges, therefore it is not used.
 */
export function proxyFor(server: URL, proxyUrl: string | undefined, env: Environment): URL | undefined {
  if (proxyUrl) return parseProxy(proxyUrl, "the cluster's proxy-url");
  const name = server.protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY";
  const value = env[name] || env[name.toLowerCase()];
  if (!value || !leavesThisMachine(server)) return undefined;
  const exceptions = (env.NO_PROXY || env.no_proxy || "").split(",");
  return exceptions.some((exception) => matches(exception.trim().toLowerCase(), server)) ? undefined : parseProxy(value, name);
}

function parseProxy(text: string, where: string): URL {
  const url = text.includes("://") ? text : `http://${text}`;
  if (URL.canParse(url) && /^(https?|socks[45][ah]?|socks):$/.test(new URL(url).protocol)) return new URL(url);
  throw new AppError("InvalidKubeconfig", `${where} names no proxy that can be used`, {
    hint: "write it as http://, https:// or socks5:// and host:port",
  });
}

/** Node's own tunnelling, told of this one proxy. Throws AppError where node is too old to have it. */
export function proxyEnvFor(proxy: URL | undefined): { proxyEnv?: Record<string, string> } {
  if (proxy === undefined) return {};
  if (!canProxy(versions.node)) {
    throw new AppError("Unreachable", `Node.js ${versions.node} cannot go through the proxy ${proxy.host}`, {
      hint: "use Node.js 22.21, 24.5 or newer",
    });
  }
  return { proxyEnv: { http_proxy: proxy.href, https_proxy: proxy.href } };
}

/** `proxyEnv` came with 24.5 and 22.21. */
export function canProxy(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major >= 25 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21);
}

/** A host as it is looked up: no brackets around IPv6, lower case. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[|\]$/g, "").toLowerCase();

const portOf = (url: URL): string => url.port || (url.protocol === "https:" ? "443" : "80");

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

function leavesThisMachine(server: URL): boolean {
  const host = hostOf(server);
  if (host === "localhost") return false;
  return isIP(host) === 0 || !loopback.check(host, isIP(host) === 6 ? "ipv6" : "ipv4");
}

function matches(exception: string, server: URL): boolean {
  if (exception === "") return false;
  if (exception === "*") return true;
  const host = hostOf(server);
  if (exception.includes("/")) return inRange(exception, host);
  const [, name = exception, port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIP(exception) === 6 ? `[${exception}]` : exception) ?? [];
  if (port !== undefined && port !== portOf(server)) return false;
  if (isIP(name) !== 0) return name === host;
  const suffix = name.replace(/^\*?\.?/, ".");
  const onlyBelow = name.startsWith(".") || name.startsWith("*.");
  return host.endsWith(suffix) || (!onlyBelow && host === name);
}

function inRange(range: string, host: string): boolean {
  const [network = "", prefix = ""] = range.split("/");
  const family = isIP(network);
  const bits = Number(prefix);
  if (family === 0 || isIP(host) !== family || !(bits >= 0 && bits <= (family === 4 ? 32 : 128))) return false;
  const list = new BlockList();
  list.addSubnet(network, bits, family === 4 ? "ipv4" : "ipv6");
  return list.check(host, family === 4 ? "ipv4" : "ipv6");
}
