import type { Cluster, User } from "@kubernetes/client-node/dist/config_types.js";
import { AppError } from "../../model/errors.ts";
import type { CredentialSource } from "./credentials.ts";
import type { AuthProviderConfig, UserEntry } from "./kubeconfig.ts";
import { reasonOf } from "./reason.ts";

/** The providers that client-node knows beside oidc, which is ours (oidc-token.ts). kubectl dropped them in 1.26; old kubeconfigs have them. */
const known = ["gcp", "azure"];

/** Legacy auth providers, by client-node's KubeConfig, which is loaded for such users only: it costs a tenth of a second. */
export async function providerSource(user: UserEntry, provider: AuthProviderConfig): Promise<CredentialSource> {
  if (!known.includes(provider.name)) {
    throw new AppError("InvalidKubeconfig", `the user "${user.name}" logs in by the auth provider "${provider.name}", which is not known`, {
      hint: "known are oidc, gcp and azure; clouds now give an exec plugin",
    });
  }
  const { KubeConfig } = await import("@kubernetes/client-node/dist/config.js");
  const cluster: Cluster = { name: "cluster", server: "https://localhost", skipTLSVerify: false };
  const legacy: User = { name: user.name, authProvider: { name: provider.name, config: { ...provider.config } } };
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [cluster],
    users: [legacy],
    contexts: [{ name: "context", cluster: cluster.name, user: legacy.name }],
    currentContext: "context",
  });
  return {
    current: async () => {
      const options: { headers?: Record<string, string> } = {};
      await config.applyToHTTPSOptions(options).catch((cause: unknown) => {
        throw new AppError("CredentialsFailed", `the auth provider "${provider.name}" gave no token: ${reasonOf(cause)}`, {
          hint:
            provider.name === "gcp"
              ? "install gke-gcloud-auth-plugin and run: gcloud container clusters get-credentials"
              : "install kubelogin and run: az aks get-credentials",
          cause,
        });
      });
      return { authorization: options.headers?.Authorization };
    },
    renew: async () => false,
  };
}
