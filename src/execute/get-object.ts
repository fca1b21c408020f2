import { AppError } from "../model/errors.ts";
import type { KubeObject, ObjectRef } from "../model/kube.ts";
import type { KubeApi } from "../ports/kube.ts";

/** The object, or undefined when there is none. */
export async function getObject(kube: KubeApi, ref: ObjectRef, signal?: AbortSignal): Promise<KubeObject | undefined> {
  try {
    return await kube.get(ref, signal);
  } catch (error) {
    if (error instanceof AppError && error.code === "NotFound") return undefined;
    throw error;
  }
}
