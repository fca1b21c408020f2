import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";
import type { KubeObject } from "../../src/model/kube.ts";
import type { KubeApi } from "../../src/ports/kube.ts";
import { fakeKube } from "../fakes/kube.ts";
import { kafkaResource, labelledCluster } from "../fakes/objects.ts";
import { echoFace } from "./echo-face.ts";
import { runCli } from "./run-cli.ts";

const face = echoFace();

/** Candidates without descriptions, and the directive. */
async function completions(words: readonly string[], kube?: () => Promise<KubeApi>): Promise<string> {
  const { stdout, exitCode, stderr, open } = await runCli(["__complete", ...words], { face, ...(kube && { kube }) });
  assert.deepEqual([exitCode, stderr, open], [0, "", 0]);
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => line.split("\t")[0])
    .join(" ");
}

const tables: [words: string[], want: string][] = [
  [[""], "show display fail completion help options version :4"],
  [["s"], "show :4"],
  [["zz"], ":4"],
  [["d"], "display :4"],
  [["display", "--sect"], "--section :4"],
  [["show", "--wat"], "--watch :4"],
  [["show", "--watch", "--wat"], ":4"],
  [["show", "-n", "x", "--nam"], ":4"],
  [["show", "--section", ""], "nodes quorum :6"],
  [["show", "--section", "q"], "quorum :6"],
  [["show", "--section", "nodes,"], "nodes,quorum :6"],
  [["show", "--section", "nodes", "--sec"], "--section :4"],
  [["show", "--output="], "--output=table --output=json :4"],
  [["show", "--output=j"], "--output=json :4"],
  [["show", "-o", ""], "table json :4"],
  [["-n", "show", "s"], "show :4"],
  [["show", "--color", "a"], "auto always :4"],
  [["show", "--file", ""], ":0"],
  [["show", "--kubeconfig", ""], ":0"],
  [["show", "--limit", ""], ":4"],
  [["show", "--limit="], ":4"],
  [["show", "--unknown="], ":4"],
  [["fail", "--sec"], ":4"],
  [["completion", ""], "bash zsh fish :4"],
  [["show", ""], ":4"],
];

for (const [words, want] of tables) {
  test(`complete: ${JSON.stringify(words)}`, async () => assert.equal(await completions(words), want));
}

test("complete: clusters of the namespace, by resource or by label", async () => {
  const objects = [...labelledCluster("blue"), kafkaResource("black"), ...labelledCluster("red")];
  const { kube, requests } = fakeKube({ objects });
  assert.equal(await completions(["show", "t", "bl"], async () => kube), "black blue :4");
  assert.ok(requests.length <= 3, requests.join());
});

test("complete: namespaces, of the connection that was given", async () => {
  const namespace = (name: string): KubeObject => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  const { kube } = fakeKube({ objects: ["kafka", "kafka-single", "default"].map(namespace) });
  const { stdout, connection } = await runCli(["__complete", "show", "--context", "prod", "-n", "kaf"], { face, kube: async () => kube });
  assert.equal(stdout, "kafka\nkafka-single\n:4\n");
  assert.equal(connection?.context, "prod");
});

test("complete: a cluster that does not answer offers nothing, at once", async () => {
  assert.equal(await completions(["show", "t", ""], () => new Promise(() => {})), ":4");
  assert.equal(await completions(["show", "t", ""]), ":4");
});

test("complete: by the name kubectl calls", async () => {
  const { stdout } = await runCli(["fa"], { face, path: "/usr/local/bin/kubectl_complete-kafka" });
  assert.equal(stdout, "fail\tA verb\n:4\n");
});

for (const shell of ["bash", "zsh", "fish"]) {
  test(`completion: the ${shell} script asks the program`, async () => {
    const { stdout, exitCode } = await runCli(["completion", shell]);
    assert.equal(exitCode, 0);
    assert.match(stdout, /__complete/);
    assert.match(stdout, /kubectl-kafka/);
    // the long way, through the parser
    assert.equal((await runCli(["completion", shell, "--color", "never"])).stdout, stdout);
  });
}

test("completion: bash fills in what the program offers", async () => {
  const { stdout: script } = await runCli(["completion", "bash"]);
  const program = `kubectl-kafka() { printf 'args:%s\\n' "$*" >&2; printf 'status\\tShow it\\nstart\\tStart it\\n:4\\n'; }`;
  const line = 'COMP_WORDS=(kubectl-kafka -n kafka st); COMP_CWORD=3; __kubectl_kafka_complete; printf "%s|" "${COMPREPLY[@]}"';
  const out = execFileSync("bash", ["-c", `${program}\n${script}\n${line}`], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  assert.equal(out, "status|start|");
});

test("completion --install links the name kubectl looks for, once", async () => {
  const { links, stdout, stderr, exitCode } = await runCli(["completion", "--install"]);
  assert.deepEqual([links, stdout, exitCode], [["kubectl_complete-kafka"], "", 0]);
  assert.match(stderr, /^kubectl_complete-kafka installed\. Try: kubectl kafka <TAB>\n$/);
});

test("completion without a shell", async () => {
  const { stderr, exitCode } = await runCli(["completion"]);
  assert.equal(exitCode, 2);
  assert.match(stderr, /^error: SHELL or --install is missing\nhint: /);
  assert.equal((await runCli(["completion", "tcsh"])).exitCode, 2);
});
