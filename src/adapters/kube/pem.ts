import { readFile } from "node:fs/promises";
import { AppError } from "../../model/errors.ts";
import { reasonOf } from "./reason.ts";

/** A PEM text of a kubeconfig: its base64 data before its file, as in client-go. Undefined when there is neither. */
export async function pemOf(data: string | undefined, file: string | undefined, field: string): Promise<string | undefined> {
  if (data) return Buffer.from(data, "base64").toString("utf8");
  if (!file) return undefined;
  return readFile(file, "utf8").catch((cause: unknown) => {
    throw new AppError("InvalidKubeconfig", `the ${field} ${file} cannot be read: ${reasonOf(cause)}`, {
      hint: `check ${field} in the kubeconfig, or --${field}`,
      cause,
    });
  });
}
