import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { readClientProperties } from "../../../../src/adapters/kafka/properties/read-client-properties.ts";
import { AppError } from "../../../../src/model/errors.ts";

// stores/ was made by keytool of Java 17 and by OpenSSL 3.0 with a throw-away authority. Passwords: store-secret, and key-secret for keys that
// have one of their own.

const store = (name: string): Promise<Buffer> => readFile(join(import.meta.dirname, "stores", name));
const text = async (name: string): Promise<string> => (await store(name)).toString();
const read = (...lines: string[]) => readClientProperties(lines.join("\n"), { path: "client.properties", readFile: (path) => store(path) });
const oneLine = (pem: string): string => pem.trim().replaceAll("\n", "\\n");

const secrets = /store-secret|key-secret|hunter2|wrong-secret/;

async function refused(pattern: RegExp, ...lines: string[]): Promise<void> {
  await assert.rejects(read(...lines), (error) => {
    assert.ok(error instanceof AppError && error.code === "InvalidFile", String(error));
    assert.match(error.message, pattern);
    assert.doesNotMatch(`${error.message} ${error.hint} ${error.cause instanceof Error ? error.cause.message : ""}`, secrets);
    return true;
  });
}

const scram = (options: string): string => `sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required ${options};`;
const user = scram(`username="alice" password="hunter2"`);

test("nothing said: plain, no bootstrap; other properties are ignored", async () => {
  assert.deepEqual(await read("# nothing", "client.id=${env:ME}", "retries=3", "ssl.cipher.suites=X"), { security: {} });
});

test("bootstrap servers", async () => {
  assert.deepEqual((await read("bootstrap.servers=a:9092,[::1]:9093")).bootstrap, [
    { host: "a", port: 9092 },
    { host: "::1", port: 9093 },
  ]);
  await refused(/^client\.properties:2: bootstrap\.servers has an address that is not host:port: b$/, "", "bootstrap.servers=a:1,b");
});

test("SASL: SCRAM and PLAIN, over both protocols", async () => {
  const alice = { username: "alice", password: "hunter2" };
  assert.deepEqual(await read("security.protocol=SASL_PLAINTEXT", "sasl.mechanism=SCRAM-SHA-256", user), {
    security: { sasl: { mechanism: "SCRAM-SHA-256", ...alice } },
  });
  assert.deepEqual(await read("security.protocol=sasl_ssl", "sasl.mechanism = SCRAM-SHA-512", user), {
    security: { tls: {}, sasl: { mechanism: "SCRAM-SHA-512", ...alice } },
  });
  const plain = `sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \\\n  username='al' \\\n  password='h"2\\\\'';`;
  const { sasl } = (await read("security.protocol=SASL_SSL", "sasl.mechanism=PLAIN", plain)).security;
  assert.deepEqual(sasl, { mechanism: "PLAIN", username: "al", password: `h"2'` });
  const unended = plain.replace(";", "");
  await refused(
    /^client\.properties:3: sasl\.jaas\.config cannot be read: the semicolon/,
    "security.protocol=SASL_SSL",
    "sasl.mechanism=PLAIN",
    unended,
  );
});

test("SASL: what is not supported is refused by property and line", async () => {
  const sasl = "security.protocol=SASL_SSL";
  await refused(/^client\.properties:2: sasl\.mechanism OAUTHBEARER is not supported$/, sasl, "sasl.mechanism=OAUTHBEARER");
  await refused(/^client\.properties: sasl\.mechanism is missing: it is GSSAPI/, sasl);
  const mechanism = "sasl.mechanism=SCRAM-SHA-512";
  await refused(/^client\.properties: sasl\.jaas\.config is missing/, sasl, mechanism);
  await refused(/^client\.properties:3: sasl\.jaas\.config has no password$/, sasl, mechanism, scram(`username="alice"`));
  await refused(/the value of password has to stand in quotes/, sasl, mechanism, scram(`username="alice" password=1234`));
  await refused(/delegation token/, sasl, mechanism, scram(`username="a" password="hunter2" tokenauth="true"`));
  await refused(
    /login module com\.sun\.security\.auth\.module\.Krb5LoginModule/,
    sasl,
    mechanism,
    `sasl.jaas.config=com.sun.security.auth.module.Krb5LoginModule required a="hunter2";`,
  );
  await refused(/has 2 login modules/, sasl, mechanism, `${user} ${user.replace("sasl.jaas.config=", "")}`);
  await refused(
    /:4: sasl\.client\.callback\.handler\.class is not supported/,
    sasl,
    mechanism,
    user,
    "sasl.client.callback.handler.class=x.Y",
  );
  await refused(/:4: sasl\.mechanisms is no property/, sasl, mechanism, user, "sasl.mechanisms=PLAIN");
});

test("TLS: what is not supported, or is misspelled, is refused; what is harmless is not", async () => {
  const tls = "security.protocol=SSL";
  assert.deepEqual(
    await read(tls, "ssl.protocol=TLSv1.3", "ssl.enabled.protocols=TLSv1.2,TLSv1.1", "ssl.cipher.suites=", "sasl.mechanism=GSSAPI"),
    { security: { tls: {} } },
  );
  await refused(/:2: ssl\.enabled\.protocols allows none/, tls, "ssl.enabled.protocols=TLSv1.1");
  await refused(/:2: ssl\.cipher\.suites is not supported/, tls, "ssl.cipher.suites=TLS_AES_128_GCM_SHA256");
  await refused(/:2: ssl\.engine\.factory\.class is not supported/, tls, "ssl.engine.factory.class=x.Y");
  await refused(/:2: ssl\.trustore\.location is no property/, tls, "ssl.trustore.location=trust.jks");
  await refused(/:1: security\.protocol TLS is not one of/, "security.protocol=TLS");
  await refused(/:2: config\.providers is not supported/, tls, "config.providers=env");
  await refused(/:2: ssl\.truststore\.password refers to a configuration provider/, tls, "ssl.truststore.password=${env:PASSWORD}");
  await refused(/:3: \\u is not followed by/, tls, "", "a=\\u00");
});

test("host names are compared unless the algorithm is empty", async () => {
  const name = "ssl.endpoint.identification.algorithm";
  assert.deepEqual((await read("security.protocol=SSL", `${name}=`)).security.tls, { verifyHostname: false });
  assert.deepEqual((await read("security.protocol=SSL", `${name}=HTTPS`)).security.tls, {});
  await refused(/LDAPS is not supported/, "security.protocol=SSL", `${name}=LDAPS`);
});

const subjects = (pem: string | undefined): string[] =>
  (pem?.match(/-----BEGIN[\s\S]*?-----END CERTIFICATE-----/g) ?? []).map((one) => new X509Certificate(one).subject);

for (const [file, expected] of [
  ["trust.p12", ["CN=test ca", "CN=user"]],
  ["trust.jks", ["CN=test ca"]],
  ["ca.crt", ["CN=test ca"]],
] as const) {
  test(`truststore ${file} is read by what it is, whatever its type says`, async () => {
    const trust = ["security.protocol=SSL", "ssl.truststore.type=JKS", `ssl.truststore.location=${file}`];
    assert.deepEqual(subjects((await read(...trust, "ssl.truststore.password=store-secret")).security.tls?.ca), expected);
    if (file !== "ca.crt")
      await refused(
        new RegExp(`:3: ssl.truststore.location ${file}: its password is wrong`),
        ...trust,
        "ssl.truststore.password=wrong-secret",
      );
  });
}

for (const [file, keyPassword] of [["key.p12"], ["key-java.p12"], ["key-3des.p12"], ["key.jks", "key-secret"]] as const) {
  test(`keystore ${file} gives the key and its chain`, async () => {
    const lines = [
      "security.protocol=SSL",
      `ssl.keystore.location=${file}`,
      "ssl.keystore.password=store-secret",
      ...(keyPassword ? [`ssl.key.password=${keyPassword}`] : []),
    ];
    const { tls } = (await read(...lines)).security;
    assert.deepEqual(subjects(tls?.cert), ["CN=user", "CN=test ca"]);
    assert.equal(createPrivateKey(tls?.key ?? "").asymmetricKeyType, "ec");
    await refused(/key/, ...lines.slice(0, 3), "ssl.key.password=wrong-secret");
  });
}

test("stores that cannot be used are refused with the way out", async () => {
  const trust = (file: string) => ["security.protocol=SSL", `ssl.truststore.location=${file}`, "ssl.truststore.password=store-secret"];
  await refused(/trust-rc2\.p12: it is encrypted in a way that is not supported any more \(RC2 with 40 bits\)/, ...trust("trust-rc2.p12"));
  await assert.rejects(read(...trust("trust-rc2.p12")), {
    hint: /openssl pkcs12 -legacy -in trust-rc2\.p12 -nokeys -out trust-rc2\.pem, and set ssl\.truststore\.type=PEM/,
  });
  await refused(/is in the format JCEKS/, ...trust("trust.jceks"));
  await refused(/holds no certificate that Java would trust/, ...trust("untrusted.p12"));
  await refused(/:2: ssl\.truststore\.location none cannot be read: there is no such file/, ...trust("none"));
  await refused(/is in none of the formats/, "security.protocol=SSL", "ssl.truststore.location=../../../../../package.json");
  await refused(/has a certificate that cannot be read, number 1/, "security.protocol=SSL", "ssl.truststore.location=../syntax.test.ts");
  await refused(/it is encrypted, and no password is given/, "security.protocol=SSL", "ssl.truststore.location=trust.p12");
  await refused(/holds no private key/, "security.protocol=SSL", "ssl.keystore.location=trust.jks", "ssl.keystore.password=store-secret");
});

test("a JKS truststore without a password is read unchecked, as Java does", async () => {
  assert.deepEqual(subjects((await read("security.protocol=SSL", "ssl.truststore.location=trust.jks")).security.tls?.ca), ["CN=test ca"]);
});

test("PEM in the file itself, in one line or with escaped line ends; keys with a password", async () => {
  const chain = oneLine((await text("user.crt")) + (await text("ca.crt")));
  const pem = [
    "security.protocol=SSL",
    "ssl.keystore.type=PEM",
    `ssl.keystore.certificate.chain=${chain}`,
    "ssl.truststore.type=PEM",
    `ssl.truststore.certificates=${(await text("ca.crt")).replaceAll("\n", " ")}`,
  ];
  const { tls } = (await read(...pem, `ssl.keystore.key=${oneLine(await text("user.key"))}`)).security;
  assert.deepEqual([subjects(tls?.ca), subjects(tls?.cert)], [["CN=test ca"], ["CN=user", "CN=test ca"]]);
  const encrypted = [...pem, `ssl.keystore.key=${oneLine(await text("user-encrypted.key"))}`];
  assert.equal((await read(...encrypted, "ssl.key.password=key-secret")).security.tls?.key, tls?.key);
  await refused(/:6: ssl\.keystore\.key cannot be decrypted: ssl\.key\.password is wrong/, ...encrypted, "ssl.key.password=wrong-secret");
  await refused(/:6: ssl\.keystore\.key is an encrypted key, and ssl\.key\.password is missing/, ...encrypted);
  await refused(/ssl\.keystore\.key is missing beside/, ...pem);
  await refused(/ssl\.truststore\.certificates cannot be given together/, ...pem, "ssl.truststore.location=ca.crt");
});

test("a key that does not belong to its certificate is refused", async () => {
  const lines = [
    "security.protocol=SSL",
    `ssl.keystore.certificate.chain=${oneLine(await text("ca.crt"))}`,
    `ssl.keystore.key=${oneLine(await text("user.key"))}`,
  ];
  await refused(/:3: ssl\.keystore\.key does not belong to the first certificate/, ...lines);
});
