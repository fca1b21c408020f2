import { open, readFile, unlink, writeFile } from "node:fs/promises";
import { Agent } from "node:https";
import { setTimeout as sleep } from "node:timers/promises";
import { AppError } from "../../model/errors.ts";
import type { CredentialSource, Surroundings } from "./credentials.ts";
import { pemOf } from "./credentials.ts";
import { readBody, sendHttp } from "./http.ts";
import type { AuthProviderConfig } from "./kubeconfig.ts";
import { proxyEnvFor, proxyFor } from "./proxy.ts";

const expirySkewMs = 10_000;
const deadlineMs = 15_000;

type Tokens = { readonly idToken: string | undefined; readonly refreshToken: string | undefined };

/**
 * The auth provider oidc: the ID token while it lasts, then a new one from the issuer by the refresh token. What the issuer gives is
 * written back to the kubeconfig, as kubectl does, since an issuer that rotates refresh tokens takes each only once. Ours and not
 * client-node's, which leaves out client-secret, takes `expires_in` for a date and writes nothing back.
 */
export function oidcSource(provider: AuthProviderConfig, around: Surroundings): CredentialSource {
  let tokens: Tokens = { idToken: provider.config["id-token"], refreshToken: provider.config["refresh-token"] };
  let running: Promise<Tokens> | undefined;
  const refresh = (signal?: AbortSignal): Promise<Tokens> => {
    running ??= refreshTokens(provider, tokens, around, signal).finally(() => {
      running = undefined;
    });
    return running;
  };
  const current: CredentialSource["current"] = async (signal) => {
    if (expiryOf(tokens.idToken) - expirySkewMs <= around.now()) tokens = await refresh(signal);
    return { authorization: `Bearer ${tokens.idToken}` };
  };
  return {
    current,
    renew: async (refused, signal) => {
      if (!tokens.refreshToken) return false;
      if (refused.authorization === `Bearer ${tokens.idToken}`) tokens = await refresh(signal);
      return true;
    },
  };
}

/** The `exp` of a JWT in milliseconds; 0 when it cannot be read. */
function expiryOf(token: string | undefined): number {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token?.split(".")[1] ?? "", "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null && "exp" in claims ? Number(claims.exp) * 1000 : 0;
  } catch {
    return 0;
  }
}

async function refreshTokens(provider: AuthProviderConfig, old: Tokens, around: Surroundings, signal?: AbortSignal): Promise<Tokens> {
  const { "idp-issuer-url": issuer, "client-id": clientId } = provider.config;
  if (!old.refreshToken || !issuer || !clientId) {
    const missing = !old.refreshToken ? "refresh-token" : !issuer ? "idp-issuer-url" : "client-id";
    throw failed(`The OIDC login has expired and cannot be renewed: the kubeconfig has no ${missing}`);
  }
  const post = await issuerClient(provider, issuer, around, signal);
  const answer = await post({ grant_type: "refresh_token", refresh_token: old.refreshToken, client_id: clientId });
  if (typeof answer["id_token"] !== "string") throw failed(`The OIDC issuer ${issuer} gave no id_token`);
  const fresh = { idToken: answer["id_token"], refreshToken: typeof answer["refresh_token"] === "string" ? answer["refresh_token"] : old.refreshToken };
  await writeBack(provider.source, [[old.idToken, fresh.idToken], [old.refreshToken, fresh.refreshToken]]).catch((error: unknown) => {
    around.trace(`oidc: the renewed login could not be written to ${provider.source}: ${error instanceof Error ? error.message : String(error)}`);
  });
  return fresh;
}

type Json = Readonly<Record<string, unknown>>;
type PostForm = (fields: Readonly<Record<string, string>>) => Promise<Json>;

/** Discovers the token endpoint, and how the client proves itself there. */
async function issuerClient(provider: AuthProviderConfig, issuer: string, around: Surroundings, signal?: AbortSignal): Promise<PostForm> {
  const { "client-id": clientId = "", "client-secret": secret } = provider.config;
  const ca = await pemOf(provider.config["idp-certificate-authority-data"], provider.config["idp-certificate-authority"], "idp-certificate-authority");
  const agent = new Agent({ ...(ca ? { ca } : {}), ...proxyEnvFor(proxyFor(new URL(issuer), undefined, around.env)) });
  const call = async (url: string, headers: Record<string, string>, body?: string): Promise<Json> => {
    const response = await sendHttp({ url: new URL(url), method: body === undefined ? "GET" : "POST", headers, body, agent, signal, deadlineMs }).catch((cause: unknown) => {
      throw failed(`The OIDC issuer ${issuer} cannot be reached: ${cause instanceof Error ? cause.message : String(cause)}`, cause);
    });
    return parseAnswer(issuer, response.statusCode ?? 0, (await readBody(response)).text);
  };
  const discovered = await call(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, {});
  const endpoint = discovered["token_endpoint"];
  if (typeof endpoint !== "string") throw failed(`The OIDC issuer ${issuer} names no token endpoint`);
  const methods = discovered["token_endpoint_auth_methods_supported"];
  const inBody = Array.isArray(methods) && methods.includes("client_secret_post") && !methods.includes("client_secret_basic");
  const basic = `Basic ${Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(secret ?? "")}`).toString("base64")}`;
  const headers = { "content-type": "application/x-www-form-urlencoded", accept: "application/json", ...(secret && !inBody ? { authorization: basic } : {}) };
  return (fields) => call(endpoint, headers, new URLSearchParams({ ...fields, ...(secret && inBody ? { client_secret: secret } : {}) }).toString());
}

function parseAnswer(issuer: string, status: number, text: string): Json {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    // Reported below.
  }
  const fields = typeof answer === "object" && answer !== null ? (answer as Json) : {};
  if (status === 200) return fields;
  const why = [fields["error"], fields["error_description"]].filter((part) => typeof part === "string").join(": ");
  throw failed(`The OIDC issuer ${issuer} refused to renew the login: HTTP ${status}${why ? `, ${why}` : ""}`);
}

const failed = (message: string, cause?: unknown): AppError =>
  new AppError("CredentialsFailed", message, { hint: "Log in again with the tool that wrote the kubeconfig", cause });

/** Replaces the tokens where they stand in the file, so that comments and order stay; under kubectl's own lock file. */
async function writeBack(file: string, changes: readonly (readonly [string | undefined, string])[]): Promise<void> {
  const lock = `${file}.lock`;
  await takeLock(lock);
  try {
    const text = await readFile(file, "utf8");
    const changed = changes.reduce((result, [before, after]) => (before ? result.replaceAll(before, after) : result), text);
    if (changed !== text) await writeFile(file, changed);
  } finally {
    await unlink(lock);
  }
}

async function takeLock(lock: string): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await (await open(lock, "wx")).close();
    } catch (error) {
      if (attempt === 10) throw error;
      await sleep(50);
    }
  }
}
