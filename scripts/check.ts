/** `npm run check`: types, format and lint, dependency direction, dead code; all of them, side by side, each with its time. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const packages = `${root}node_modules`;

type Check = { readonly name: string; readonly command: readonly string[] };

const checks: readonly Check[] = [
  { name: "types", command: [`${packages}/typescript-7/bin/tsc`] },
  {
    name: "format and lint",
    command: [`${packages}/@biomejs/biome/bin/biome`, "check", "--error-on-warnings", "--diagnostic-level=warn", "--max-diagnostics=200"],
  },
  {
    name: "dependency direction",
    command: [
      `${packages}/dependency-cruiser/bin/dependency-cruise.mjs`,
      "--config",
      ".dependency-cruiser.json",
      "src",
      "plugins",
      "scripts",
      "test",
    ],
  },
  { name: "dead code", command: [`${packages}/knip/bin/knip.js`, "--no-progress"] },
];

type Outcome = { readonly ok: boolean; readonly output: string; readonly seconds: string };

function run({ command }: Check): Promise<Outcome> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, command, { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (data) => (output += data));
  return new Promise((resolve) => {
    child.on("close", (code) => resolve({ ok: code === 0, output, seconds: ((performance.now() - startedAt) / 1000).toFixed(1) }));
  });
}

const outcomes = await Promise.all(
  checks.map(async (check) => {
    const { ok, output, seconds } = await run(check);
    console.log(`${ok ? "ok    " : "FAILED"}  ${check.name} (${seconds} s)${ok ? "" : `\n${output.trimEnd()}\n`}`);
    return ok;
  }),
);
process.exitCode = outcomes.every(Boolean) ? 0 : 1;
