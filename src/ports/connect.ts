import type { OpenKafka } from "./kafka.ts";
import type { KubeApi } from "./kube.ts";

/** kubectl's connection flags, as they were given. */
export type ConnectionFlags = {
  kubeconfig?: string | undefined;
  context?: string | undefined;
  cluster?: string | undefined;
  user?: string | undefined;
  namespace?: string | undefined;
  server?: string | undefined;
  token?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
  as?: string | undefined;
  asGroup?: readonly string[] | undefined;
  asUid?: string | undefined;
  certificateAuthority?: string | undefined;
  clientCertificate?: string | undefined;
  clientKey?: string | undefined;
  tlsServerName?: string | undefined;
  insecureSkipTlsVerify?: boolean | undefined;
  disableCompression?: boolean | undefined;
  /** One deadline per request; 0 or left out: none but the adapters' own. */
  requestTimeoutMs?: number | undefined;
};

/** One line about a request that was made, shown from -v 6 on: method, what, status, milliseconds, bytes. */
export type Trace = (line: string) => void;

/** `kube` reads the kubeconfig when it is first called, so that commands on a Kafka elsewhere need none. */
export type Connections = {
  kube(): Promise<KubeApi>;
  openKafka: OpenKafka;
  close(): void;
};

export type Connect = (flags: ConnectionFlags, trace: Trace) => Connections;
