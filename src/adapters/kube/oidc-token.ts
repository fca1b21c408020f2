import { Agent } from "node:https";
import { AppError } from "../../model/errors.ts";
import type { CredentialSource, Surroundings } from "./credentials.ts";
import { readBody, sendHttp } from "./http.ts";
import type { AuthProviderConfig } from "./kubeconfig.ts";
import { pemOf } from "./pem.ts";
import { proxyEnvFor, proxyFor } from "./proxy.ts";
import { reasonOf } from "./reason.ts";
import { replaceInKubeconfig } from "./replace-in-kubeconfig.ts";

const expirySkewMs = 10_000;
const deadlineMs = 15_000;

type Tokens = { readonly idToken: string | undefined; readonly refreshToken: string | undefined };
type Login = { readonly provider: AuthProviderConfig; readonly around: Surroundings };

/**
 * The auth provider oidc: the ID token while it lasts, then a new one from the issuer by the refresh token. What the issuer gives is
 * written back to the kubeconfig, as kubectl does, since an issuer that rotates refresh tokens takes each only once. Ours and not
 * client-node's, which leaves out client-secret, takes `expires_in` for a date and writes nothing back. A renewal once begun is not
 * interrupted: what the issuer answers would be lost, and with it the login.
 */
export function oidcSource(provider: AuthProviderConfig, around: Surroundings): CredentialSource {
  let tokens: Tokens = { idToken: provider.config["id-token"], refreshToken: provider.config["refresh-token"] };
  let running: Promise<Tokens> | undefined;
  const refresh = (): Promise<Tokens> => {
    running ??= refreshTokens({ provider, around }, tokens).finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    current: async () => {
      if (expiryOf(tokens.idToken) - expirySkewMs <= around.now()) tokens = await refresh();
      return { authorization: `Bearer ${tokens.idToken}` };
    },
    renew: async (refused) => {
      if (!tokens.refreshToken) return false;
      if (refused.authorization === `Bearer ${tokens.idToken}`) tokens = await refresh();
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

async function refreshTokens(login: Login, old: Tokens): Promise<Tokens> {
  const { config, source } = login.provider;
  const { "idp-issuer-url": issuer, "client-id": clientId } = config;
  const missing = !old.refreshToken ? "refresh-token" : !issuer ? "idp-issuer-url" : "client-id";
  if (!old.refreshToken || !issuer || !clientId)
    throw failed(`the OIDC login has expired and cannot be renewed: the kubeconfig has no ${missing}`);
  const call = await issuerCall(login, issuer);
  const answer = await postToIssuer(call, login, { grant_type: "refresh_token", refresh_token: old.refreshToken, client_id: clientId });
  const { id_token: idToken, refresh_token: rotated } = answer;
  if (typeof idToken !== "string") throw failed(`the OIDC issuer ${issuer} gave no id_token`);
  const fresh = { idToken, refreshToken: typeof rotated === "string" ? rotated : old.refreshToken };
  const changes = [[old.idToken ?? "", fresh.idToken] as const, [old.refreshToken, fresh.refreshToken] as const];
  await replaceInKubeconfig(source, changes, login.around.sleep).catch((error: unknown) => {
    login.around.trace(`oidc: the renewed login could not be written to ${source}: ${reasonOf(error)}`);
  });
  return fresh;
}

type Json = Readonly<Record<string, unknown>>;
type Post = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/** Calls to the issuer, with its own authority and through the proxy. */
type IssuerCall = { readonly issuer: string; send(url: string, post?: Post): Promise<Json> };

async function issuerCall({ provider, around }: Login, issuer: string): Promise<IssuerCall> {
  const { "idp-certificate-authority-data": data, "idp-certificate-authority": file } = provider.config;
  const ca = await pemOf(data, file, "idp-certificate-authority");
  const agent = new Agent({ ...(ca ? { ca } : {}), ...proxyEnvFor(proxyFor(new URL(issuer), undefined, around.env)) });
  const send: IssuerCall["send"] = async (url, post) => {
    const method = post ? "POST" : "GET";
    try {
      const response = await sendHttp({
        url: new URL(url),
        method,
        headers: post?.headers ?? {},
        body: post?.body,
        agent,
        deadlineMs,
      });
      return readAnswer(issuer, response.statusCode ?? 0, (await readBody(response)).text);
    } catch (cause) {
      throw cause instanceof AppError ? cause : failed(`the OIDC issuer ${issuer} cannot be reached: ${reasonOf(cause)}`, cause);
    }
  };
  return { issuer, send };
}

/** Posts to the token endpoint that discovery names, with the client's secret where the issuer wants it. */
async function postToIssuer({ issuer, send }: IssuerCall, { provider }: Login, fields: Readonly<Record<string, string>>): Promise<Json> {
  const { "client-id": id = "", "client-secret": secret } = provider.config;
  const discovered = await send(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`);
  const { token_endpoint: endpoint, token_endpoint_auth_methods_supported: methods } = discovered;
  if (typeof endpoint !== "string") throw failed(`the OIDC issuer ${issuer} names no token endpoint`);
  const inBody = Array.isArray(methods) && methods.includes("client_secret_post") && !methods.includes("client_secret_basic");
  const basic = `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret ?? "")}`).toString("base64")}`;
  return send(endpoint, {
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      accept: "application/json",
      ...(secret && !inBody ? { authorization: basic } : {}),
    },
    body: new URLSearchParams({ ...fields, ...(secret && inBody ? { client_secret: secret } : {}) }).toString(),
  });
}

function readAnswer(issuer: string, status: number, text: string): Json {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    // The status alone tells, then.
  }
  const fields = typeof answer === "object" && answer !== null ? (answer as Json) : {};
  if (status === 200) return fields;
  const why = [fields.error, fields.error_description].filter((part) => typeof part === "string").join(": ");
  throw failed(`the OIDC issuer ${issuer} refused to renew the login: HTTP ${status}${why ? `, ${why}` : ""}`);
}

const failed = (message: string, cause?: unknown): AppError =>
  new AppError("CredentialsFailed", message, { hint: "log in again with the tool that wrote the kubeconfig", cause });
