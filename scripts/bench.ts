/** `npm run bench -- NAME`: one of the measurements in test/bench; without a name, what there is. */
import { existsSync, globSync } from "node:fs";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";

const folder = fileURLToPath(new URL("../test/bench/", import.meta.url));
const name = process.argv[2];

if (name !== undefined && /^[a-z-]+$/.test(name) && existsSync(`${folder}${name}.ts`)) await import(`${folder}${name}.ts`);
else {
  // a measurement says at its top how it is called
  const names = globSync("*.ts", { cwd: folder }).map((file) => basename(file, ".ts"));
  console.error(
    `usage: npm run bench -- ${names
      .filter((one) => one !== "measure")
      .sort()
      .join("|")}`,
  );
  process.exitCode = 2;
}
