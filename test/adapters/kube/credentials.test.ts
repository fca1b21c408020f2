import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { openKube } from "../../../src/adapters/kube/open.ts";
import { resources } from "../../../src/model/kube.ts";
import { type ApiCall, failure, type Reply, startApiServer } from "../../fakes/api-server.ts";
import { testCertificates } from "../../fakes/certificates.ts";
import { base64, connect, faultOf, kubeconfigText, testFolder, testWorld } from "./world.ts";

const one = { name: "a", resource: resources.pods };
const ok: Reply = { body: { metadata: { name: "a" } } };
const accepts = (...tokens: string[]) => ({
  answer: ({ headers }: ApiCall): Reply => (tokens.includes(headers.authorization ?? "") ? ok : failure(401, "Unauthorized")),
});

test("basic login; a token file is read again after ten seconds, or when its token is refused", async (t) => {
  await (await connect(t, accepts(`Basic ${base64("me:pw")}`), { user: "{username: me, password: pw}" })).kube.get(one);
  const file = join(await testFolder(t), "token");
  await writeFile(file, "first\n");
  let now = 0;
  const { kube, server } = await connect(t, accepts("Bearer first", "Bearer second", "Bearer third"), {
    user: `{tokenFile: ${file}, token: old}`,
    world: { now: () => now },
  });
  const lastSent = async () => {
    await kube.get(one);
    return server.calls.at(-1)?.headers.authorization;
  };
  assert.equal(await lastSent(), "Bearer first");
  await writeFile(file, "second");
  assert.equal(await lastSent(), "Bearer first");
  now = 10_000;
  assert.equal(await lastSent(), "Bearer second");
  const strict = await connect(t, accepts("Bearer third"), { user: `{tokenFile: ${file}}` });
  await faultOf(strict.kube.get(one));
  await writeFile(file, "third");
  await strict.kube.get(one);
  assert.deepEqual(
    strict.server.calls.map(({ headers }) => headers.authorization),
    ["Bearer second", "Bearer second", "Bearer third"],
  );
});

test("a refused login is told with the user's name", async (t) => {
  const { kube, server } = await connect(t, accepts("none"));
  const fault = await faultOf(kube.get(one));
  assert.deepEqual([fault.code, fault.message], ["Unauthorized", `${server.url} does not accept the credentials of user "jane"`]);
  assert.equal(server.calls.length, 1);
});

/** A credential plugin in the shell; it counts its runs in the file `runs` beside it. */
async function plugin(t: TestContext, script: string, more = "") {
  const folder = await testFolder(t);
  const command = join(folder, "login.sh");
  await writeFile(command, `#!/bin/sh\nd=$(dirname "$0")\necho run >> $d/runs\n${script}\n`);
  await chmod(command, 0o755);
  const user = `{exec: {apiVersion: client.authentication.k8s.io/v1, interactiveMode: IfAvailable, command: ${command}${more}}}`;
  return { user, runs: async () => (await readFile(join(folder, "runs"), "utf8")).split("\n").length - 1, folder };
}

const issued = (status: string) =>
  `printf %s '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":${status}}'`;

test("exec: one run for many requests, again after the token has run out, and once when it is refused", async (t) => {
  const expiring = await plugin(t, issued('{"token":"t1","expirationTimestamp":"2026-01-01T00:01:00Z"}'));
  let now = Date.parse("2026-01-01T00:00:00Z");
  const { kube, server, world } = await connect(t, accepts("Bearer t1"), { user: expiring.user, world: { now: () => now } });
  await Promise.all([kube.get(one), kube.get(one), kube.get(one)]);
  assert.equal(await expiring.runs(), 1);
  now += 51_000;
  await kube.get(one);
  assert.equal(await expiring.runs(), 2);
  assert.equal(server.calls.length, 4);
  assert.doesNotMatch(world.trace.join("\n"), /t1/);
  const rotating = await plugin(t, `n=$(wc -l < $d/runs | tr -d ' ')\n${issued('{"token":"t\'$n\'"}')}`);
  const refused = await connect(t, accepts("Bearer t2"), { user: rotating.user });
  await refused.kube.get(one);
  assert.deepEqual(
    refused.server.calls.map(({ headers }) => headers.authorization),
    ["Bearer t1", "Bearer t2"],
  );
  const never = await connect(t, accepts("none"), { user: rotating.user });
  assert.equal((await faultOf(never.kube.get(one))).code, "Unauthorized");
  assert.equal(never.server.calls.length, 2);
});

test("exec: what the plugin is told, its arguments and environment, and a client certificate from it", async (t) => {
  const { client, ca } = testCertificates();
  const { user, folder } = await plugin(
    t,
    `echo "$1 $GREETING $KUBERNETES_EXEC_INFO" > $d/told\n${issued(JSON.stringify({ clientCertificateData: client.cert, clientKeyData: client.key }))}`,
    ", args: [get-token], env: [{name: GREETING, value: hello}], provideClusterInfo: true",
  );
  const extension = "extensions: [{name: client.authentication.k8s.io/exec, extension: {audience: me}}]";
  const { kube, server } = await connect(
    t,
    { answer: () => ok },
    {
      user,
      cluster: `certificate-authority-data: ${base64(ca)}, tls-server-name: localhost, ${extension}`,
      world: { env: { PATH: process.env.PATH } },
    },
  );
  await kube.get(one);
  assert.equal(server.calls[0]?.commonName, "jane");
  const told = await readFile(join(folder, "told"), "utf8");
  assert.match(told, /^get-token hello \{/);
  assert.deepEqual(JSON.parse(told.slice("get-token hello ".length)), {
    kind: "ExecCredential",
    apiVersion: "client.authentication.k8s.io/v1",
    spec: {
      interactive: false,
      cluster: { server: server.url, "tls-server-name": "localhost", "certificate-authority-data": base64(ca), config: { audience: "me" } },
    },
  });
});

test("exec: failures say what to do", async (t) => {
  const good = await plugin(t, issued('{"token":"t"}'));
  const login = (script: string) => plugin(t, script).then(({ user }) => user);
  const rows: [user: string, message: RegExp, hint: RegExp][] = [
    [
      good.user.replace("login.sh", "gone.sh").replace("}}", ', installHint: "\\e[31mbrew install it"}}'),
      /is not installed, or not on the PATH/,
      /^\[31mbrew install it$/,
    ],
    [await login("exit 3"), /failed with exit code 3/, /log in again/],
    [await login("echo no"), /gave no credentials: its output is not JSON/, /by hand/],
    [await login("echo '{}'"), /it answered \? \?/, /./],
    [await login(issued("{}")), /neither a token nor a client certificate/, /./],
    [await login(issued('{"clientCertificateData":"x"}')), /without a key/, /./],
    [good.user.replace("IfAvailable", "Always"), /standard input is not a terminal/, /terminal/],
  ];
  for (const [user, message, hint] of rows) {
    const { kube } = await connect(t, { answer: () => ok }, { user, world: { env: { PATH: process.env.PATH } } });
    const fault = await faultOf(kube.get(one));
    assert.equal(fault.code, "CredentialsFailed");
    assert.match(fault.message, message);
    assert.match(fault.hint ?? "", hint);
  }
  const alpha = connect(t, { answer: () => ok }, { user: good.user.replace("k8s.io/v1,", "k8s.io/v1alpha1,") });
  assert.match((await faultOf(alpha)).hint ?? "", /1\.24/);
});

const jwt = (seconds: number, id: string) => `head.${Buffer.from(JSON.stringify({ exp: seconds, id })).toString("base64url")}.signature`;

test("oidc: a token that lasts is used; one that has run out is renewed at the issuer and written back", async (t) => {
  const now = 1_000_000_000_000;
  const [old, fresh] = [jwt(now / 1000 - 1, "old"), jwt(now / 1000 + 3600, "fresh")];
  const issuer = await startApiServer({
    answer: ({ path }) => ({
      body: path === "/token" ? { id_token: fresh, refresh_token: "rotated-$&-token" } : { token_endpoint: `${issuer.url}/token` },
    }),
  });
  t.after(() => issuer.close());
  const config = (idToken: string) =>
    `{auth-provider: {name: oidc, config: {client-id: kube, client-secret: s3cret, id-token: ${idToken}, refresh-token: long-refresh-token, idp-issuer-url: "${issuer.url}", idp-certificate-authority-data: ${base64(testCertificates().ca)}}}}`;
  const lasting = await connect(t, accepts(`Bearer ${fresh}`), { user: config(fresh), world: { now: () => now } });
  await lasting.kube.get(one);
  assert.equal(issuer.calls.length, 0);
  const { kube, file } = await connect(t, accepts(`Bearer ${fresh}`), { user: config(old), world: { now: () => now } });
  await Promise.all([kube.get(one), kube.get(one)]);
  assert.deepEqual(
    issuer.calls.map(({ path }) => path),
    ["/.well-known/openid-configuration", "/token"],
  );
  assert.deepEqual(Object.fromEntries(new URLSearchParams(issuer.calls[1]?.body)), {
    grant_type: "refresh_token",
    refresh_token: "long-refresh-token",
    client_id: "kube",
  });
  assert.equal(issuer.calls[1]?.headers.authorization, `Basic ${base64("kube:s3cret")}`);
  const written = await readFile(file, "utf8");
  assert.ok(written.includes(fresh) && written.includes("rotated-$&-token"));
  assert.ok(!written.includes(old) && !written.includes("long-refresh-token"));
});

test("oidc: an issuer that refuses, and a login that cannot be renewed", async (t) => {
  const issuer = await startApiServer({
    answer: ({ path }) =>
      path === "/token"
        ? { status: 400, body: { error: "invalid_grant", error_description: "expired" } }
        : { body: { token_endpoint: `${issuer.url}/token` } },
  });
  t.after(() => issuer.close());
  const user = (rest: string) =>
    `{auth-provider: {name: oidc, config: {client-id: kube, id-token: x, idp-issuer-url: "${issuer.url}", idp-certificate-authority-data: ${base64(testCertificates().ca)}${rest}}}}`;
  const refused = await faultOf((await connect(t, accepts(), { user: user(", refresh-token: r") })).kube.get(one));
  assert.deepEqual(
    [refused.code, refused.message],
    ["CredentialsFailed", `the OIDC issuer ${issuer.url} refused to renew the login: HTTP 400, invalid_grant: expired`],
  );
  const poor = await faultOf((await connect(t, accepts(), { user: user("") })).kube.get(one));
  assert.match(poor.message, /the kubeconfig has no refresh-token/);
});

test("legacy auth providers are client-node's; an unknown one is named", async (t) => {
  const azure = "{auth-provider: {name: azure, config: {access-token: az, expires-on: '4102444800'}}}";
  await (await connect(t, accepts("Bearer az"), { user: azure })).kube.get(one);
  const fault = await faultOf(connect(t, accepts(), { user: "{auth-provider: {name: nobody, config: {}}}" }));
  assert.match(fault.message, /"nobody", which is not known/);
});

test("files of certificates and keys that cannot be used are named", async (t) => {
  const file = join(await testFolder(t), "config");
  const rows: [user: string, message: RegExp][] = [
    ["{client-certificate: gone.crt, client-key: gone.key}", /the client-certificate .*gone\.crt cannot be read: ENOENT/],
    [`{client-certificate-data: ${base64("x")}}`, /has no client key/],
    ["{tokenFile: gone}", /the token file .*gone cannot be read/],
    [
      `{client-certificate-data: ${base64(testCertificates().client.cert)}, client-key-data: ${base64(testCertificates().server.key)}}`,
      /client certificate and key .* cannot be used/,
    ],
  ];
  for (const [user, message] of rows) {
    await writeFile(file, kubeconfigText("https://127.0.0.1:1", { user }));
    const fault = await faultOf(openKube({ kubeconfig: file }, () => {}, testWorld()).then((kube) => kube.get(one)));
    assert.match(fault.message, message);
  }
});
