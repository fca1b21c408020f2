import { spawn } from "node:child_process";
import { AppError } from "../../model/errors.ts";
import type { Credential, CredentialSource, Surroundings } from "./credentials.ts";
import type { ClusterEntry, ExecConfig } from "./kubeconfig.ts";
import { pemOf } from "./pem.ts";

const versions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

/** A token this close to its end may run out on the way to the server. */
const expirySkewMs = 10_000;

type Plugin = { readonly exec: ExecConfig; readonly cluster: ClusterEntry; readonly around: Surroundings };
type Issued = { readonly credential: Credential; readonly expiresAt: number };

/**
 * Credentials from a plugin (aws, gke-gcloud-auth-plugin, kubelogin, …), kept in memory until they expire or the server refuses them.
 * Requests that start at once wait for one run of it. Contract: k8s.io/client-go/pkg/apis/clientauthentication/v1.
 */
export function execSource(exec: ExecConfig, cluster: ClusterEntry, around: Surroundings): CredentialSource {
  checkConfig(exec);
  let issued: Issued | undefined;
  let running: Promise<Issued> | undefined;
  const run = (signal?: AbortSignal): Promise<Issued> => {
    running ??= runPlugin({ exec, cluster, around }, signal).finally(() => {
      running = undefined;
    });
    return running;
  };
  const current = async (signal?: AbortSignal): Promise<Credential> => {
    if (issued !== undefined && issued.expiresAt - expirySkewMs > around.now()) return issued.credential;
    // A run that the signal of another request has stopped is begun again.
    const fresh = await run(signal).catch((error: unknown) => (isAbort(error) && !signal?.aborted ? run(signal) : Promise.reject(error)));
    issued = fresh;
    return fresh.credential;
  };
  return {
    current,
    renew: async (refused, signal) => {
      if (issued !== undefined && issued.credential.authorization === refused.authorization) issued = undefined;
      const next = await current(signal);
      return next.authorization !== refused.authorization || next.cert !== undefined;
    },
  };
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === "AbortError";

function checkConfig(exec: ExecConfig): void {
  const field = { hint: "check users[].user.exec in the kubeconfig" };
  if (exec.command === "") throw new AppError("InvalidKubeconfig", "the user's exec entry has no command", field);
  if (!versions.includes(exec.apiVersion)) {
    throw new AppError(
      "InvalidKubeconfig",
      `the user's exec entry asks for apiVersion "${exec.apiVersion}"; known are ${versions.join(" and ")}`,
      {
        hint: exec.apiVersion.endsWith("v1alpha1")
          ? "Kubernetes dropped v1alpha1 in 1.24: let your cloud's tool write the kubeconfig anew"
          : field.hint,
      },
    );
  }
}

async function runPlugin({ exec, cluster, around }: Plugin, signal: AbortSignal | undefined): Promise<Issued> {
  const interactive = isInteractive(exec, around.stdinIsTty);
  const startedAt = around.now();
  const env = { ...around.env, ...exec.env, KUBERNETES_EXEC_INFO: JSON.stringify(await execInfo(exec, cluster, interactive)) };
  const { code, stdout } = await spawnPlugin(exec, { env, interactive, signal });
  around.trace(`exec ${exec.command}: exit code ${code} in ${around.now() - startedAt} ms`);
  if (code !== 0) {
    throw new AppError("CredentialsFailed", `the credential plugin ${exec.command} failed with exit code ${code}`, {
      hint: "it said why above; most often you have to log in again",
      details: { exitCode: code },
    });
  }
  return readCredential(exec, stdout);
}

/** Whether the plugin may ask the person: `interactiveMode`, which v1beta1 may leave out. */
function isInteractive(exec: ExecConfig, stdinIsTty: boolean): boolean {
  if (exec.interactiveMode === "Never") return false;
  if (exec.interactiveMode === "Always" && !stdinIsTty) {
    throw new AppError(
      "CredentialsFailed",
      `the credential plugin ${exec.command} must ask you something, but standard input is not a terminal`,
      {
        hint: "run the command in a terminal, or log in before",
      },
    );
  }
  return stdinIsTty;
}

async function execInfo(exec: ExecConfig, cluster: ClusterEntry, interactive: boolean): Promise<unknown> {
  const ca = exec.provideClusterInfo ? await pemOf(cluster.caData, cluster.caFile, "certificate-authority") : undefined;
  const info = {
    server: cluster.server,
    "tls-server-name": cluster.tlsServerName,
    "insecure-skip-tls-verify": cluster.skipTLSVerify || undefined,
    "certificate-authority-data": ca === undefined ? undefined : Buffer.from(ca).toString("base64"),
    "proxy-url": cluster.proxyUrl,
    "disable-compression": cluster.disableCompression || undefined,
    config: cluster.execConfig,
  };
  return {
    kind: "ExecCredential",
    apiVersion: exec.apiVersion,
    spec: { ...(exec.provideClusterInfo ? { cluster: info } : {}), interactive },
  };
}

type PluginProcess = {
  readonly env: Record<string, string | undefined>;
  readonly interactive: boolean;
  readonly signal: AbortSignal | undefined;
};

/** Its stderr is ours, so that a login page's address or a device code is seen. */
function spawnPlugin(exec: ExecConfig, { env, interactive, signal }: PluginProcess): Promise<{ code: number; stdout: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(exec.command, exec.args, {
      env,
      stdio: [interactive ? "inherit" : "ignore", "pipe", "inherit"],
      ...(signal ? { signal } : {}),
    });
    const chunks: Buffer[] = [];
    child.stdout?.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.on("error", (error: NodeJS.ErrnoException) => reject(signal?.aborted ? error : cannotRun(exec, error)));
    child.on("close", (code) => resolve({ code: code ?? 1, stdout: Buffer.concat(chunks).toString("utf8") }));
  });
}

const cannotRun = (exec: ExecConfig, cause: NodeJS.ErrnoException): AppError =>
  cause.code === "ENOENT"
    ? new AppError("CredentialsFailed", `the credential plugin ${exec.command} is not installed, or not on the PATH`, {
        hint: plainText(exec.installHint) ?? `install ${exec.command}`,
        cause,
      })
    : new AppError("CredentialsFailed", `the credential plugin ${exec.command} cannot be run: ${cause.message}`, {
        hint: `check that it is executable: ${exec.command}`,
        cause,
      });

/** A kubeconfig must not be able to move the cursor or colour the terminal. */
const plainText = (text: string | undefined): string | undefined => text?.replace(/(?!\n)\p{Cc}/gu, "").trim() || undefined;

function readCredential(exec: ExecConfig, stdout: string): Issued {
  const answer = parseAnswer(exec, stdout);
  const status = answer.status ?? {};
  const { token, clientCertificateData: cert, clientKeyData: key, expirationTimestamp } = status;
  if (answer.kind !== "ExecCredential" || answer.apiVersion !== exec.apiVersion) {
    throw badAnswer(exec, `it answered ${answer.apiVersion ?? "?"} ${answer.kind ?? "?"}, not ${exec.apiVersion} ExecCredential`);
  }
  if (!token && !cert) throw badAnswer(exec, "it gave neither a token nor a client certificate");
  if (Boolean(cert) !== Boolean(key)) throw badAnswer(exec, "it gave a client certificate without a key, or the other way round");
  const expiresAt = expirationTimestamp ? Date.parse(expirationTimestamp) : Number.POSITIVE_INFINITY;
  return {
    credential: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(cert && key ? { cert, key } : {}) },
    expiresAt: Number.isNaN(expiresAt) ? Number.POSITIVE_INFINITY : expiresAt,
  };
}

type ExecCredential = {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly status?: {
    readonly token?: string;
    readonly clientCertificateData?: string;
    readonly clientKeyData?: string;
    readonly expirationTimestamp?: string;
  };
};

function parseAnswer(exec: ExecConfig, stdout: string): ExecCredential {
  try {
    const answer: unknown = JSON.parse(stdout);
    if (typeof answer === "object" && answer !== null) return answer;
  } catch {
    // Reported below; the text itself may hold a token and is not shown.
  }
  throw badAnswer(exec, "its output is not JSON");
}

const badAnswer = (exec: ExecConfig, why: string): AppError =>
  new AppError("CredentialsFailed", `the credential plugin ${exec.command} gave no credentials: ${why}`, {
    // not its arguments: some hold a client's secret
    hint: `run it by hand, as users[].user.exec in the kubeconfig says, to see what it answers`,
  });
