// A real Kubernetes for tests and the demo; see docs/test-cluster.md.

import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";
import { listNodes } from "../test/cluster/api.ts";
import { build, type Cluster, down, findCluster, up } from "../test/cluster/cluster.ts";
import { parseKafkaVersions } from "../test/cluster/images.ts";
import { files, stateDirectory } from "../test/cluster/places.ts";
import { formatSeconds, say } from "../test/cluster/progress.ts";
import { ClusterError } from "../test/cluster/run.ts";
import { pathOf } from "../test/cluster/use.ts";

const usage = `Usage: npm run cluster -- COMMAND

  up [--kafka V,V]     bring the cluster up; with images of more Kafka versions, such as 4.1 or 3.9.2
  down                 end it and leave nothing behind
  status               tell what runs
  env                  print what a shell needs: eval "$(npm run -s cluster -- env)"
  kubectl ...          run kubectl on it
  build [--kafka V,V]  make what \`up\` would have to make first
`;

const commands: Readonly<Record<string, (parameters: string[]) => Promise<number>>> = {
  up: async (parameters) => {
    const { cluster, changed } = await up(kafkaVersions(parameters));
    say(changed ? `the cluster is up (${formatSeconds(performance.now())})` : "the cluster is already up");
    say(`Kubernetes ${cluster.binaries.version}, https://127.0.0.1:${cluster.machine.port}; use it: eval "$(npm run -s cluster -- env)"`);
    return 0;
  },
  down: async () => {
    await down();
    say(`the cluster is down (${formatSeconds(performance.now())})`);
    return 0;
  },
  build: async (parameters) => {
    await build(kafkaVersions(parameters));
    return 0;
  },
  status,
  env: async () => {
    const cluster = await theCluster();
    console.log(`export KUBECONFIG=${quoted(files.kubeconfig)}`);
    console.log(`export PATH=${quoted(pathOf(cluster).join(delimiter))}:"$PATH"`);
    return 0;
  },
  kubectl: async (parameters) => {
    const cluster = await theCluster();
    const env = { ...process.env, KUBECONFIG: files.kubeconfig, PATH: [...pathOf(cluster), process.env.PATH].join(delimiter) };
    return spawnSync(join(cluster.binaries.kubectl, "kubectl"), parameters, { stdio: "inherit", env }).status ?? 1;
  },
};

async function status(): Promise<number> {
  const found = await findCluster();
  if (found.kind !== "Up") {
    console.log(found.kind === "Down" ? "The cluster is down." : `The cluster is broken: ${found.because}.`);
    return 1;
  }
  const { machine, binaries, images, components } = found.cluster;
  const nodes = await listNodes();
  const lines = [
    ["The cluster is up:", `Kubernetes ${binaries.version} at https://127.0.0.1:${machine.port}`],
    ["State and logs:", stateDirectory],
    ["Components:", components.map(({ name }) => name).join(" ")],
    ["Images:", images.join(" ")],
    ...nodes.map(({ name, zone, ready }) => [`${name}:`, `${zone}, ${ready ? "Ready" : "NotReady"}`]),
  ];
  for (const [label = "", text] of lines) console.log(`${label.padEnd(19)} ${text}`);
  return nodes.every(({ ready }) => ready) ? 0 : 1;
}

async function theCluster(): Promise<Cluster> {
  const found = await findCluster();
  if (found.kind === "Up") return found.cluster;
  throw new ClusterError(
    `The cluster is ${found.kind === "Down" ? "down" : `broken: ${found.because}`}. Bring it up: npm run cluster -- up`,
  );
}

function kafkaVersions(parameters: string[]): string[] {
  const { kafka } = parseArgs({ args: parameters, options: { kafka: { type: "string" } } }).values;
  return kafka === undefined ? [] : parseKafkaVersions(kafka);
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

const [name = "", ...parameters] = process.argv.slice(2);
const command = commands[name];
if (!command) {
  process.stderr.write(usage);
  process.exit(2);
}
try {
  process.exitCode = await command(parameters);
} catch (error) {
  if (!(error instanceof ClusterError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
