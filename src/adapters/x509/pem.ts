import { X509Certificate } from "node:crypto";

/** A PEM block with lines of 64 characters. */
export function pemOf(label: string, der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** The first certificate of a PEM text. */
export const derOf = (pem: string): Uint8Array => new Uint8Array(new X509Certificate(pem).raw);
