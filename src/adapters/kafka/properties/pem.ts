export type PemBlock = { readonly label: string; readonly text: string };

const block = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g;

/** A block may have lost its line ends on the way into a properties file; old encrypted keys have headers, and keep theirs. */
function tidy(label: string, body: string): string {
  const lines = body.includes(":") ? [body.trim()] : (body.replace(/\s+/g, "").match(/.{1,64}/g) ?? []);
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

/** The blocks of a PEM text, each with line ends as they should be; what stands between them is left out. */
export const pemBlocks = (text: string): PemBlock[] =>
  Array.from(text.matchAll(block), ([, label = "", body = ""]) => ({ label, text: tidy(label, body) }));

export const isCertificate = ({ label }: PemBlock): boolean => /^(X509 |TRUSTED )?CERTIFICATE$/.test(label);
export const isPrivateKey = ({ label }: PemBlock): boolean => label.endsWith("PRIVATE KEY");
