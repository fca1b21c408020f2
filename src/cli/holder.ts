import type { KubeApi } from "../ports/kube.ts";
import type { Context } from "./context.ts";

/** Who carries out a run, for whoever finds its lock or its journal: "jane@laptop". */
export const holderOf = ({ env }: Pick<Context, "env">, { target }: KubeApi): string =>
  `${env.USER ?? target.user}@${env.HOSTNAME ?? target.context}`;
