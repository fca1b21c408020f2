import type { OutgoingHttpHeaders } from "node:http";
import type { UserEntry } from "./kubeconfig.ts";

/** The headers by which one user acts as another. A list is sent as repeated headers, never folded into one. */
export function impersonationHeaders(user: UserEntry): OutgoingHttpHeaders {
  if (!user.impersonateUser) return {};
  const extra = Object.entries(user.impersonateExtra ?? {}).map(([key, values]) => [`Impersonate-Extra-${escapeKey(key)}`, [...values]]);
  return {
    "Impersonate-User": user.impersonateUser,
    ...(user.impersonateUid ? { "Impersonate-Uid": user.impersonateUid } : {}),
    ...(user.impersonateGroups?.length ? { "Impersonate-Group": [...user.impersonateGroups] } : {}),
    ...Object.fromEntries(extra),
  };
}

/** What a header's name may not have, percent-encoded (client-go transport/round_trippers.go). */
const escapeKey = (key: string): string =>
  Buffer.from(key)
    .toString("latin1")
    .replace(/[^\w!#$&'*+.^`|~-]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`);
