import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { type KubeConnection, openKube, type World } from "../../../src/adapters/kube/open.ts";
import { AppError } from "../../../src/model/errors.ts";
import type { ConnectionFlags } from "../../../src/ports/connect.ts";
import { type FakeApiServer, startApiServer } from "../../fakes/api-server.ts";
import { testCertificates } from "../../fakes/certificates.ts";

/** A process with no time of its own: `slept` is what it would have waited. */
export type TestWorld = World & { readonly slept: number[]; readonly trace: string[] };

export function testWorld(overrides: Partial<World> = {}): TestWorld {
  const slept: number[] = [];
  return {
    env: {},
    home: "/nowhere",
    serviceAccountDir: "/nowhere",
    stdinIsTty: false,
    sleep: async (ms, signal) => {
      signal?.throwIfAborted();
      slept.push(ms);
    },
    random: () => 1,
    now: Date.now,
    slept,
    trace: [],
    ...overrides,
  };
}

/** A folder that goes away with the test. */
export async function testFolder(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kubectl-kafka-"));
  t.after(() => rm(folder, { recursive: true }));
  return folder;
}

type ServerOptions = Parameters<typeof startApiServer>[0];

/** A fake API server and a connection to it through a kubeconfig; both end with the test. `user` is the YAML of the user entry, on one line. */
export async function connect(
  t: TestContext,
  options: ServerOptions,
  settings: { flags?: ConnectionFlags; user?: string; cluster?: string; world?: Partial<World> } = {},
): Promise<{ kube: KubeConnection; server: FakeApiServer; world: TestWorld; file: string }> {
  const server = await startApiServer(options);
  t.after(() => server.close());
  const file = join(await testFolder(t), "config");
  await writeFile(file, kubeconfigText(server.url, settings));
  const world = testWorld(settings.world);
  const kube = await openKube({ kubeconfig: file, ...settings.flags }, (line) => world.trace.push(line), world);
  t.after(() => kube.close());
  return { kube, server, world, file };
}

export const base64 = (text: string): string => Buffer.from(text).toString("base64");

export function kubeconfigText(
  server: string,
  { user = "{token: secret-token}", cluster }: { user?: string; cluster?: string } = {},
): string {
  const trust = cluster ?? (server.startsWith("https") ? `certificate-authority-data: ${base64(testCertificates().ca)}` : "");
  return [
    "apiVersion: v1",
    "kind: Config",
    "current-context: test",
    `clusters: [{name: main, cluster: {server: "${server}"${trust ? `, ${trust}` : ""}}}]`,
    `users: [{name: jane, user: ${user}}]`,
    "contexts: [{name: test, context: {cluster: main, user: jane, namespace: kafka}}]",
  ].join("\n");
}

/** The AppError that the work throws. Anything else fails the test. */
export async function faultOf(work: Promise<unknown>): Promise<AppError> {
  const result = await work.then(
    (value) => value,
    (error: unknown) => error,
  );
  if (result instanceof AppError) return result;
  throw result instanceof Error ? result : new Error(`nothing was thrown: ${JSON.stringify(result)}`);
}
