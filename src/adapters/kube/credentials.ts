import { readFile } from "node:fs/promises";
import { AppError } from "../../model/errors.ts";
import type { Trace } from "../../ports/connect.ts";
import type { ClusterEntry, Environment, UserEntry } from "./kubeconfig.ts";
import { pemOf } from "./pem.ts";

/** What proves who we are: a header, a client certificate, or both. PEM texts. */
export type Credential = {
  readonly authorization?: string | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
};

/**
 * Where credentials come from. `current` runs a plugin or reads a file when it must. `renew` is told which credential the server refused
 * and answers whether there is another one to try.
 */
export type CredentialSource = {
  current(signal?: AbortSignal): Promise<Credential>;
  renew(refused: Credential, signal?: AbortSignal): Promise<boolean>;
};

/** What the sources need to know of the world around them. */
export type Surroundings = {
  readonly env: Environment;
  readonly stdinIsTty: boolean;
  readonly trace: Trace;
  now(): number;
  sleep(ms: number): Promise<void>;
};

/**
 * The way to log in that the user entry describes: token or token file, basic, exec plugin, auth provider; and a client certificate with
 * any of them. As in kubectl, a plain http server is never sent any.
 */
export async function credentialSource(
  user: UserEntry,
  cluster: ClusterEntry & { readonly server: string },
  around: Surroundings,
): Promise<CredentialSource> {
  if (cluster.server.toLowerCase().startsWith("http:")) return fixed({});
  const certificate = await clientCertificate(user);
  const source = await headerSource(user, cluster, around);
  return {
    current: async (signal) => ({ ...certificate, ...(await source.current(signal)) }),
    renew: (refused, signal) => source.renew(refused, signal),
  };
}

async function headerSource(user: UserEntry, cluster: ClusterEntry, around: Surroundings): Promise<CredentialSource> {
  if (user.tokenFile) return tokenFileSource(user.tokenFile, user.token, around);
  if (user.token) return fixed({ authorization: `Bearer ${user.token}` });
  if (user.username) return fixed({ authorization: `Basic ${Buffer.from(`${user.username}:${user.password ?? ""}`).toString("base64")}` });
  if (user.exec) {
    const { execSource } = await import("./exec-credential.ts");
    return execSource(user.exec, cluster, around);
  }
  if (user.authProvider?.name === "oidc") {
    const { oidcSource } = await import("./oidc-token.ts");
    return oidcSource(user.authProvider, around);
  }
  if (user.authProvider) {
    const { providerSource } = await import("./provider-credential.ts");
    return providerSource(user, user.authProvider);
  }
  return fixed({});
}

const fixed = (credential: Credential): CredentialSource => ({ current: async () => credential, renew: async () => false });

const tokenFileMs = 10_000;

/** A token that others write anew from time to time (projected service account tokens); read again after ten seconds. */
function tokenFileSource(file: string, fallback: string | undefined, around: Surroundings): CredentialSource {
  let token: string | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  const read = async (): Promise<string> => {
    readAt = around.now();
    const text = await readFile(file, "utf8").catch((cause: unknown) => {
      if (token ?? fallback) return token ?? fallback ?? "";
      throw new AppError("CredentialsFailed", `the token file ${file} cannot be read`, {
        hint: "check the user's tokenFile in the kubeconfig",
        cause,
      });
    });
    token = text.trim();
    return token;
  };
  return {
    current: async () => ({
      authorization: `Bearer ${token === undefined || around.now() - readAt >= tokenFileMs ? await read() : token}`,
    }),
    renew: async (refused) => `Bearer ${await read()}` !== refused.authorization,
  };
}

async function clientCertificate(user: UserEntry): Promise<Credential> {
  const cert = await pemOf(user.certData, user.certFile, "client-certificate");
  const key = await pemOf(user.keyData, user.keyFile, "client-key");
  if ((cert === undefined) === (key === undefined)) return cert === undefined ? {} : { cert, key };
  const missing = cert === undefined ? "client certificate" : "client key";
  throw new AppError(
    "InvalidKubeconfig",
    `the user "${user.name}" has no ${missing} to go with its ${cert === undefined ? "client key" : "client certificate"}`,
    {
      hint: "set both client-certificate and client-key, or neither",
    },
  );
}
