import assert from "node:assert/strict";
import { test } from "node:test";
import { echoFace } from "./echo-face.ts";
import { runCli } from "./run-cli.ts";

const face = echoFace();

type Shown = {
  args: Record<string, string>;
  flags: Record<string, unknown>;
  color: boolean;
  unicode: boolean;
  width: number;
  self: string;
};

async function shown(line: string, terminal?: { columns: number }): Promise<Shown> {
  const { stdout, stderr } = await runCli(line.split(" "), { face, ...(terminal && { terminal }) });
  assert.equal(stderr, "");
  return JSON.parse(stdout);
}

const given: [line: string, want: Record<string, unknown>][] = [
  ["show t", { output: "table", watch: false, section: [], v: 0, color: "auto", ascii: false, asGroup: [] }],
  ["display t -n kafka", { namespace: "kafka" }],
  ["show t -n kafka", { namespace: "kafka" }],
  ["show t -nkafka", { namespace: "kafka" }],
  ["show t -n=kafka", { namespace: "kafka" }],
  ["show t --namespace=kafka", { namespace: "kafka" }],
  ["-n kafka show t", { namespace: "kafka" }],
  ["-w --output json show t", { watch: true, output: "json" }],
  ["show t -n a -n b", { namespace: "b" }],
  ["show t --namespace=", { namespace: undefined }],
  ["show t --context=a=b", { context: "a=b" }],
  ["show t -v", { v: 1 }],
  ["show -v t", { v: 1 }],
  ["show t -v 6", { v: 6 }],
  ["show t -v6", { v: 6 }],
  ["show t -v=6", { v: 6 }],
  ["show t --v=6", { v: 6 }],
  ["show t -v -n kafka", { v: 1, namespace: "kafka" }],
  ["show t -wv", { watch: true, v: 1 }],
  ["show t -wojson", { watch: true, output: "json" }],
  ["show t -w=false", { watch: false }],
  ["show t --watch=true", { watch: true }],
  ["show t --watch=0", { watch: false }],
  ["show t --as-group a --as-group b,c", { asGroup: ["a", "b,c"] }],
  ["show t --section nodes,quorum", { section: ["nodes", "quorum"] }],
  ["show t --section nodes --section quorum", { section: ["nodes", "quorum"] }],
  ["show t --limit 12", { limit: 12 }],
  ["show t --limit=-1.5", { limit: -1.5 }],
  ["show t --wait 90", { wait: 90_000 }],
  ["show t --wait 1m30s", { wait: 90_000 }],
  ["show t --wait 1.5h", { wait: 5_400_000 }],
  ["show t --wait 250ms", { wait: 250 }],
  ["show t --wait 0", { wait: 0 }],
  ["show t --file -", { file: "-" }],
  ["show t --token 123 --as 0x10", { token: "123", as: "0x10" }],
  ["show t --insecure-skip-tls-verify", { insecureSkipTlsVerify: true }],
];

for (const [line, want] of given) {
  test(`parse: ${line}`, async () => {
    const { flags } = await shown(line);
    assert.deepEqual(Object.fromEntries(Object.keys(want).map((key) => [key, flags[key]])), want);
  });
}

test("parse: positionals keep their text, and a cluster of Kafka is not one of the kubeconfig", async () => {
  assert.deepEqual((await shown("show 007 my-cluster")).args, { topic: "007", cluster: "my-cluster" });
  const { args, flags } = await shown("show t --cluster prod");
  assert.deepEqual([args.cluster, flags.cluster], [undefined, "prod"]);
});

test("parse: after -- everything is a positional", async () => {
  const { args, flags } = await shown("show -- -n --watch");
  assert.deepEqual(args, { topic: "-n", cluster: "--watch" });
  assert.deepEqual([flags.namespace, flags.watch], [undefined, false]);
});

const refused: [line: string, message: string, hint?: string][] = [
  ["sohw t", 'unknown command "sohw" for kubectl kafka', "did you mean kubectl kafka show?"],
  ["dispaly t", 'unknown command "dispaly" for kubectl kafka', "did you mean kubectl kafka display?"],
  ["display", "TOPIC is missing", "kubectl kafka show TOPIC [CLUSTER]"],
  ["zzz", 'unknown command "zzz" for kubectl kafka', "kubectl kafka help lists the commands"],
  ["show t --namspace x", "unknown flag --namspace", "did you mean --namespace?"],
  ["show t --zzzzzz", "unknown flag --zzzzzz", "COMMAND --help lists the flags"],
  ["show t --no-watch", "unknown flag --no-watch"],
  ["fail --section nodes", "unknown flag --section", "kubectl kafka fail --help lists the flags"],
  ["show t -x", "unknown flag -x", "COMMAND --help lists the flags"],
  ["show t -wx", "unknown flag -x in -wx"],
  ["show", "TOPIC is missing", "kubectl kafka show TOPIC [CLUSTER]"],
  ["show a b c", 'unexpected argument "c"', "kubectl kafka show takes TOPIC [CLUSTER]"],
  ["fail a", 'unexpected argument "a"', "kubectl kafka fail takes no argument"],
  ["show t -n", "--namespace needs a value"],
  ["show t --namespace", "--namespace needs a value"],
  ["show t --namespace --watch", "--namespace needs a value"],
  ["show t -o yml", '--output: "yml" is not one of table, json'],
  ["show t -o jsn", '--output: "jsn" is not one of table, json', "did you mean --output=json?"],
  ["show t --section nods", '--section: "nods" is not one of nodes, quorum', "did you mean --section=nodes?"],
  ["show t --limit many", '--limit: "many" is not a number'],
  ["show t --wait soon", '--wait: "soon" is not a duration such as 10s or 1m30s'],
  ["show t --wait=-5s", '--wait: "-5s" is not a duration such as 10s or 1m30s'],
  ["show t -v=99", '--v: "99" is not a number from 0 to 9'],
  ["show t --watch=maybe", '--watch: "maybe" is not true or false'],
  ["show t --color sometimes", '--color: "sometimes" is not one of auto, always, never'],
  ["show t --constructor x", "unknown flag --constructor"],
];

for (const [line, message, hint] of refused) {
  test(`refuse: ${line}`, async () => {
    const { stdout, stderr, exitCode } = await runCli(line.split(" "), { face });
    assert.equal(exitCode, 2);
    assert.equal(stdout, "");
    const [first, second = ""] = stderr.trimEnd().split("\n");
    assert.equal(first, `error: ${message}`);
    if (hint !== undefined) assert.equal(second, `hint: ${hint}`);
  });
}

test("connection: kubectl's flags arrive as they were given", async () => {
  const line =
    "show t --kubeconfig k --context c --cluster cl --user u -n ns -s https://a --token t --as me --as-group g --as-uid 1 --certificate-authority ca --client-certificate cc --client-key ck --tls-server-name s --insecure-skip-tls-verify --request-timeout 1m --username n --password p --disable-compression --cache-dir d --match-server-version";
  const { connection, open } = await runCli(line.split(" "), { face });
  assert.deepEqual(connection, {
    ...{ kubeconfig: "k", context: "c", cluster: "cl", user: "u", namespace: "ns", server: "https://a", token: "t", as: "me" },
    ...{ asGroup: ["g"], asUid: "1", certificateAuthority: "ca", clientCertificate: "cc", clientKey: "ck", tlsServerName: "s" },
    ...{ username: "n", password: "p", disableCompression: true, insecureSkipTlsVerify: true, requestTimeoutMs: 60_000 },
  });
  assert.equal(open, 0);
});

test("display: --color and --ascii overrule the terminal, whose width is at least 80", async () => {
  const on = { columns: 60 };
  const { color, unicode, width } = await shown("show t", on);
  assert.deepEqual({ color, unicode, width }, { color: true, unicode: true, width: 80 });
  assert.equal((await shown("show t", { columns: 120 })).width, 120);
  assert.equal((await shown("show t --color never", on)).color, false);
  assert.equal((await shown("show t --color=always")).color, true);
  assert.equal((await shown("show t --ascii", on)).unicode, false);
  assert.equal((await shown("show t")).width, null, "Infinity off a terminal");
});
