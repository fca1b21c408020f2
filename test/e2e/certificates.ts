import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** PEM texts. */
export type KeyPair = { crt: string; key: string };

/** What to put into a leaf: its common name, its DNS names, and for how long it lives. */
type Leaf = { commonName: string; dns: readonly string[]; days?: number };

/** A throw-away certificate authority on openssl, with Strimzi's subjects; `issue` signs leaves. */
export function makeAuthority(commonName: string): KeyPair & { issue(leaf: Leaf): KeyPair } {
  const own = inFolder((openssl) => {
    openssl("req -x509 -newkey rsa:2048 -nodes -days 365 -keyout key -out crt", ["-subj", `/O=io.strimzi/CN=${commonName}`]);
    return ["crt", "key"];
  });
  const issue = ({ commonName: leaf, dns, days = 365 }: Leaf): KeyPair =>
    inFolder((openssl, write) => {
      write("ca.crt", own.crt);
      write("ca.key", own.key);
      write("ext", dns.length === 0 ? "" : `subjectAltName=${dns.map((name) => `DNS:${name}`).join(",")}`);
      openssl("req -newkey rsa:2048 -nodes -keyout key -out csr", ["-subj", `/O=io.strimzi/CN=${leaf}`]);
      openssl(`x509 -req -in csr -CA ca.crt -CAkey ca.key -CAcreateserial -days ${days} -extfile ext -out crt`);
      return ["crt", "key"];
    });
  return { ...own, issue };
}

type OpenSsl = (args: string, more?: readonly string[]) => void;

function inFolder(work: (openssl: OpenSsl, write: (file: string, text: string) => void) => [string, string]): KeyPair {
  const folder = mkdtempSync(join(tmpdir(), "kubectl-kafka-pki-"));
  try {
    const openssl: OpenSsl = (args, more = []) =>
      void execFileSync("openssl", [...args.split(" "), ...more], { cwd: folder, stdio: "pipe" });
    const [crt, key] = work(openssl, (file, text) => writeFileSync(join(folder, file), text));
    return { crt: readFileSync(join(folder, crt), "utf8"), key: readFileSync(join(folder, key), "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
