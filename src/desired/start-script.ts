import { keyStorePath } from "./broker-config.ts";
import { certificatesPath, configurationPath } from "./stateful-sets.ts";

/**
 * What a Kafka container runs: the same for every node, with everything that differs in files beside it. It needs bash and the usual tools,
 * writes to /tmp and to the node's volumes alone, and becomes Kafka (process 1), which gets Kubernetes' signals.
 */
export const startScript = `#!/bin/bash
set -euo pipefail
# another user of the same group may run the node one day
umask 002
files=${configurationPath}
certificates=${certificatesPath}
properties=/tmp/server.properties
id=\${HOSTNAME##*-}

cat "$files/$HOSTNAME.properties" "$files/server.properties" > "$properties"
option() { sed -n "s|^$1=||p" "$properties"; }

# Kafka wants a private key and its certificates in one file
key_store() { (umask 077; cat "$certificates/$1.key" "$certificates/$1.crt" > "$2"); }
key_store "$HOSTNAME" ${keyStorePath}
for name in $(sed -n 's|^.*\\.ssl\\.keystore\\.location=/tmp/\\(.*-[0-9]*\\)\\.pem$|\\1|p' "$properties"); do
  key_store "$name" "/tmp/$name.pem"
done

export LOG_DIR=/tmp
if [ -z "\${KAFKA_LOG4J_OPTS:-}" ]; then
  if [ -f "$files/log4j.properties" ]; then
    export KAFKA_LOG4J_OPTS="-Dlog4j.configuration=file:$files/log4j.properties"
  else
    export KAFKA_LOG4J_OPTS="-Dlog4j2.configurationFile=$files/log4j2.properties"
  fi
fi

# a metadata log on another volume than before comes along, whole or not at all
metadata=$(option metadata.log.dir)
log=$metadata/__cluster_metadata-0
for old in /var/lib/kafka/data*/kafka-log"$id"/__cluster_metadata-0; do
  if [ ! -d "$old" ] || [ "$old" = "$log" ]; then continue; fi
  if [ ! -d "$log" ]; then
    echo "Moving the metadata log from $old to $log"
    mkdir -p "$metadata"
    rm -rf "$metadata/.moving"
    cp -a "$old" "$metadata/.moving"
    mv "$metadata/.moving" "$log"
  fi
  rm -rf "$old"
done

# format what is not formatted yet, a new volume for instance
for directory in $(option log.dirs | tr , ' ') "$metadata"; do
  if [ ! -f "$directory/meta.properties" ]; then
    arguments=("-t=$(cat "$files/cluster.id")" "-c=$properties" -g)
    if [ -s "$files/metadata.version" ]; then arguments+=("-r=$(cat "$files/metadata.version")"); fi
    /opt/kafka/bin/kafka-storage.sh format "\${arguments[@]}"
    break
  fi
done

# what the user says of the garbage collector replaces what Kafka's own script says of it
if grep -q '^"-XX' "$files/jvm.options"; then export KAFKA_JVM_PERFORMANCE_OPTS=-server; fi
export KAFKA_HEAP_OPTS=" " EXTRA_ARGS=" "
export KAFKA_OPTS="\${KAFKA_OPTS:-} @$files/jvm.options"
exec /opt/kafka/bin/kafka-server-start.sh "$properties"
`;
