import type { ClusterSpec } from "../model/cluster-spec.ts";
import { byName, type Option, renderProperties } from "./properties.ts";

// Kafka logs to the pod's output. Since 4.0 with Log4j 2, which reads its file again every 30 seconds: a change arrives without a restart.
// Kafka 3.9 has Log4j 1 (reload4j), which reads its file at start only.

/** What Log4j 2 is told unless the user says otherwise; loggers with the names that Strimzi gives them, so that `logger.kafka.level` is enough. */
const log4j2: readonly Option[] = [
  ["name", "KafkaConfig"],
  ["monitorInterval", "30"],
  ["appender.console.type", "Console"],
  ["appender.console.name", "STDOUT"],
  ["appender.console.layout.type", "PatternLayout"],
  ["appender.console.layout.pattern", "%d{yyyy-MM-dd HH:mm:ss} %-5p [%t] %c{1} - %m%n"],
  ["rootLogger.level", "INFO"],
  ["rootLogger.appenderRefs", "console"],
  ["rootLogger.appenderRef.console.ref", "STDOUT"],
  ...(
    [
      ["kafka", "kafka", "INFO"],
      ["orgapachekafka", "org.apache.kafka", "INFO"],
      ["requestlogger", "kafka.request.logger", "WARN"],
      ["requestchannel", "kafka.network.RequestChannel$", "WARN"],
      ["controller", "org.apache.kafka.controller", "INFO"],
      ["logcleaner", "kafka.log.LogCleaner", "INFO"],
      ["statechange", "state.change.logger", "INFO"],
      ["authorizer", "kafka.authorizer.logger", "INFO"],
    ] as const
  ).flatMap(([id, name, level]): Option[] => [
    [`logger.${id}.name`, name],
    [`logger.${id}.level`, level],
  ]),
];

const log4j1: readonly Option[] = [
  ["log4j.appender.CONSOLE", "org.apache.log4j.ConsoleAppender"],
  ["log4j.appender.CONSOLE.layout", "org.apache.log4j.PatternLayout"],
  ["log4j.appender.CONSOLE.layout.ConversionPattern", "%d{ISO8601} %p %m (%c) [%t]%n"],
  ["kafka.root.logger.level", "INFO"],
  // biome-ignore lint/suspicious/noTemplateCurlyInString: Log4j puts the level in
  ["log4j.rootLogger", "${kafka.root.logger.level}, CONSOLE"],
  ["log4j.logger.kafka", "INFO"],
  ["log4j.logger.org.apache.kafka", "INFO"],
  ["log4j.logger.kafka.request.logger", "WARN"],
  ["log4j.logger.kafka.network.RequestChannel$", "WARN"],
  ["log4j.logger.org.apache.kafka.controller", "INFO"],
  ["log4j.logger.kafka.log.LogCleaner", "INFO"],
  ["log4j.logger.state.change.logger", "INFO"],
  ["log4j.logger.kafka.authorizer.logger", "INFO"],
];

/** The file's name tells the start script which library reads it. */
export type LoggingFile = { readonly name: "log4j2.properties" | "log4j.properties"; readonly text: string };

const hasLog4j1 = (version: string): boolean => Number.parseInt(version, 10) < 4;

/** The user's own file, which is read again as the default is unless it says how often itself. */
function ownFile(text: string, older: boolean): string {
  if (older || /^\s*monitorInterval\s*[=:]/m.test(text)) return text;
  return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}monitorInterval=30\n`;
}

/**
 * How a cluster's nodes log. `external` is the text of the ConfigMap that the logging names, when it names one; what cannot be had is the
 * default.
 */
export function loggingFile({ version, logging }: ClusterSpec, external?: string): LoggingFile {
  const older = hasLog4j1(version);
  const name = older ? "log4j.properties" : "log4j2.properties";
  if (logging.kind === "external" && external !== undefined) return { name, text: ownFile(external, older) };
  const base = older ? log4j1 : log4j2;
  const own = logging.kind === "inline" ? Object.entries(logging.loggers) : [];
  const given = new Map<string, string>(own);
  const known = new Set(base.map(([option]) => option));
  const merged = base.map(([option, value]): Option => [option, given.get(option) ?? value]);
  return { name, text: renderProperties([...merged, ...own.filter(([option]) => !known.has(option)).sort(byName)]) };
}
