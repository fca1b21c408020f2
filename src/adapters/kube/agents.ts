import { X509Certificate } from "node:crypto";
import * as http from "node:http";
import * as https from "node:https";
import * as tls from "node:tls";
import { AppError } from "../../model/errors.ts";
import type { Credential } from "./credentials.ts";
import type { ClusterEntry } from "./kubeconfig.ts";
import { pemOf } from "./pem.ts";
import { proxyEnvFor } from "./proxy.ts";
import { reasonOf } from "./reason.ts";

/** Connection pools: `short` for requests, at most eight at a time; `long` for watches, followed logs and WebSockets, which hold theirs. */
export type Agents = { readonly short: http.Agent; readonly long: http.Agent };

type AgentRequest = {
  readonly cluster: ClusterEntry & { readonly server: string };
  readonly credential: Credential;
  readonly proxy: URL | undefined;
};

const shortSockets = 8;

/** One keep-alive pool of each kind to one server, with the client certificate of `credential`. */
export async function createAgents({ cluster, credential, proxy }: AgentRequest): Promise<Agents> {
  const secure = new URL(cluster.server).protocol === "https:";
  const security = secure ? await tlsOptions(cluster, credential) : {};
  const options: https.AgentOptions = { keepAlive: true, keepAliveMsecs: 30_000, scheduling: "lifo", ...security };
  const create = proxy?.protocol.startsWith("socks") ? await socksAgent(proxy) : plainAgent(secure, proxy);
  return { short: create({ ...options, maxSockets: shortSockets }), long: create(options) };
}

type CreateAgent = (options: https.AgentOptions) => http.Agent;

const plainAgent = (secure: boolean, proxy: URL | undefined): CreateAgent => {
  const proxied = proxyEnvFor(proxy);
  return (options) => (secure ? new https.Agent({ ...options, ...proxied }) : new http.Agent({ ...options, ...proxied }));
};

async function socksAgent(proxy: URL): Promise<CreateAgent> {
  const { SocksProxyAgent } = await import("socks-proxy-agent");
  return (options) => new SocksProxyAgent(proxy, options);
}

/** The context is made once: with the system's hundreds of authorities, each would take as long as a request. */
async function tlsOptions(cluster: ClusterEntry, credential: Credential): Promise<https.AgentOptions> {
  const pem = await pemOf(cluster.caData, cluster.caFile, "certificate-authority");
  if (pem !== undefined) checkAuthority(cluster, pem);
  // Beside node's own authorities those of the system, where companies put theirs; kubectl uses only the latter.
  const ca = pem ?? (cluster.skipTLSVerify ? undefined : [...tls.getCACertificates("default"), ...tls.getCACertificates("system")]);
  return {
    secureContext: secureContext(cluster, {
      ...(ca ? { ca } : {}),
      ...(credential.cert && credential.key ? { cert: credential.cert, key: credential.key } : {}),
    }),
    rejectUnauthorized: !cluster.skipTLSVerify,
    ...(cluster.tlsServerName ? { servername: cluster.tlsServerName } : {}),
  };
}

/** TLS passes over an authority that it cannot read, and then trusts nobody. */
function checkAuthority(cluster: ClusterEntry, pem: string): void {
  try {
    new X509Certificate(pem);
  } catch (cause) {
    throw new AppError("InvalidKubeconfig", `the certificate authority of cluster "${cluster.name}" is no certificate`, {
      hint: "certificate-authority is a PEM file, certificate-authority-data the same in base64",
      cause,
    });
  }
}

function secureContext(cluster: ClusterEntry, options: tls.SecureContextOptions): tls.SecureContext {
  try {
    return tls.createSecureContext({ minVersion: "TLSv1.2", ...options });
  } catch (cause) {
    const why = reasonOf(cause);
    throw new AppError("InvalidKubeconfig", `the client certificate and key for cluster "${cluster.name}" cannot be used: ${why}`, {
      hint: "check client-certificate and client-key: PEM files that belong together, the -data fields the same in base64",
      cause,
    });
  }
}
