import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { test } from "node:test";
import { fetchWithDependencies } from "../../scripts/wire-table/jars.ts";
import { brokerOptions } from "../../src/manifest/broker-options.generated.ts";
import { loadBrokerOptions } from "../../src/manifest/broker-options.ts";
import { without } from "./real-kafka.ts";

const skip = without("java", "mvn");

const names = [
  ...new Set(
    brokerOptions
      .trim()
      .split("\n")
      .map((line) => line.split(" ", 1)[0] ?? ""),
  ),
];
const numbers = [
  "-131073",
  "-3",
  "-2",
  "-1",
  "0",
  "1",
  "2",
  "3",
  "9",
  "10",
  "18",
  "100",
  "1024",
  "3601",
  "1048576",
  "2147483647",
  "2147483648",
  "9223372036854775808",
];
const values = [
  ...numbers,
  "+1",
  " 1 ",
  "0.5",
  "1e3",
  "1.5d",
  ".",
  "true",
  "FALSE",
  "yes",
  "gzip",
  "compact,delete",
  "compact, nothing",
  "DISABLED",
  "requested",
  "CreateTime",
];

/** Kafka refuses more than the table tells in these: lists with something twice, what stands in other options. */
const beyond = new Set([
  "controller.quorum.voters",
  "controller.quorum.bootstrap.servers",
  "inter.broker.protocol.version",
  "log.message.format.version",
]);
const isClassOrBeyond = (name: string, type: string | undefined): boolean => type === "class" || beyond.has(name);

for (const version of ["3.9.2", "4.1.2", "4.2.1", "4.3.1"])
  test(`every option of Kafka ${version} takes and refuses the values that Kafka does`, { skip }, async () => {
    const { checkOption, find } = await loadBrokerOptions();
    const known = names.filter((name) => find(name, version) && !isClassOrBeyond(name, find(name, version)?.type));
    const pairs = known.flatMap((name) => values.map((value) => [name, value] as const));
    const classPath = fetchWithDependencies(`org.apache.kafka:kafka_2.13:${version}`).join(":");
    const output = execFileSync("java", ["-cp", classPath, join(import.meta.dirname, "OptionsOracle.java")], {
      input: pairs.map((pair) => `${pair.join("\t")}\n`).join(""),
      encoding: "utf8",
      maxBuffer: 1 << 26,
      stdio: ["pipe", "pipe", "ignore"],
    });
    const answers = output.trimEnd().split("\n");
    assert.equal(answers.length, pairs.length);
    const wrong = pairs.flatMap(([name, value], index) => {
      const ours = checkOption(name, value, version);
      return (ours === undefined ? "good" : "bad") === answers[index]
        ? []
        : [`${name}=${value}: Kafka says ${answers[index]}, we say ${ours}`];
    });
    assert.deepEqual(wrong, []);
  });

test("the committed table is what the generator makes of Kafka's jars", { skip }, () => {
  execFileSync(process.execPath, [join(import.meta.dirname, "../../scripts/generate-broker-options.ts"), "--check"], { stdio: "pipe" });
});
