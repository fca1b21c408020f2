// `npm run bench -- startup`: whole processes beside kubectl's own, in turns: our version, a help page, one GET, one list. On the test cluster
// when it is up (or KUBECTL_KAFKA_TEST_KUBECONFIG), else on a small HTTPS server of this process. RUNS=n: how many of each.

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { findCluster } from "../cluster/cluster.ts";
import { projectDirectory } from "../cluster/places.ts";
import { useCluster } from "../cluster/use.ts";
import { startApiServer } from "../fakes/api-server.ts";
import { testCertificates } from "../fakes/certificates.ts";
import { type Contestant, printTimings, race, type Timing } from "./measure.ts";

type Place = { readonly what: string; readonly env: NodeJS.ProcessEnv; readonly kubectl: string; end(): Promise<void> };

const runs = Number(process.env.RUNS ?? 25);
const plugin = join(projectDirectory, "dist/bin/kubectl-kafka");
const scratch = mkdtempSync(join(tmpdir(), "kubectl-kafka-bench-"));

/** An API server that knows no Kafka: /version, empty lists, no custom resources. */
async function ownServer(): Promise<Place> {
  const { ca, client } = testCertificates();
  const base64 = (text: string): string => Buffer.from(text).toString("base64");
  const server = await startApiServer({
    answer: ({ path }) => {
      if (path === "/version") return { body: { major: "1", minor: "34", gitVersion: "v1.34.0" } };
      if (path.includes("strimzi.io")) return { status: 404, body: "404 page not found" };
      return { body: { kind: "List", apiVersion: "v1", metadata: { resourceVersion: "1" }, items: [] } };
    },
  });
  const kubeconfig = join(scratch, "kubeconfig");
  const user = { name: "u", user: { "client-certificate-data": base64(client.cert), "client-key-data": base64(client.key) } };
  const cluster = { name: "c", cluster: { server: server.url, "certificate-authority-data": base64(ca) } };
  const contexts = [{ name: "c", context: { cluster: "c", user: "u" } }];
  writeFileSync(
    kubeconfig,
    JSON.stringify({ apiVersion: "v1", kind: "Config", clusters: [cluster], users: [user], contexts, "current-context": "c" }),
  );
  return {
    what: "an HTTPS server of this process",
    env: { ...process.env, KUBECONFIG: kubeconfig },
    kubectl: "kubectl",
    end: server.close,
  };
}

async function place(): Promise<Place> {
  const given = process.env.KUBECTL_KAFKA_TEST_KUBECONFIG;
  if (given === undefined && (await findCluster()).kind !== "Up") return ownServer();
  const { env, kubectl } = await useCluster();
  return { what: given ?? "the test cluster", env, kubectl, end: async () => {} };
}

function judge(timings: readonly Timing[], [name, reference, aim]: [name: string, reference: string, aim: number]): void {
  const median = (which: string): number => timings.find((timing) => timing.name === which)?.medianMs ?? Number.NaN;
  const ratio = median(name) / median(reference);
  console.log(`${name}: ${ratio.toFixed(2)} x ${reference}, aim ${aim}: ${ratio <= aim ? "met" : "MISSED"}`);
}

const { what, env, kubectl, end } = await place();
try {
  console.log(
    `${runs} runs each, in turns, against ${what}; ${execFileSync(kubectl, ["version", "--client"], { env, encoding: "utf8" }).split("\n")[0]}\n`,
  );
  // own cache of compiled code, so that what is measured was made by this build
  const warm = {
    ...env,
    XDG_CACHE_HOME: join(scratch, "cache"),
    PATH: [join(projectDirectory, "node_modules/.bin"), env.PATH].join(delimiter),
  };
  const cold = { ...warm, XDG_CACHE_HOME: "/dev/null" };
  const contestants: Contestant[] = [
    { name: "node, empty script", command: ["node", "-e", "0"], env: warm },
    { name: "kubectl version --client", command: [kubectl, "version", "--client"], env },
    { name: "version", command: [plugin, "version"], env: warm },
    { name: "version, cold", command: [plugin, "version"], env: cold },
    { name: "status --help", command: [plugin, "status", "--help"], env: warm },
    { name: "kubectl get --raw /version", command: [kubectl, "get", "--raw", "/version"], env },
    { name: "one GET (completion of names)", command: [plugin, "__complete", "status", "-n", ""], env: warm },
    { name: "list -n default", command: [plugin, "list", "-n", "default"], env: warm },
    { name: "list -n default, cold", command: [plugin, "list", "-n", "default"], env: cold },
  ];
  const timings = await race(contestants, runs);
  printTimings(timings, "kubectl version --client");
  console.log();
  judge(timings, ["version", "kubectl version --client", 1.3]);
  judge(timings, ["one GET (completion of names)", "kubectl get --raw /version", 2]);
  judge(timings, ["list -n default", "kubectl get --raw /version", 2]);
} finally {
  await end();
  rmSync(scratch, { recursive: true });
}
