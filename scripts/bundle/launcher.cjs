#!/usr/bin/env node
// Starts the bundle. Compiling it, function by function as they are called, would take a quarter of a short command's time, so what V8
// compiled for a verb is kept and read back the next time. (node's own module.enableCompileCache keeps only what is compiled at load time.)
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `error: this program needs node 22.19 or newer; ${process.execPath} is ${process.versions.node}\nhint: put a newer node first on the PATH\n`,
  );
  process.exit(1);
}
const fs = require("node:fs");
const { createRequire } = require("node:module");
const { basename, dirname, join } = require("node:path");
const { Script } = require("node:vm");
const { crc32 } = require("node:zlib");

/** Tells this build's bundle from every other; V8 itself compares no more than the length. */
const build = "BUILD_ID";
const file = join(__dirname, "..", "kubectl-kafka.cjs");

function cacheFile() {
  const { HOME, LOCALAPPDATA, XDG_CACHE_HOME } = process.env;
  const caches = XDG_CACHE_HOME || LOCALAPPDATA || (HOME && join(HOME, process.platform === "darwin" ? "Library/Caches" : ".cache"));
  const word = process.argv[2] ?? "";
  const completes = word === "__complete" || basename(process.argv[1]).startsWith("kubectl_complete-");
  const verb = completes ? "__complete" : /^[a-z_]+$/.test(word) ? word : "other";
  return caches && join(caches, "kubectl-kafka", "code", verb);
}

/** What the cache begins with. V8 believes what it reads: a page that the disk lost would end the process. */
const headerOf = (data) => build + crc32(data).toString(16).padStart(8, "0");
const headerLength = build.length + 8;

function read(cache) {
  try {
    const bytes = fs.readFileSync(cache);
    const data = bytes.subarray(headerLength);
    return bytes.latin1Slice(0, headerLength) === headerOf(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Renamed into place, so that nobody reads half of it. Where nothing can be written, it starts a little slower every time. */
function write(cache, script) {
  try {
    const data = script.createCachedData();
    fs.mkdirSync(dirname(cache), { recursive: true, mode: 0o700 });
    const part = `${cache}.${process.pid}`;
    fs.writeFileSync(part, Buffer.concat([Buffer.from(headerOf(data), "latin1"), data]), { mode: 0o600 });
    fs.renameSync(part, cache);
  } catch {}
}

const cache = cacheFile();
const cachedData = cache && read(cache);
// the bundle is ASCII
const source = `(function(require,module,exports,__filename,__dirname){${fs.readFileSync(file, "latin1")}\n})`;
const script = new Script(source, { filename: file, cachedData });
if (cache && (cachedData === undefined || script.cachedDataRejected)) {
  // 2 is a mistyped command line: its verb may be any word
  process.on("exit", (code) => code === 2 || write(cache, script));
}
const main = { exports: {} };
script.runInThisContext()(createRequire(file), main, main.exports, file, dirname(file));
