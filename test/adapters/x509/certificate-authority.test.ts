import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { certificateAuthority } from "../../../src/adapters/x509/certificate-authority.ts";
import { compareCertificates, readCertificates } from "../../../src/adapters/x509/read-certificates.ts";
import type { IssuedCertificate } from "../../../src/ports/certificate-authority.ts";

const now = "2030-01-02T03:04:05.678Z";
const folder = mkdtempSync(join(tmpdir(), "kubectl-kafka-x509-"));
after(() => rmSync(folder, { recursive: true }));

const openssl = (...args: string[]): string => execFileSync("openssl", args, { cwd: folder, encoding: "utf8", stdio: "pipe" });
const write = (name: string, text: string): string => {
  writeFileSync(join(folder, name), text);
  return name;
};

/** What openssl says of a chain at that moment. */
function verify(authority: string, leaf: string, at = now): string {
  const seconds = String(Math.floor(Date.parse(at) / 1000));
  return openssl("verify", "-x509_strict", "-attime", seconds, "-CAfile", write("ca.crt", authority), write("leaf.crt", leaf)).trim();
}

const text = (certificate: string): string => openssl("x509", "-noout", "-text", "-in", write("text.crt", certificate));
const authority = certificateAuthority.makeAuthority({ commonName: "cluster-ca v0", validityDays: 365, now });
const node = { commonName: "my-cluster-kafka", validityDays: 30, now };

test("authority: Strimzi's subject, constraints and key", async () => {
  const { certificate, privateKey } = await authority;
  assert.match(privateKey, /^-----BEGIN PRIVATE KEY-----\n/);
  const shown = text(certificate);
  assert.match(shown, /Public-Key: \(4096 bit\)/);
  assert.match(shown, /Basic Constraints: critical\s+CA:TRUE, pathlen:0/);
  assert.match(shown, /Key Usage: critical\s+Certificate Sign, CRL Sign\n/);
  const [info] = readCertificates(certificate);
  assert.deepEqual(
    { ...info, serial: "", fingerprint: "" },
    {
      subject: "CN=cluster-ca v0,O=io.strimzi",
      issuer: "CN=cluster-ca v0,O=io.strimzi",
      serial: "",
      notBefore: "2030-01-02T02:59:05.000Z",
      notAfter: "2031-01-02T03:04:05.000Z",
      dnsNames: [],
      ipAddresses: [],
      isCa: true,
      fingerprint: "",
    },
  );
});

test("leaf: names, usage and chain, verified by openssl", async () => {
  const [leaf] = await certificateAuthority.issueLeaves(await authority, [
    { ...node, dnsNames: ["my-cluster-kafka-bootstrap", "*.example.test"], ipAddresses: ["10.0.0.1", "2001:db8::1"] },
  ]);
  assert.ok(leaf);
  assert.equal(verify((await authority).certificate, leaf.certificate), "leaf.crt: OK");
  assert.match(text(leaf.certificate), /Extended Key Usage:\s+TLS Web Server Authentication, TLS Web Client Authentication\n/);
  const [info, signer] = readCertificates(leaf.certificate);
  assert.equal(info?.subject, "CN=my-cluster-kafka,O=io.strimzi");
  assert.equal(info.issuer, "CN=cluster-ca v0,O=io.strimzi");
  assert.deepEqual(info.dnsNames, ["my-cluster-kafka-bootstrap", "*.example.test"]);
  assert.deepEqual(info.ipAddresses, ["10.0.0.1", "2001:DB8:0:0:0:0:0:1"]);
  assert.equal(info.notAfter, "2030-02-01T03:04:05.000Z");
  assert.equal(info.isCa, false);
  assert.equal(signer?.fingerprint, readCertificates((await authority).certificate)[0]?.fingerprint);
});

test("several leaves: in the order asked for, each with a key and a serial of its own", async () => {
  const leaves = await certificateAuthority.issueLeaves(
    await authority,
    ["a", "b", "c"].map((name) => ({ ...node, dnsNames: [name] })),
  );
  const infos = leaves.flatMap(({ certificate }) => readCertificates(certificate).slice(0, 1));
  assert.deepEqual(
    infos.map(({ dnsNames }) => dnsNames),
    [["a"], ["b"], ["c"]],
  );
  assert.equal(new Set(infos.map(({ serial }) => serial)).size, 3);
  assert.equal(new Set(leaves.map(({ privateKey }) => privateKey)).size, 3);
});

test("an authority that is made anew with its key keeps what it has signed", async () => {
  const old = await authority;
  const [leaf] = await certificateAuthority.issueLeaves(old, [{ ...node, validityDays: 600, dnsNames: [] }]);
  const renewed = await certificateAuthority.makeAuthority({
    commonName: "cluster-ca v0",
    validityDays: 365,
    now: "2030-12-02T00:00:00Z",
    privateKey: old.privateKey,
  });
  assert.notEqual(renewed.certificate, old.certificate);
  assert.equal(renewed.privateKey, old.privateKey);
  const [only = ""] = (leaf?.certificate ?? "").split(/(?<=-----END CERTIFICATE-----\n)/);
  assert.equal(verify(renewed.certificate, only, "2031-01-20T00:00:00Z"), "leaf.crt: OK");
});

test("comparisons: signed by, key of, and nothing for texts that are none", async () => {
  const own = await authority;
  const [[leaf], stranger] = await Promise.all([
    certificateAuthority.issueLeaves(own, [{ ...node, dnsNames: ["a"] }]),
    certificateAuthority.makeAuthority({ commonName: "cluster-ca v0", validityDays: 1, now }),
  ]);
  const { isSignedBy, isKeyOf } = compareCertificates;
  assert.ok(leaf);
  assert.deepEqual([isSignedBy(leaf.certificate, own.certificate), isSignedBy(leaf.certificate, stranger.certificate)], [true, false]);
  assert.deepEqual([isKeyOf(leaf.privateKey, leaf.certificate), isKeyOf(own.privateKey, leaf.certificate)], [true, false]);
  assert.deepEqual([isSignedBy("", own.certificate), isKeyOf("x", leaf.certificate)], [false, false]);
});

for (const [kind, algorithm] of [
  ["EC", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]],
  ["Ed25519", ["-newkey", "ed25519"]],
  ["RSA", ["-newkey", "rsa:2048"]],
] as const) {
  test(`an authority of the user's own with a key of the kind ${kind}`, async () => {
    const key = `${kind}.key`;
    openssl(
      "req",
      "-x509",
      ...algorithm,
      "-nodes",
      "-days",
      "3650",
      "-subj",
      "/C=DE/O=Example/CN=Root",
      "-addext",
      "keyUsage=critical,keyCertSign",
      "-keyout",
      key,
      "-out",
      "own.crt",
    );
    const own = { certificate: openssl("x509", "-in", "own.crt"), privateKey: openssl("pkey", "-in", key) };
    const at = new Date(Date.parse(new X509Certificate(own.certificate).validFrom) + 3_600_000).toISOString();
    const [leaf] = await certificateAuthority.issueLeaves(own, [{ ...node, now: at, dnsNames: ["a"] }]);
    assert.ok(leaf);
    assert.equal(verify(own.certificate, leaf.certificate, at), "leaf.crt: OK");
    assert.equal(readCertificates(leaf.certificate)[0]?.issuer, "CN=Root,O=Example,C=DE");
    assert.ok(compareCertificates.isSignedBy(leaf.certificate, own.certificate));
  });
}

test("an authority whose parts are unreadable or strangers to each other is refused", async () => {
  const own = await authority;
  const foreign = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const refused = (broken: IssuedCertificate, message: RegExp) =>
    assert.rejects(certificateAuthority.issueLeaves(broken, [{ ...node, dnsNames: [] }]), {
      name: "AppError",
      code: "InvalidFile",
      message,
    });
  await refused({ ...own, privateKey: "nothing" }, /private key cannot be read/);
  await refused({ ...own, certificate: "nothing" }, /certificate cannot be read/);
  await refused({ ...own, privateKey: foreign }, /not that of its certificate/);
});

test("a validity beyond what X.509 can write ends with the year 9999", async () => {
  const { certificate } = await certificateAuthority.makeAuthority({
    commonName: "cluster-ca v0",
    validityDays: 1e9,
    now,
    privateKey: (await authority).privateKey,
  });
  assert.equal(readCertificates(certificate)[0]?.notAfter, "9999-12-31T23:59:59.000Z");
});

test("an interrupted request makes nothing", async () => {
  const signal = AbortSignal.abort();
  await assert.rejects(certificateAuthority.issueLeaves(await authority, [{ ...node, dnsNames: [] }], signal), { name: "AbortError" });
});
