import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "kubectl-kafka", "jars");

/** Path of an artifact of Maven Central ("group:artifact:version"), fetched by Maven when it is not in the cache. */
export function fetchJar(coordinates: string): string {
  const [, artifact, version] = coordinates.split(":");
  const jar = join(cache, `${artifact}-${version}.jar`);
  if (!existsSync(jar)) {
    mkdirSync(cache, { recursive: true });
    const command = [
      "-q",
      "-B",
      "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy",
      `-Dartifact=${coordinates}`,
      `-DoutputDirectory=${cache}`,
    ];
    execFileSync("mvn", command, { stdio: ["ignore", "ignore", "inherit"] });
  }
  return jar;
}

/** The text of one file in a jar. */
export const readFromJar = (jar: string, path: string): string =>
  execFileSync("unzip", ["-p", jar, path], { encoding: "utf8", maxBuffer: 1 << 24 });

/** The lines a single-file Java program prints with these jars on its class path. */
export function runJava(source: string, jars: readonly string[]): string[] {
  const output = execFileSync("java", ["-cp", jars.join(":"), source], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] });
  return output.trimEnd().split("\n");
}

/** An artifact of Maven Central with everything it needs to run, fetched by Maven into a folder of the cache when it is not there. */
export function fetchWithDependencies(coordinates: string): string[] {
  const [group, artifact, version] = coordinates.split(":");
  const folder = join(cache, `${artifact}-${version}`);
  if (!existsSync(folder)) {
    const fresh = `${folder}.${process.pid}`;
    mkdirSync(fresh, { recursive: true });
    const dependency = `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
    writeFileSync(
      join(fresh, "pom.xml"),
      `<project><modelVersion>4.0.0</modelVersion><groupId>kubectl-kafka</groupId><artifactId>jars</artifactId><version>1</version><packaging>pom</packaging><dependencies>${dependency}</dependencies></project>`,
    );
    const goal = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies";
    const command = ["-q", "-B", goal, "-DincludeScope=runtime", `-DoutputDirectory=${fresh}`];
    execFileSync("mvn", command, { cwd: fresh, stdio: ["ignore", "ignore", "inherit"] });
    renameSync(fresh, folder);
  }
  return [join(folder, "*")];
}
