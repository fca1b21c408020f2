#!/usr/bin/env node
// Checks node before anything that an old one cannot read, then starts the bundle with its compiled code cached.
const [major, minor] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  process.stderr.write(
    `error: this program needs node 22.19 or newer; ${process.execPath} is ${process.versions.node}\nhint: put a newer node first on the PATH\n`,
  );
  process.exit(1);
}
const { HOME, LOCALAPPDATA, NODE_COMPILE_CACHE, XDG_CACHE_HOME } = process.env;
const home = HOME && HOME + (process.platform === "darwin" ? "/Library/Caches" : "/.cache");
const caches = XDG_CACHE_HOME || LOCALAPPDATA || home;
// without such a place, or with one that cannot be written, it only starts a little slower
if (caches && !NODE_COMPILE_CACHE) require("node:module").enableCompileCache(`${caches}/kubectl-kafka/code`);
require("../kubectl-kafka.cjs");
