import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import fc from "fast-check";
import { fetchJar } from "../../scripts/wire-table/jars.ts";
import { encode, everyVersion, messageArbitrary } from "../adapters/kafka/wire/arbitrary.ts";
import { without } from "./real-kafka.ts";

const skip = without("java", "mvn");

const samples = 20;

test("Kafka's own code reads every message that we write, and writes the same bytes", { skip }, () => {
  const messages = everyVersion.flatMap(({ message, version }) =>
    fc
      .sample(messageArbitrary(message, version), { numRuns: samples, seed: version })
      .map((value) => ({ name: message.name, version, bytes: encode(message, version, value).toString("base64") })),
  );
  const jars = [fetchJar("org.apache.kafka:kafka-clients:4.3.1"), fetchJar("org.slf4j:slf4j-api:1.7.36")];
  const input = messages.map(({ name, version, bytes }) => `${name} ${version} ${bytes}\n`).join("");
  const output = execFileSync("java", ["-cp", jars.join(":"), join(import.meta.dirname, "WireOracle.java")], {
    input,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const answers = output.trimEnd().split("\n");
  const wrong = messages.flatMap(({ name, version, bytes }, index) =>
    answers[index] === `0 ${bytes}` ? [] : [`${name} v${version}: ${bytes} became ${answers[index]}`],
  );
  assert.equal(answers.length, messages.length);
  assert.deepEqual(wrong, []);
});

test("the committed tables are what the generator makes of Kafka's jars", { skip }, () => {
  const generator = join(import.meta.dirname, "../../scripts/generate-wire-table.ts");
  execFileSync(process.execPath, [generator, "--check"], { stdio: "pipe" });
});
