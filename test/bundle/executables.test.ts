import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { namesOf } from "../../src/cli/command.ts";
import { kafkaFace } from "../../src/cli/kafka/commands.ts";
import { healthyWorld } from "../worlds.ts";

const bin = fileURLToPath(new URL("../../dist/bin/", import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), "kubectl-kafka-bin-"));
after(() => rmSync(scratch, { recursive: true, force: true }));

const path = `${dirname(process.execPath)}:${process.env.PATH}`;
let caches = 0;

/** An environment without colours and clusters, and with a cache of its own. */
const environment = (changes: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => {
  caches += 1;
  return { PATH: path, HOME: scratch, XDG_CACHE_HOME: join(scratch, `cache-${caches}`), KUBECONFIG: "/dev/null", ...changes };
};

function run(program: string, args: readonly string[], env = environment()): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(program, args, { env, encoding: "utf8" });
  return { status, stdout, stderr };
}

const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));

for (const face of ["kubectl-kafka", "kubectl-kafkatopic", "kubectl-kafkauser"]) {
  test(`executable: ${face} knows its name and the version of the package`, () => {
    const { status, stdout, stderr } = run(join(bin, face), ["version"]);
    assert.deepEqual([status, stderr], [0, ""]);
    assert.match(stdout, new RegExp(`^${face} v${version} \\(commit [0-9a-f]{12}, node ${process.versions.node}, `));
  });
}

test("executable: the face is the name it is run as, by a link from anywhere", () => {
  const link = (name: string): string => {
    symlinkSync(join(bin, "kubectl-kafka"), join(scratch, name));
    return join(scratch, name);
  };
  assert.match(run(link("kubectl-kafkauser"), ["version"]).stdout, /^kubectl-kafkauser v/);
  assert.match(run(link("kubectl_complete-kafka"), ["st"]).stdout, /^status\t.*\n:4\n$/);
  assert.match(run(link("something-else"), ["version"]).stdout, /^kubectl-kafka v/);
});

test("executable: kubectl's completion names lie beside it", () => {
  for (const name of readdirSync(bin).filter((file) => file.startsWith("kubectl_complete-"))) {
    assert.match(run(join(bin, name), ["vers"]).stdout, /^version\t.*\n:4\n$/);
  }
});

test("executable: compiled code is kept, read back, and made anew when it is not whole", () => {
  const env = environment();
  const cache = join(String(env.XDG_CACHE_HOME), "kubectl-kafka/code/version");
  const first = run(join(bin, "kubectl-kafka"), ["version"], env).stdout;
  const kept = readFileSync(cache);
  const again = (): string => run(join(bin, "kubectl-kafka"), ["version"], env).stdout;
  assert.equal(again(), first);
  assert.ok(readFileSync(cache).equals(kept), "not written again");
  const damaged = Buffer.from(kept).fill(0, 4096, 8192);
  for (const [what, bytes] of Object.entries({
    "a lost page": damaged,
    half: kept.subarray(0, 50_000),
    nothing: Buffer.alloc(0),
    "another build": Buffer.from(kept).fill("0", 0, 16),
  })) {
    writeFileSync(cache, bytes);
    assert.equal(again(), first, what);
    assert.notDeepEqual(readFileSync(cache), bytes, `${what} stays`);
  }
});

test("executable: a mistyped verb leaves nothing in the cache", () => {
  const env = environment();
  assert.equal(run(join(bin, "kubectl-kafka"), ["statsu"], env).status, 2);
  assert.throws(() => readdirSync(String(env.XDG_CACHE_HOME)), /ENOENT/);
});

test("executable: where nothing can be kept it works all the same", () => {
  const locked = join(scratch, "locked");
  writeFileSync(locked, "a file, not a folder");
  for (const env of [environment({ XDG_CACHE_HOME: locked }), { PATH: path }]) {
    const { status, stderr } = run(join(bin, "kubectl-kafka"), ["version"], env);
    assert.deepEqual([status, stderr], [0, ""]);
  }
});

test("executable: an old node is told, not crashed", () => {
  const preload = join(scratch, "old.cjs");
  writeFileSync(preload, 'Object.defineProperty(process, "versions", { value: { ...process.versions, node: "20.20.2" } });');
  const { status, stderr } = spawnSync(process.execPath, ["--require", preload, join(bin, "kubectl-kafka"), "version"], {
    encoding: "utf8",
  });
  assert.equal(status, 1);
  assert.match(stderr, /^error: this program needs node 22\.19 or newer; .* is 20\.20\.2\nhint: put a newer node first on the PATH\n$/);
});

test("executable: exit codes reach the shell, and head ends it in peace", () => {
  assert.equal(run(join(bin, "kubectl-kafka"), []).status, 2);
  assert.equal(run(join(bin, "kubectl-kafka"), ["list"]).status, 1);
  const script = `set -o pipefail; ${join(bin, "kubectl-kafka")} options | head -1`;
  const { status, stdout, stderr } = run("bash", ["-c", script]);
  assert.deepEqual([status, stdout.split("\n").length, stderr], [0, 2, ""]);
});

test("executable: colour follows --color, NO_COLOR and the pipe", () => {
  const help = (args: string[], env: NodeJS.ProcessEnv = {}): boolean =>
    run(join(bin, "kubectl-kafka"), args, environment(env)).stdout.includes("\u001b[");
  assert.equal(help(["help"]), false);
  assert.equal(help(["help", "--color", "always"]), true);
  assert.equal(help(["help"], { FORCE_COLOR: "1" }), true);
  assert.equal(help(["help", "--color", "never"], { FORCE_COLOR: "1" }), false);
  assert.equal(help(["help", "--color=auto"], { NO_COLOR: "1" }), false);
});

test("executable: usage names kubectl, or the program itself when the shell ran that", () => {
  const usage = (script: string): string | undefined =>
    /^ {2}kubectl.* COMMAND/m.exec(run("bash", ["-c", script], environment({ PATH: `${bin}:${path}` })).stdout)?.[0];
  assert.equal(usage("kubectl-kafka help; true"), "  kubectl-kafka COMMAND");
  // kubectl becomes the plugin with the environment it has
  assert.equal(usage(`env _=/usr/bin/kubectl kubectl-kafka help; true`), "  kubectl kafka COMMAND");
});

test("executable: what lies in a file of its own is found: a roll is planned offline", () => {
  const seen = join(scratch, "seen.json");
  writeFileSync(seen, JSON.stringify(healthyWorld()));
  const { status, stdout, stderr } = run(join(bin, "kubectl-kafka"), ["roll", "--from-file", seen, "--dry-run"]);
  assert.deepEqual([status, stderr], [0, ""]);
  assert.match(stdout, /^Restart 6 nodes in 6 waves/);
});

test("plugins run from the sources as well", () => {
  const source = fileURLToPath(new URL("../../plugins/kubectl-kafka.ts", import.meta.url));
  // a verb under a verb is completed after that
  const names = kafkaFace.commands.filter(({ name }) => !name.includes(" ")).flatMap(namesOf);
  const out = execFileSync(process.execPath, [source, "__complete", ""], { encoding: "utf8" });
  assert.deepEqual(
    out
      .split("\n")
      .slice(0, names.length)
      .map((line) => line.split("\t")[0]),
    names,
  );
});
