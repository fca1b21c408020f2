import assert from "node:assert/strict";
import { test } from "node:test";
import type { Kubeconfig } from "../../../src/adapters/kube/kubeconfig.ts";
import { parseKubeconfig } from "../../../src/adapters/kube/parse-kubeconfig.ts";
import { selectConnection } from "../../../src/adapters/kube/select-connection.ts";
import { AppError } from "../../../src/model/errors.ts";
import type { ConnectionFlags } from "../../../src/ports/connect.ts";

const config = parseKubeconfig(
  `
current-context: prod
clusters:
- { name: prod, cluster: { server: https://prod:6443, certificate-authority: ca.crt, tls-server-name: api } }
- { name: dev, cluster: { server: http://dev:8080 } }
- { name: loose, cluster: { server: https://loose, insecure-skip-tls-verify: true } }
- { name: both, cluster: { server: https://both, insecure-skip-tls-verify: true, certificate-authority: ca.crt } }
- { name: serverless, cluster: {} }
contexts:
- { name: prod, context: { cluster: prod, user: alice, namespace: kafka } }
- { name: dev, context: { cluster: dev, user: bob } }
- { name: dangling, context: { cluster: gone, user: alice } }
- { name: nobody, context: { cluster: prod, user: gone } }
- { name: anonymous, context: { cluster: prod } }
- { name: both, context: { cluster: both, user: alice } }
- { name: serverless, context: { cluster: serverless, user: alice } }
users:
- { name: alice, user: { username: alice, password: pw, client-certificate-data: AA, client-key-data: BB, as: boss } }
- { name: bob, user: { exec: { apiVersion: v1, command: login } } }
- { name: grouped, user: { as-groups: [admins] } }
`,
  "/k/config",
);

const empty: Kubeconfig = parseKubeconfig("", "/k/config");

function select(flags: ConnectionFlags, from = config) {
  const { target, cluster, user } = selectConnection(from, flags);
  return { ...target, ca: cluster.caFile, skip: cluster.skipTLSVerify, tlsName: cluster.tlsServerName, login: user };
}

test("select: the current context, and flags laid over it", () => {
  const rows: [ConnectionFlags, Partial<ReturnType<typeof select>>][] = [
    [{}, { context: "prod", namespace: "kafka", server: "https://prod:6443", user: "alice", ca: "/k/ca.crt", tlsName: "api" }],
    [{ namespace: "other" }, { namespace: "other" }],
    [{ context: "dev" }, { context: "dev", namespace: "default", server: "http://dev:8080", user: "bob" }],
    [
      { cluster: "loose", user: "bob" },
      { context: "prod", server: "https://loose", user: "bob", namespace: "kafka", skip: true },
    ],
    [{ server: "https://else/" }, { server: "https://else", user: "alice", ca: "/k/ca.crt", tlsName: undefined }],
    [{ server: "https://else", tlsServerName: "name" }, { tlsName: "name" }],
    [{ insecureSkipTlsVerify: true }, { skip: true, ca: undefined }],
    [
      { cluster: "loose", certificateAuthority: "/my/ca" },
      { skip: false, ca: "/my/ca" },
    ],
    [{ server: "else:6443" }, { server: "https://else:6443" }],
    [{ context: "dangling", server: "https://x" }, { server: "https://x" }],
    [{ context: "anonymous" }, { user: "" }],
  ];
  for (const [flags, want] of rows) {
    const got = select(flags);
    assert.deepEqual(Object.fromEntries(Object.keys(want).map((key) => [key, got[key as keyof typeof got]])), want, JSON.stringify(flags));
  }
});

test("select: --server alone needs no kubeconfig; with no scheme it is http unless something is said of TLS", () => {
  assert.deepEqual(select({ server: "localhost:8080" }, empty).server, "http://localhost:8080");
  assert.deepEqual(select({ server: "h:6443", insecureSkipTlsVerify: true, token: "t" }, empty).server, "https://h:6443");
  assert.equal(select({ server: "https://h", token: "t" }, empty).login.token, "t");
});

test("select: --token beats every other login; certificates from flags replace data; impersonation", () => {
  const { login } = select({ token: "t", clientCertificate: "/c", clientKey: "/k" });
  assert.deepEqual(
    [login.token, login.username, login.certFile, login.certData, login.keyFile, login.keyData],
    ["t", undefined, "/c", undefined, "/k", undefined],
  );
  assert.equal(select({ context: "dev", token: "t" }).login.exec, undefined);
  const as = select({ as: "jane", asGroup: ["a", "b"], asUid: "7" }).login;
  assert.deepEqual([as.impersonateUser, as.impersonateGroups, as.impersonateUid], ["jane", ["a", "b"], "7"]);
  assert.equal(select({}).login.impersonateUser, "boss");
});

test("select: --username and --password beat the kubeconfig's logins, and no --token; compression is turned off", () => {
  const basic = select({ context: "dev", username: "jane", password: "secret" }).login;
  assert.deepEqual([basic.username, basic.password, basic.exec], ["jane", "secret", undefined]);
  const other = select({ password: "secret" }).login;
  assert.deepEqual([other.username, other.password], ["alice", "secret"]);
  const token = select({ username: "jane", password: "secret", token: "t" }).login;
  assert.deepEqual([token.token, token.username], ["t", undefined]);
  assert.equal(selectConnection(config, { disableCompression: true }).cluster.disableCompression, true);
  assert.equal(selectConnection(config, {}).cluster.disableCompression, false);
});

test("select: what is wrong is named, with the nearest name", () => {
  const rows: [ConnectionFlags, Kubeconfig, AppError["code"], RegExp, RegExp][] = [
    [{ context: "prd" }, config, "ContextNotFound", /^the kubeconfig has no context "prd"$/, /^did you mean prod\?$/],
    [{ context: "zzzzzzzz" }, config, "ContextNotFound", /zzzzzzzz/, /^it has prod, dev, dangling/],
    [{ cluster: "prot" }, config, "ContextNotFound", /no cluster "prot"$/, /prod/],
    [{ user: "alise" }, config, "ContextNotFound", /no user "alise"$/, /alice/],
    [{ context: "dangling" }, config, "ContextNotFound", /no cluster "gone", which context "dangling" refers to/, /./],
    [{ context: "nobody" }, config, "ContextNotFound", /no user "gone", which context "nobody" refers to/, /./],
    [{}, { ...config, currentContext: undefined }, "ContextNotFound", /no current context/, /use-context prod\|dev/],
    [{ context: "x" }, empty, "ContextNotFound", /no context "x"/, /no contexts at all/],
    [{ context: "both" }, config, "InvalidKubeconfig", /both a certificate authority and insecure/, /set-cluster both/],
    [{ context: "serverless" }, config, "InvalidKubeconfig", /no server/, /set-cluster serverless/],
    [{ server: "ftp://x" }, config, "InvalidKubeconfig", /neither http nor https/, /--server/],
    [{ server: "https://:x" }, config, "InvalidKubeconfig", /not a URL/, /--server/],
    [{ context: "dev", asGroup: ["a"] }, config, "Usage", /only together with a user/, /--as/],
    [{ context: "dev", user: "grouped" }, config, "Usage", /only together with a user/, /--as/],
  ];
  for (const [flags, from, code, message, hint] of rows) {
    assert.throws(
      () => selectConnection(from, flags),
      (fault: unknown) => {
        assert.ok(fault instanceof AppError, String(fault));
        assert.equal(fault.code, code, fault.message);
        assert.match(fault.message, message);
        assert.match(fault.hint ?? "", hint);
        return true;
      },
      JSON.stringify(flags),
    );
  }
});
