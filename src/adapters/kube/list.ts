import { AppError } from "../../model/errors.ts";
import type { KubeObject } from "../../model/kube.ts";
import type { KubeList, ListRequest } from "../../ports/kube.ts";
import type { Client } from "./client.ts";
import { acceptOf, asPage } from "./objects.ts";

const pageSize = 500;

/** How often a list starts anew because its pages ran out of the server's memory (410 Gone) before they were all read. */
const maxRestarts = 3;

/** All pages. A continuation that is too old restarts the whole list, so that it is of one moment. */
export async function listAll(client: Client, request: ListRequest, signal?: AbortSignal): Promise<KubeList> {
  for (let restarts = 0; ; restarts += 1) {
    try {
      return await readPages(client, request, signal);
    } catch (error) {
      if (!(error instanceof AppError && error.code === "Gone") || restarts === maxRestarts) throw error;
      client.trace("the list's continuation is too old: listing again");
    }
  }
}

async function readPages(client: Client, request: ListRequest, signal?: AbortSignal): Promise<KubeList> {
  const { resource, namespace, labelSelector, fieldSelector, metadataOnly, managedFields } = request;
  const items: KubeObject[] = [];
  for (let next: string | undefined; ; ) {
    const answer = await client.json({
      subject: { verb: "list", resource, namespace },
      query: { limit: pageSize, continue: next, labelSelector, fieldSelector },
      accept: acceptOf(metadataOnly, true),
      signal,
    });
    const page = asPage(answer, resource, managedFields);
    for (const item of page.items) items.push(item);
    next = page.next;
    if (next === undefined) return { items, resourceVersion: page.resourceVersion };
  }
}
