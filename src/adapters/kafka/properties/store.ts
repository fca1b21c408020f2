/** What a key store holds, as PEM texts. `trusted` are those that Java trusts; the chain begins with the key's own certificate. */
export type Store = { readonly trusted: readonly string[]; readonly key?: { readonly pem: string; readonly chain: readonly string[] } };

/** The store cannot be used. The message says why and never has a password in it. */
export class UnreadableStore extends Error {
  override readonly name = "UnreadableStore";
}

export const wrongPassword = (): UnreadableStore => new UnreadableStore("its password is wrong, or the file is damaged");

/** A certificate or key as a PEM text. */
export function toPem(label: "CERTIFICATE" | "PRIVATE KEY", der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** Left out where the person gave none: Java then reads what is not encrypted, unchecked. */
export type Passwords = { readonly password: string | undefined; readonly keyPassword: string | undefined };

export const needsPassword = (): UnreadableStore => new UnreadableStore("it is encrypted, and no password is given for it");
