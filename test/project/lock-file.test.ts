import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

type Lock = { packages: Record<string, { optionalDependencies?: Record<string, string> }> };

// npm drops packages for other platforms from the lock file when the registry it asks does not have them, and `npm ci` then refuses to run
// for everybody (npm/cli#4828). Whoever updates dependencies from such a registry sees it here.
test("the lock file names the optional packages of every platform", () => {
  const { packages } = JSON.parse(readFileSync(new URL("../../package-lock.json", import.meta.url), "utf8")) as Lock;
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`]),
  );
  assert.deepEqual(missing, []);
});
