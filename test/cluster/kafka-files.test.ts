import assert from "node:assert/strict";
import { test } from "node:test";
import { classesIn, log4j1, log4j2, scripts, tools } from "./kafka-files.ts";

/** A jar's directory, as far as names matter, with the binary that is around them. */
const jar = (...entries: string[]): string => entries.map((entry) => `PK\x03\x04\x14\0\0\0${entry}\0\xCA\xFE\xBA\xBE`).join("");

const classes = (where: (name: string) => string): Set<string> => new Set(Object.values(tools).map((name) => `${where(name)}.${name}`));

test("finds Kafka's classes in a jar, nested ones and other packages left out", () => {
  const found = classesIn(
    jar("kafka/tools/StorageTool.class", "kafka/tools/StorageTool$.class", "org/apache/kafka/tools/TopicCommand.class", "scala/App.class"),
  );
  assert.deepEqual([...found], ["kafka.tools.StorageTool", "org.apache.kafka.tools.TopicCommand"]);
});

test("every tool gets a script that runs its class, wherever this version has it", () => {
  for (const place of ["kafka.admin", "org.apache.kafka.tools", "org.apache.kafka.tools.consumer.group"]) {
    const made = scripts(
      classes(() => place),
      log4j2,
    );
    for (const [tool, name] of Object.entries(tools))
      assert.match(made.get(`${tool}.sh`) ?? "", new RegExp(`run-class.sh" ${place}.${name} `));
    assert.equal(made.has("kafka-groups.sh"), false, "a tool that this version does not have");
  }
});

test("a class that is in both places is taken from the newer one", () => {
  const both = new Set([...classes(() => "org.apache.kafka.tools"), ...classes(() => "kafka.admin")]);
  assert.match(scripts(both, log4j2).get("kafka-acls.sh") ?? "", /org\.apache\.kafka\.tools\.AclCommand/);
});

test("a missing main class is told by its script's name", () => {
  const few = classes(() => "kafka.admin");
  few.delete("kafka.admin.TopicCommand");
  assert.throws(() => scripts(few, log4j2), /kafka-topics/);
});

test("the server logs to standard output and tools to standard error, in the version's own format", () => {
  for (const logging of [log4j1, log4j2]) {
    assert.match(logging.render("out", "INFO"), /(System\.out|SYSTEM_OUT)/);
    assert.match(logging.render("err", "WARN"), /(System\.err|SYSTEM_ERR)/);
    const made = scripts(
      classes(() => "kafka.admin"),
      logging,
    );
    assert.ok(made.get("kafka-server-start.sh")?.includes(`${logging.option}$directory/../config/${logging.server}`));
    assert.ok(made.get("kafka-run-class.sh")?.includes(`${logging.option}$home/config/${logging.tools}`));
  }
});
