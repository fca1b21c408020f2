/** `npm run build`: the three executables in dist/bin, which share one bundle and choose their face by the name they are run as. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build, type Plugin } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = `${root}dist`;
const standIns = `${root}scripts/bundle/stand-ins/`;
const faces = ["kubectl-kafka", "kubectl-kafkatopic", "kubectl-kafkauser"];

/** Libraries that few commands need and that are as large as all the rest: each becomes a file of its own beside the bundle, loaded when used. */
const ownLibraries: Readonly<Record<string, string>> = {
  "@kubernetes/client-node/dist/config.js": "legacy-credentials.cjs",
  kafkajs: "kafkajs.cjs",
  "socks-proxy-agent": "socks.cjs",
};

/**
 * The same for sources of ours; what imports them is itself loaded late. Code that lies in two files is there twice, which pure functions do
 * not mind. What an error is must be one thing: errors.ts is a file that all others share.
 */
const ownSources: Readonly<Record<string, string>> = {
  "src/adapters/kafka/properties/read-client-properties.ts": "client-properties.cjs",
  "src/adapters/x509/pki-library.ts": "pki.cjs",
  "src/cli/columns.ts": "columns.cjs",
  "src/cli/kafka/create.ts": "create.cjs",
  "src/cli/kafka/delete.ts": "delete.cjs",
  "src/cli/kafka/install.ts": "install.cjs",
  "src/cli/reconcile.ts": "reconcile.cjs",
  "src/manifest/broker-options.generated.ts": "broker-options.cjs",
  "src/manifest/manifests.ts": "manifests.cjs",
  "src/model/errors.ts": "errors.cjs",
};

const ownFiles = { ...ownLibraries, ...ownSources };

const apart: Plugin = {
  name: "apart",
  setup({ onResolve }) {
    onResolve({ filter: /^(@kubernetes\/client-node|kafkajs|socks-proxy-agent)/ }, ({ path, kind }) => {
      const file = ownLibraries[path];
      return file === undefined || kind !== "dynamic-import" ? undefined : { path: `./${file}`, external: true };
    });
    onResolve({ filter: /\.ts$/ }, ({ path, resolveDir, kind }) => {
      const file = ownSources[relative(root, join(resolveDir, path))];
      return file === undefined || kind === "entry-point" ? undefined : { path: `./${file}`, external: true };
    });
  },
};

function commit(): string {
  try {
    return execFileSync("git", ["rev-parse", "--short=12", "HEAD"], {
      cwd: root,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return "unknown";
  }
}

const options = {
  absWorkingDir: root,
  bundle: true,
  minify: true,
  platform: "node",
  format: "cjs",
  target: "node22",
  metafile: true,
  write: false,
  legalComments: "linked",
  charset: "ascii",
  // the launcher runs the bundle as a script, in which import() has no meaning
  supported: { "dynamic-import": false },
  logLevel: "warning",
  // what yargs and cli-table3 load for work that is never asked of them
  alias: {
    "@colors/colors/safe": `${standIns}colors.cjs`,
    assert: `${standIns}assert.cjs`,
    cliui: `${standIns}cliui.cjs`,
    "string-width": `${standIns}string-width.cjs`,
  },
  banner: { js: 'const importMetaUrl=require("node:url").pathToFileURL(__filename).href;' },
  define: { "import.meta.url": "importMetaUrl", BUILD_COMMIT: JSON.stringify(commit()) },
} as const satisfies BuildOptions;

const main = await build({ ...options, entryPoints: ["plugins/suite.ts"], outfile: "dist/kubectl-kafka.cjs", plugins: [apart] });
const used = new Set(
  Object.values(main.metafile.inputs).flatMap(({ imports }) => imports.filter(({ external }) => external).map(({ path }) => path)),
);
// sources of ours may be asked for by one another alone
const wanted = Object.entries(ownFiles).filter(([source, file]) => source in ownSources || used.has(`./${file}`));
const others = await Promise.all(
  wanted.map(([entryPoint, file]) => build({ ...options, entryPoints: [entryPoint], outfile: `dist/${file}`, plugins: [apart] })),
);

// made beside it and put in place at once: somebody may be running the old one
const fresh = `${dist}.${process.pid}`;
mkdirSync(`${fresh}/bin`, { recursive: true });
for (const { path, contents } of [main, ...others].flatMap(({ outputFiles }) => outputFiles))
  writeFileSync(`${fresh}/${basename(path)}`, contents);
writeFileSync(`${fresh}/metafile.json`, JSON.stringify(main.metafile));
// the package is "module"; what lies here is not
writeFileSync(`${fresh}/package.json`, '{"type":"commonjs"}\n');
const id = createHash("sha256")
  .update(readFileSync(`${fresh}/kubectl-kafka.cjs`))
  .digest("hex")
  .slice(0, 16);
const launcher = readFileSync(`${root}scripts/bundle/launcher.cjs`, "utf8").replace("BUILD_ID", id);
for (const face of faces) {
  writeFileSync(`${fresh}/bin/${face}`, launcher);
  chmodSync(`${fresh}/bin/${face}`, 0o755);
  symlinkSync(face, `${fresh}/bin/${face.replace("kubectl-", "kubectl_complete-")}`);
}
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);
const kilobytes = Object.values(main.metafile.outputs).reduce((sum, { bytes }) => Math.max(sum, bytes), 0) / 1000;
console.log(`dist/kubectl-kafka.cjs ${kilobytes.toFixed(0)} KB; put ${dist}/bin on the PATH`);
