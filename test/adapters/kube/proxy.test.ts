import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createHttp } from "node:http";
import { type AddressInfo, connect as connectTcp, createServer as createTcp, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import { canProxy, proxyFor } from "../../../src/adapters/kube/proxy.ts";
import { AppError } from "../../../src/model/errors.ts";
import { resources } from "../../../src/model/kube.ts";
import { testCertificates } from "../../fakes/certificates.ts";
import { base64, connect, faultOf } from "./world.ts";

test("proxy: which one, by the cluster's proxy-url, HTTPS_PROXY and NO_PROXY", () => {
  const through = "http://p:3128/";
  const rows: [server: string, env: Record<string, string>, want: string | undefined][] = [
    ["https://api", {}, undefined],
    ["https://api", { HTTPS_PROXY: "http://p:3128" }, through],
    ["https://api", { https_proxy: "p:3128" }, through],
    ["https://api", { HTTPS_PROXY: "http://p:3128", https_proxy: "http://q" }, through],
    ["https://api", { HTTP_PROXY: "http://p:3128" }, undefined],
    ["http://api", { HTTP_PROXY: "http://p:3128" }, through],
    ["https://localhost", { HTTPS_PROXY: "http://p:3128" }, undefined],
    ["https://127.8.0.1", { HTTPS_PROXY: "http://p:3128" }, undefined],
    ["https://[::1]", { HTTPS_PROXY: "http://p:3128" }, undefined],
    ["https://api", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "*" }, undefined],
    ["https://api.corp", { HTTPS_PROXY: "http://p:3128", no_proxy: " other , CORP " }, undefined],
    ["https://corp", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "corp" }, undefined],
    ["https://corp", { HTTPS_PROXY: "http://p:3128", NO_PROXY: ".corp" }, through],
    ["https://a.corp", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "*.corp" }, undefined],
    ["https://notcorp", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "corp" }, through],
    ["https://api:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "api:443" }, through],
    ["https://api:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "api:6443" }, undefined],
    ["https://10.1.2.3:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "10.0.0.0/8" }, undefined],
    ["https://11.1.2.3:6443", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "10.0.0.0/8,x/y,10.0.0.0/99" }, through],
    ["https://10.1.2.3", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "10.1.2.3" }, undefined],
    ["https://10.1.2.30", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "10.1.2.3" }, through],
    ["https://[fd00::1]", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "fd00::/8" }, undefined],
    ["https://[fd00::1]", { HTTPS_PROXY: "http://p:3128", NO_PROXY: "fd00::1" }, undefined],
  ];
  for (const [server, env, want] of rows)
    assert.equal(proxyFor(new URL(server), undefined, env)?.href, want, `${server} ${JSON.stringify(env)}`);
  assert.equal(proxyFor(new URL("https://localhost"), "socks5://p:1080", { NO_PROXY: "*" })?.href, "socks5://p:1080");
  assert.throws(() => proxyFor(new URL("https://x"), "ftp://p", {}), AppError);
});

test("proxy: the versions of Node.js that can", () => {
  const versions = ["22.19.0", "22.20.9", "22.21.0", "23.11.0", "24.4.0", "24.5.0", "26.0.0"];
  assert.deepEqual(versions.map(canProxy), [false, false, true, false, false, true, true]);
});

/** What all of these tunnels lead to, whatever name was asked for. */
async function tunnelTo(t: TestContext, port: number) {
  const asked: string[] = [];
  const sockets: Socket[] = [];
  const lead = (from: Socket): void => {
    const to = connectTcp(port, "127.0.0.1");
    sockets.push(from, to);
    from.on("error", () => {});
    to.on("error", () => {});
    from.pipe(to).pipe(from);
  };
  t.after(() => sockets.forEach((socket) => void socket.destroy()));
  return { asked, lead };
}

async function listening(t: TestContext, server: ReturnType<typeof createTcp>): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => void server.close());
  return (server.address() as AddressInfo).port;
}

const one = { name: "a", resource: resources.pods };
const answers = { answer: () => ({ body: { metadata: { name: "a" } } }) };

const able = { skip: !canProxy(process.versions.node) };

test("proxy: HTTPS goes through CONNECT, by name, on a kept connection, with its login, which no refusal tells", able, async (t) => {
  const { kube: direct, server } = await connect(t, answers);
  await direct.get(one);
  const { asked, lead } = await tunnelTo(t, server.port);
  const proxy = createHttp();
  proxy.on("connect", (request, socket: Socket) => {
    asked.push(`${request.url} ${request.headers["proxy-authorization"]}`);
    const welcome = request.url?.startsWith("api.example.test") === true;
    socket.write(`HTTP/1.1 ${welcome ? "200 OK" : "403 Forbidden"}\r\n\r\n`);
    if (welcome) lead(socket);
    else socket.end();
  });
  const port = await listening(t, proxy);
  const ca = `certificate-authority-data: ${base64(testCertificates().ca)}`;
  const world = { env: { HTTPS_PROXY: `http://me:hush@127.0.0.1:${port}` } };
  const { kube } = await connect(t, answers, { flags: { server: "https://api.example.test:6443" }, cluster: ca, world });
  await kube.get(one);
  await kube.get(one);
  assert.deepEqual(asked, [`api.example.test:6443 Basic ${base64("me:hush")}`]);
  const refused = await connect(t, answers, { flags: { server: "https://other.test" }, cluster: ca, world });
  const fault = await faultOf(refused.kube.get(one));
  assert.equal(fault.code, "Unreachable");
  assert.match(`${fault.message} ${fault.hint}`, /403 Forbidden.* NO_PROXY/s);
  assert.doesNotMatch(fault.message, /hush/);
});

test("proxy: socks5", async (t) => {
  const { server } = await connect(t, answers);
  const { asked, lead } = await tunnelTo(t, server.port);
  const proxy = createTcp((socket) => {
    socket.once("data", () => {
      socket.write(Buffer.of(5, 0));
      socket.once("data", (request: Buffer) => {
        asked.push(request.subarray(5, 5 + (request[4] ?? 0)).toString());
        socket.write(Buffer.of(5, 0, 0, 1, 0, 0, 0, 0, 0, 0));
        lead(socket);
      });
    });
  });
  const port = await listening(t, proxy);
  const cluster = `certificate-authority-data: ${base64(testCertificates().ca)}, proxy-url: "socks5h://127.0.0.1:${port}"`;
  const { kube } = await connect(t, answers, { flags: { server: "https://api.example.test:6443" }, cluster });
  await kube.get(one);
  await kube.get(one);
  assert.deepEqual(asked, ["api.example.test"]);
});
