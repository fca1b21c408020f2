import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { fetchText } from "../../../src/adapters/node/fetch-text.ts";
import { files } from "../../../src/adapters/node/files.ts";
import { kustomize } from "../../../src/adapters/node/kustomize.ts";
import { AppError } from "../../../src/model/errors.ts";

const limits = { maxBytes: 1000, signal: new AbortController().signal };

const fails = async (work: Promise<unknown>, code: string, message: RegExp): Promise<void> => {
  const error = await work.then(
    () => undefined,
    (fault: unknown) => fault,
  );
  assert.ok(error instanceof AppError, String(error));
  assert.equal(error.code, code);
  assert.match(error.message, message);
};

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), "kubectl-kafka-texts-"));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

test("files: a directory's files by name, and those below it when asked for", async (t) => {
  const path = folder(t);
  mkdirSync(join(path, "b/c"), { recursive: true });
  for (const name of ["z.yaml", "a.yaml", "b/2.yaml", "b/c/1.yaml"]) writeFileSync(join(path, name), name);
  symlinkSync(path, join(path, "loop"));
  const list = async (recursive: boolean) =>
    (await files.list(path, { recursive, atMost: 100 }))?.map((name) => name.slice(path.length + 1));
  assert.deepEqual(await list(false), ["a.yaml", "loop", "z.yaml"]);
  assert.deepEqual(await list(true), ["a.yaml", "b/2.yaml", "b/c/1.yaml", "loop", "z.yaml"]);
  assert.equal(await files.list(join(path, "a.yaml"), { recursive: true, atMost: 1 }), undefined);
  await fails(files.list(path, { recursive: true, atMost: 3 }), "InvalidFile", /has more than 3 files$/);
  await fails(files.list(join(path, "x"), { recursive: true, atMost: 3 }), "InvalidFile", /^cannot read .*x: no such file$/);
  const signal = AbortSignal.abort(new AppError("Interrupted", "enough"));
  await fails(files.list(path, { recursive: true, atMost: 100, signal }), "Interrupted", /^enough$/);
});

test("files: what is too large, and what is not text", async (t) => {
  const path = join(folder(t), "a.yaml");
  writeFileSync(path, "x".repeat(2000));
  assert.equal((await files.read(path)).length, 2000);
  await fails(files.read(path, 1000), "InvalidFile", /a\.yaml is larger than 1000 B$/);
  writeFileSync(path, Buffer.from([0xff, 0xfe, 0x00]));
  await fails(files.read(path), "InvalidFile", /a\.yaml is not text in UTF-8$/);
});

async function serve(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("URL: the text, also where it is led on", async (t) => {
  const base = await serve(t, ({ url, headers }, response) => {
    if (url === "/moved") response.writeHead(302, { location: "/c.yaml" }).end();
    else response.end(`kind: ${headers.authorization ?? "Kafka"} ü`);
  });
  assert.equal(await fetchText(`${base}/c.yaml`, limits), "kind: Kafka ü");
  assert.equal(await fetchText(`${base}/moved`, limits), "kind: Kafka ü");
  assert.equal(await fetchText(`${base.replace("//", "//me:pw@")}/c.yaml`, limits), "kind: Basic bWU6cHc= ü");
});

const answers: [path: string, answer: RequestListener, code: string, message: RegExp][] = [
  [
    "missing",
    (_, response) => response.writeHead(404).end(),
    "InvalidFile",
    /^cannot read http:.*\/missing: the server answers 404 Not Found$/,
  ],
  ["html", (_, response) => response.setHeader("content-type", "text/html; charset=utf-8").end("<p>"), "InvalidFile", /it is a web page$/],
  ["image", (_, response) => response.end(Buffer.from([0x89, 0x50, 0xff])), "InvalidFile", /\/image is not text in UTF-8$/],
  ["large", (_, response) => response.end("x".repeat(1001)), "InvalidFile", /\/large is larger than 1000 B$/],
  ["loop", (_, response) => response.writeHead(302, { location: "/loop" }).end(), "InvalidFile", /led on more than 10 times$/],
  [
    "file",
    (_, response) => response.writeHead(302, { location: "file:///etc/passwd" }).end(),
    "InvalidFile",
    /where nothing is read from$/,
  ],
  ["broken", (_, response) => response.socket?.destroy(), "Unreachable", /^cannot read http:.*\/broken: /],
  [
    "half",
    (_, response) => {
      response.writeHead(200, { "content-length": 100 }).write("half");
      setImmediate(() => response.socket?.destroy());
    },
    "Unreachable",
    /^cannot read http:.*\/half: /,
  ],
];

for (const [path, answer, code, message] of answers)
  test(`URL: ${path}`, async (t) => {
    const base = await serve(t, answer);
    await fails(fetchText(`${base.replace("//", "//me:pw@")}/${path}`, limits), code, message);
    await assert.rejects(fetchText(`${base.replace("//", "//me:pw@")}/${path}`, limits), (error: Error) => !error.message.includes("pw@"));
  });

test("URL: nobody there, no URL, and an end by the signal", async (t) => {
  await fails(fetchText("http://127.0.0.1:1/c.yaml", limits), "Unreachable", /^cannot read http:\/\/127.0.0.1:1\/c.yaml: .*ECONNREFUSED/);
  await fails(fetchText("http://", limits), "InvalidFile", /^http:\/\/ is not a URL$/);
  const controller = new AbortController();
  const base = await serve(t, () => controller.abort(new AppError("Interrupted", "enough")));
  await fails(fetchText(base, { ...limits, signal: controller.signal }), "Interrupted", /^enough$/);
});

/** A kubectl that does as the last script says is all there is on the PATH, for the time of a test. */
function kubectl(t: TestContext): (script: string) => void {
  const path = folder(t);
  const before = process.env.PATH;
  process.env.PATH = path;
  t.after(() => {
    process.env.PATH = before;
  });
  return (script) => writeFileSync(join(path, "kubectl"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

test("kustomize: what kubectl prints", async (t) => {
  kubectl(t)('echo "$@"');
  assert.equal(await kustomize("--x y", limits), "kustomize -- --x y\n");
});

test("kustomize: kubectl fails, prints too much, is not there, is interrupted", async (t) => {
  const does = kubectl(t);
  await fails(kustomize("over", limits), "InvalidFile", /^cannot run kubectl, which --kustomize needs: it is not on the PATH$/);
  does("exit 3");
  await fails(kustomize("over", limits), "InvalidFile", /^kubectl kustomize over failed with exit code 3$/);
  does("while :; do echo 0123456789; done");
  await fails(kustomize("over", limits), "InvalidFile", /^kubectl kustomize over is larger than 1000 B$/);
  does("while :; do :; done");
  const controller = new AbortController();
  const running = kustomize("over", { ...limits, signal: controller.signal });
  setTimeout(() => controller.abort(new AppError("Interrupted", "enough")), 50);
  await fails(running, "Interrupted", /^enough$/);
});
