import type { KubeApi } from "../ports/kube.ts";
import type { Context } from "./context.ts";

/** Who carries out a run, for whoever finds its lock or its journal: "jane@laptop/12345", with the number of the process. */
export const holderOf = ({ env, process }: Pick<Context, "env" | "process">, { target }: KubeApi): string =>
  `${env.USER ?? target.user}@${process.host}/${process.pid}`;
