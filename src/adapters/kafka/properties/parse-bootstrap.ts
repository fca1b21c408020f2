import type { BrokerAddress } from "../../../model/kafka-target.ts";

/** "host:port" as Java's clients take it: with a protocol before it or not, IPv6 in brackets. Undefined when it is none. */
function parseAddress(text: string): BrokerAddress | undefined {
  const match = /^(?:[\w.%-]+:\/\/)?(?:\[([\w:.%-]+)\]|([\w.%-]+)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  const host = match?.[1] ?? match?.[2];
  return host !== undefined && port > 0 && port < 65_536 ? { host, port } : undefined;
}

/** The value of `bootstrap.servers`: addresses with commas between them. The first that cannot be read is told as `wrong`. */
export function parseBootstrap(text: string): { readonly addresses: readonly BrokerAddress[] } | { readonly wrong: string } {
  const parts = text.split(",").map((part) => part.trim());
  const named = parts.filter((part) => part !== "");
  const wrong = named.find((part) => parseAddress(part) === undefined);
  if (wrong !== undefined) return { wrong };
  return { addresses: named.map(parseAddress).filter((address) => address !== undefined) };
}
