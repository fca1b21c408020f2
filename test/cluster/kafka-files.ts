// The files of /opt/kafka that are not jars: start scripts and logging, with the names and variables of the stock distribution.
// Main classes move between Kafka versions, so each is looked up in the jars by its simple name.

import { ClusterError } from "./run.ts";

/** Script -> simple name of its main class, for scripts that every supported version has. */
export const tools = {
  "kafka-acls": "AclCommand",
  "kafka-broker-api-versions": "BrokerApiVersionsCommand",
  "kafka-cluster": "ClusterTool",
  "kafka-configs": "ConfigCommand",
  "kafka-console-consumer": "ConsoleConsumer",
  "kafka-console-producer": "ConsoleProducer",
  "kafka-consumer-groups": "ConsumerGroupCommand",
  "kafka-consumer-perf-test": "ConsumerPerformance",
  "kafka-delete-records": "DeleteRecordsCommand",
  "kafka-dump-log": "DumpLogSegments",
  "kafka-features": "FeatureCommand",
  "kafka-get-offsets": "GetOffsetShell",
  "kafka-leader-election": "LeaderElectionCommand",
  "kafka-log-dirs": "LogDirsCommand",
  "kafka-metadata-quorum": "MetadataQuorumCommand",
  "kafka-producer-perf-test": "ProducerPerformance",
  "kafka-reassign-partitions": "ReassignPartitionsCommand",
  "kafka-storage": "StorageTool",
  "kafka-topics": "TopicCommand",
  "kafka-transactions": "TransactionsCommand",
} as const;

/** Scripts that came with a later version than the oldest supported one. */
export const laterTools = { "kafka-groups": "GroupsCommand", "kafka-share-groups": "ShareGroupCommand" } as const;

const classPath = /(?:org\/apache\/kafka|kafka)\/[\w/]+(?=\.class)/g;

/** Full names of the top-level Kafka classes in a jar, given its bytes as Latin-1: a zip file keeps names as plain text. */
export function classesIn(jar: string): Set<string> {
  return new Set(Array.from(jar.matchAll(classPath), ([path]) => path.replaceAll("/", ".")));
}

/** Script file -> its text, for a Kafka version with these classes and this logging library. */
export function scripts(classes: ReadonlySet<string>, logging: Logging): Map<string, string> {
  const required = Object.entries(tools).map(([tool, name]) => [tool, findClass(classes, name)] as const);
  const missing = required.filter(([, found]) => found === undefined).map(([tool]) => tool);
  if (missing.length > 0) throw new ClusterError(`No main class in Kafka's jars for ${missing.join(", ")}`);
  const optional = Object.entries(laterTools).map(([tool, name]) => [tool, findClass(classes, name)] as const);
  const wrappers = [...required, ...optional].flatMap(([tool, found]) => (found ? [[`${tool}.sh`, wrapper(found)] as const] : []));
  return new Map([...wrappers, ["kafka-run-class.sh", runClass(logging)], ["kafka-server-start.sh", serverStart(logging)]]);
}

function findClass(classes: ReadonlySet<string>, simpleName: string): string | undefined {
  return [...classes]
    .filter((name) => name.endsWith(`.${simpleName}`))
    .sort()
    .at(-1); // org.apache.kafka before kafka.admin
}

/** How a Kafka version logs, and the option that names the file: 4.x has Log4j 2, 3.x has Log4j 1. */
export interface Logging {
  readonly option: string;
  readonly server: string;
  readonly tools: string;
  readonly render: (target: "out" | "err", level: string) => string;
}

export const log4j2: Logging = {
  option: "-Dlog4j2.configurationFile=",
  server: "log4j2.yaml",
  tools: "tools-log4j2.yaml",
  render: (target, level) => `Configuration:
  Appenders:
    Console:
      name: CONSOLE
      target: SYSTEM_${target.toUpperCase()}
      PatternLayout:
        pattern: "[%d] %p %m (%c)%n"
  Loggers:
    Root:
      level: ${level}
      AppenderRef:
        ref: CONSOLE
`,
};

export const log4j1: Logging = {
  option: "-Dlog4j.configuration=file:",
  server: "log4j.properties",
  tools: "tools-log4j.properties",
  render: (target, level) => `log4j.rootLogger=${level}, CONSOLE
log4j.appender.CONSOLE=org.apache.log4j.ConsoleAppender
log4j.appender.CONSOLE.Target=System.${target}
log4j.appender.CONSOLE.layout=org.apache.log4j.PatternLayout
log4j.appender.CONSOLE.layout.ConversionPattern=[%d] %p %m (%c)%n
`,
};

const wrapper = (mainClass: string): string => `#!/bin/bash
exec "$(dirname "$0")/kafka-run-class.sh" ${mainClass} "$@"
`;

const runClass = ({ option, tools }: Logging): string => `#!/bin/bash
# Runs a Kafka main class; honours the environment variables of the stock script.
home=$(cd "$(dirname "$0")/.." && pwd)
: "\${KAFKA_HEAP_OPTS:=-Xmx256M}"
: "\${KAFKA_JVM_PERFORMANCE_OPTS:=-server -XX:+UseG1GC -XX:MaxGCPauseMillis=20 -XX:InitiatingHeapOccupancyPercent=35 -XX:+ExplicitGCInvokesConcurrent -Djava.awt.headless=true}"
: "\${KAFKA_LOG4J_OPTS:=${option}$home/config/${tools}}"
if [ -n "\${JMX_PORT:-}" ]; then
  : "\${KAFKA_JMX_OPTS:=-Dcom.sun.management.jmxremote=true -Dcom.sun.management.jmxremote.authenticate=false -Dcom.sun.management.jmxremote.ssl=false}"
  KAFKA_JMX_OPTS="$KAFKA_JMX_OPTS -Dcom.sun.management.jmxremote.port=$JMX_PORT"
fi
exec "\${JAVA_HOME:+$JAVA_HOME/bin/}java" $KAFKA_HEAP_OPTS $KAFKA_JVM_PERFORMANCE_OPTS \${KAFKA_JMX_OPTS:-} $KAFKA_LOG4J_OPTS \\
  -Dkafka.logs.dir="\${LOG_DIR:-$home/logs}" -cp "\${CLASSPATH:+$CLASSPATH:}$home/libs/*" \${KAFKA_OPTS:-} "$@"
`;

const serverStart = ({ option, server }: Logging): string => `#!/bin/bash
[ $# -gt 0 ] || { echo "USAGE: $0 server.properties [--override property=value]*" >&2; exit 1; }
directory=$(dirname "$0")
export KAFKA_HEAP_OPTS=\${KAFKA_HEAP_OPTS:--Xms256M -Xmx512M}
export KAFKA_LOG4J_OPTS=\${KAFKA_LOG4J_OPTS:-${option}$directory/../config/${server}}
exec "$directory/kafka-run-class.sh" kafka.Kafka "$@"
`;
