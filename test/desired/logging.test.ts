import assert from "node:assert/strict";
import { test } from "node:test";
import { loggingFile } from "../../src/desired/logging.ts";
import type { Logging } from "../../src/model/cluster-spec.ts";
import { clusterSpec } from "./specs.ts";

const render = (version: string, logging: Logging, external?: string) => loggingFile(clusterSpec({ version, logging }), external);
const inline = (loggers: Record<string, string>): Logging => ({ kind: "inline", loggers });
const external: Logging = { kind: "external", configMap: "mine", key: "log4j2.properties", optional: false };

test("Kafka 4: Log4j 2, read again every 30 seconds", () => {
  const { name, text } = render("4.3.1", inline({}));
  assert.equal(name, "log4j2.properties");
  for (const line of [
    "monitorInterval=30",
    "rootLogger.level=INFO",
    "rootLogger.appenderRef.console.ref=STDOUT",
    "logger.requestchannel.name=kafka.network.RequestChannel$",
  ])
    assert.ok(text.split("\n").includes(line), line);
});

test("inline loggers take the place of the defaults, and others come after them", () => {
  const loggers = {
    "logger.kafka.level": "DEBUG",
    "rootLogger.level": "WARN",
    monitorInterval: "5",
    "logger.mine.name": "my.plugin",
    "logger.mine.level": "TRACE",
  };
  const { text } = render("4.3.1", inline(loggers));
  const lines = text.trimEnd().split("\n");
  for (const [option, value] of Object.entries(loggers))
    assert.deepEqual(
      lines.filter((line) => line.startsWith(`${option}=`)),
      [`${option}=${value}`],
    );
  assert.deepEqual(lines.slice(-2), ["logger.mine.level=TRACE", "logger.mine.name=my.plugin"]);
  assert.equal(text, render("4.3.1", inline(Object.fromEntries(Object.entries(loggers).reverse()))).text);
});

test("Kafka 3.9: Log4j 1", () => {
  const { name, text } = render("3.9.2", inline({ "kafka.root.logger.level": "WARN", "log4j.logger.org.apache.kafka": "DEBUG" }));
  assert.equal(name, "log4j.properties");
  assert.match(text, /^kafka\.root\.logger\.level=WARN$/m);
  assert.match(text, /^log4j\.logger\.org\.apache\.kafka=DEBUG$/m);
  assert.doesNotMatch(text, /monitorInterval/);
});

test("external logging is taken word for word, and read again", () => {
  assert.equal(render("4.3.1", external, "rootLogger.level=WARN").text, "rootLogger.level=WARN\nmonitorInterval=30\n");
  assert.equal(render("4.3.1", external, "monitorInterval = 7\n").text, "monitorInterval = 7\n");
  assert.equal(render("3.9.2", external, "x").text, "x");
});

test("external logging that cannot be had is the default", () => {
  assert.equal(render("4.3.1", external).text, render("4.3.1", inline({})).text);
});
