import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { openKube } from "../../../src/adapters/kube/open.ts";
import { resources } from "../../../src/model/kube.ts";
import { type ApiCall, failure, type Reply } from "../../fakes/api-server.ts";
import { testCertificates } from "../../fakes/certificates.ts";
import { base64, connect, faultOf, kubeconfigText, testFolder, testWorld } from "./world.ts";

const pod = (name: string) => ({ metadata: { name, namespace: "kafka", managedFields: [{ manager: "x" }] } });
const one = { name: "a", resource: resources.pods };
const ok: Reply = { body: { apiVersion: "v1", kind: "Pod", metadata: { name: "a" } } };

/** Answers in this order; the last one goes on. */
const inTurn = (...replies: Reply[]) => ({
  answer: (_call: ApiCall, index: number): Reply => replies[Math.min(index, replies.length - 1)] ?? ok,
});

test("get: the namespace of the context is the default, the token goes along, the connection is kept", async (t) => {
  const { kube, server, world } = await connect(t, inTurn(ok));
  for (let i = 0; i < 5; i += 1) assert.equal((await kube.get(one)).kind, "Pod");
  await kube.get({ ...one, namespace: "other" });
  await kube.get({ name: "n", resource: resources.nodes });
  assert.deepEqual(
    server.calls.slice(4).map(({ path }) => path),
    ["/api/v1/namespaces/kafka/pods/a", "/api/v1/namespaces/other/pods/a", "/api/v1/nodes/n"],
  );
  assert.equal(server.calls[0]?.headers.authorization, "Bearer secret-token");
  assert.equal(server.connections(), 1);
  assert.match(world.trace[0] ?? "", /^GET https:\/\/127\.0\.0\.1:\d+\/api\/v1\/namespaces\/kafka\/pods\/a 200 in \d+ ms, \d+ B$/);
  assert.doesNotMatch(world.trace.join("\n"), /secret-token/);
});

test("list: pages are put together; items get their kind and lose managedFields; a continuation that is too old starts anew", async (t) => {
  const page = (names: string[], next?: string) => ({
    body: { metadata: { resourceVersion: "7", ...(next ? { continue: next } : {}) }, items: names.map(pod) },
  });
  const { kube, server } = await connect(t, inTurn(page(["x"], "one"), failure(410, "too old"), page(["a", "b"], "two"), page(["c"])));
  const list = await kube.list({ resource: resources.pods, namespace: "kafka", labelSelector: "a=b", fieldSelector: "metadata.name!=z" });
  assert.deepEqual(
    list.items.map(({ kind, apiVersion, metadata }) => [apiVersion, kind, metadata.name]),
    [
      ["v1", "Pod", "a"],
      ["v1", "Pod", "b"],
      ["v1", "Pod", "c"],
    ],
  );
  assert.deepEqual(list.items[0]?.metadata, { name: "a", namespace: "kafka" });
  assert.equal(list.resourceVersion, "7");
  assert.deepEqual(
    server.calls.map(({ query }) => query.continue),
    [undefined, "one", undefined, "two"],
  );
  assert.deepEqual(server.calls[3]?.query, { limit: "500", continue: "two", labelSelector: "a=b", fieldSelector: "metadata.name!=z" });
});

test("list: all namespaces, metadata only, and a group of its own", async (t) => {
  const { kube, server } = await connect(
    t,
    inTurn({ body: { metadata: {}, items: [{ kind: "PartialObjectMetadata", metadata: { name: "k" } }] } }),
  );
  const list = await kube.list({ resource: resources.kafkas, metadataOnly: true });
  assert.deepEqual(list.items, [{ apiVersion: "kafka.strimzi.io/v1", kind: "Kafka", metadata: { name: "k" } }]);
  assert.equal(server.calls[0]?.path, "/apis/kafka.strimzi.io/v1/kafkas");
  assert.match(server.calls[0]?.headers.accept ?? "", /as=PartialObjectMetadataList/);
});

test("gzip is asked for and unpacked, unless the cluster says disable-compression", async (t) => {
  const cluster = `certificate-authority-data: ${base64(testCertificates().ca)}, disable-compression: true`;
  const packed = await connect(t, inTurn(ok));
  const plain = await connect(t, inTurn(ok), { cluster });
  for (const { kube } of [packed, plain]) assert.equal((await kube.get(one)).metadata.name, "a");
  assert.deepEqual(
    [packed, plain].map(({ server }) => server.calls[0]?.headers["accept-encoding"]),
    ["gzip", undefined],
  );
});

test("retries: Retry-After is obeyed for any request; passing faults only for what may be done twice; and not for ever", async (t) => {
  const throttled = failure(429, "slow down");
  const broken = failure(503, "not now");
  const first = await connect(t, inTurn({ ...throttled, headers: { "retry-after": "3" } }, broken, ok));
  await first.kube.get(one);
  assert.deepEqual(first.world.slept, [3000, 500]);
  const post = await connect(t, inTurn({ ...throttled, headers: { "retry-after": "1" } }, broken));
  assert.equal(
    (await faultOf(post.kube.create({ apiVersion: "v1", kind: "Pod", metadata: { name: "a" } }, resources.pods))).code,
    "ServerError",
  );
  assert.deepEqual(post.world.slept, [1000]);
  const down = await connect(t, inTurn(broken));
  assert.equal((await faultOf(down.kube.get(one))).message, "the API server failed to get Pod kafka/a: HTTP 503, not now");
  assert.deepEqual(down.world.slept, [250, 500, 1000, 2000, 4000]);
});

test("retries: a kept connection that the server had closed is replaced, once and for reads", async (t) => {
  const { kube, server } = await connect(t, inTurn(ok, { cut: true }, ok));
  await kube.get(one);
  assert.equal((await kube.get(one)).metadata.name, "a");
  assert.equal(server.connections(), 2);
  const write = await connect(t, inTurn(ok, { cut: true }, ok));
  await write.kube.get(one);
  const fault = await faultOf(write.kube.create({ apiVersion: "v1", kind: "Pod", metadata: { name: "b" } }, resources.pods));
  assert.deepEqual(
    [fault.code, fault.message],
    ["Unreachable", `cannot reach ${write.server.url} (context "test"): the connection was closed`],
  );
});

test("--request-timeout and the caller's signal end a request; the faults say which", async (t) => {
  const { kube } = await connect(t, { answer: () => ({ stream: () => {} }) }, { flags: { requestTimeoutMs: 30 } });
  const slow = await faultOf(kube.get(one));
  assert.deepEqual([slow.code, slow.message], ["Timeout", "no answer within 0.03 s: get Pod kafka/a"]);
  const half = await connect(
    t,
    { answer: () => ({ stream: (response) => void response.writeHead(200).write("{") }) },
    { flags: { requestTimeoutMs: 30 } },
  );
  assert.equal((await faultOf(half.kube.get(one))).code, "Timeout");
  const patient = await connect(t, { answer: () => ({ stream: () => {} }) });
  const stop = new AbortController();
  const stopped = faultOf(patient.kube.get(one, stop.signal));
  stop.abort();
  assert.deepEqual([(await stopped).code, (await stopped).message], ["Interrupted", "interrupted: get Pod kafka/a"]);
  assert.equal((await faultOf(patient.kube.get(one, AbortSignal.timeout(10)))).code, "Timeout");
  assert.equal((await faultOf(patient.kube.get(one, stop.signal))).code, "Interrupted");
});

test("tls: client certificates, unknown authorities, wrong names, skipping", async (t) => {
  const { ca, client } = testCertificates();
  const user = `{client-certificate-data: ${base64(client.cert)}, client-key-data: ${base64(client.key)}}`;
  const mutual = await connect(t, inTurn(ok), { user });
  await mutual.kube.get(one);
  assert.equal(mutual.server.calls[0]?.commonName, "jane");
  const unknown = await faultOf((await connect(t, inTurn(ok), { cluster: "x: y" })).kube.get(one));
  assert.equal(unknown.code, "TlsFailed");
  assert.match(`${unknown.message} ${unknown.hint}`, /authority that is not known here .*--certificate-authority/);
  const wrong = await connect(t, inTurn(ok), { cluster: `certificate-authority-data: ${base64(ca)}, tls-server-name: other.example` });
  const misnamed = await faultOf(wrong.kube.get(one));
  assert.match(`${misnamed.message} ${misnamed.hint}`, /is for another name: .*api\.example\.test.*--tls-server-name/);
  const named = await connect(t, inTurn(ok), { cluster: `certificate-authority-data: ${base64(ca)}, tls-server-name: api.example.test` });
  assert.equal((await named.kube.get(one)).metadata.name, "a");
  const skipped = await connect(t, inTurn(ok), { cluster: "insecure-skip-tls-verify: true" });
  assert.equal((await skipped.kube.get(one)).metadata.name, "a");
  const nonsense = await connect(t, inTurn(ok), {
    cluster: `certificate-authority-data: ${base64("-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----")}`,
  });
  assert.equal((await faultOf(nonsense.kube.get(one))).code, "InvalidKubeconfig");
});

test("http: a plain server is spoken to, and never sent credentials; https to it says that it does not speak TLS", async (t) => {
  const { kube, server } = await connect(t, { ...inTurn(ok), plain: true });
  await kube.get(one);
  assert.equal(server.calls[0]?.headers.authorization, undefined);
  const file = join(await testFolder(t), "config");
  await writeFile(file, kubeconfigText(server.url.replace("http:", "https:"), { cluster: "insecure-skip-tls-verify: true" }));
  const wrong = await openKube({ kubeconfig: file }, () => {}, testWorld());
  assert.match((await faultOf(wrong.get(one))).message, /it does not speak TLS/);
});

test("unreachable servers: refused, and names that nobody knows", async (t) => {
  const { kube, server } = await connect(t, inTurn(ok));
  await server.close();
  const refused = await faultOf(kube.get(one));
  assert.deepEqual([refused.code, refused.message], ["Unreachable", `cannot reach ${server.url} (context "test"): connection refused`]);
  const unknown = await openKube({ server: "https://nobody.invalid" }, () => {}, testWorld());
  assert.match((await faultOf(unknown.get(one))).message, /nobody\.invalid.*cannot be looked up/);
});

test("impersonation: groups are repeated headers, extra keys are escaped", async (t) => {
  const { kube, server } = await connect(t, inTurn(ok), {
    user: "{token: t, as-user-extra: {'a/b': [x, y]}}",
    flags: { as: "jane", asGroup: ["devs", "ops"], asUid: "7" },
  });
  await kube.get(one);
  const { rawHeaders = [] } = server.calls[0] ?? {};
  const sent = rawHeaders.flatMap((name, at) => (at % 2 === 0 && /^impersonate/i.test(name) ? [`${name}: ${rawHeaders[at + 1]}`] : []));
  assert.deepEqual(sent, [
    "Impersonate-User: jane",
    "Impersonate-Uid: 7",
    "Impersonate-Group: devs",
    "Impersonate-Group: ops",
    "Impersonate-Extra-a%2Fb: x",
    "Impersonate-Extra-a%2Fb: y",
  ]);
});

test("raw: any path; what is no JSON is a fault of the server", async (t) => {
  const { kube, server } = await connect(
    t,
    inTurn({ body: { gitVersion: "v1" } }, { body: "<html>login</html>" }, { status: 302, body: "" }),
  );
  assert.deepEqual(await kube.raw("/version?timeout=1s"), { gitVersion: "v1" });
  assert.deepEqual(server.calls[0]?.query, { timeout: "1s" });
  assert.match((await faultOf(kube.raw("/version"))).message, /is not JSON: <html>/);
  assert.match((await faultOf(kube.raw("/version"))).message, /answers HTTP 302/);
});

test("a server under a path (Rancher) keeps it", async (t) => {
  const { server, file } = await connect(t, inTurn(ok));
  const kube = await openKube({ kubeconfig: file, server: `${server.url}/k8s/clusters/c-1/` }, () => {}, testWorld());
  t.after(() => kube.close());
  await kube.get(one);
  assert.equal(server.calls[0]?.path, "/k8s/clusters/c-1/api/v1/namespaces/kafka/pods/a");
});
