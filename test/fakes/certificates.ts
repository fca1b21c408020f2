import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** PEM texts. */
export type Pair = { readonly cert: string; readonly key: string };

export type TestCertificates = {
  readonly ca: string;
  /** For 127.0.0.1, localhost and api.example.test. */
  readonly server: Pair;
  /** CN=jane. */
  readonly client: Pair;
};

let made: TestCertificates | undefined;

/** One throw-away authority with a server and a client certificate, made once per process by openssl. */
export function testCertificates(): TestCertificates {
  made ??= make();
  return made;
}

function make(): TestCertificates {
  const folder = mkdtempSync(join(tmpdir(), "kubectl-kafka-tls-"));
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { cwd: folder, stdio: "pipe" });
  const read = (file: string): string => readFileSync(join(folder, file), "utf8");
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
  const issue = (name: string, ...extensions: string[]): Pair => {
    openssl("req", ...newKey, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", `/CN=${name}`, ...extensions);
    openssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      "-CA",
      "ca.crt",
      "-CAkey",
      "ca.key",
      "-CAcreateserial",
      "-days",
      "2",
      "-copy_extensions",
      "copy",
      "-out",
      `${name}.crt`,
    );
    return { cert: read(`${name}.crt`), key: read(`${name}.key`) };
  };
  try {
    openssl("req", "-x509", ...newKey, "-keyout", "ca.key", "-out", "ca.crt", "-days", "2", "-subj", "/CN=test-ca");
    const server = issue("server", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:api.example.test");
    return { ca: read("ca.crt"), server, client: issue("jane") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
