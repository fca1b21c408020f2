import java.util.Map;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigDef.ConfigKey;
import org.apache.kafka.server.config.ServerTopicConfigSynonyms;

/**
 * Prints, one per line and tab-separated, the options of a broker ("option": name, type, kind and text of the validator, scope, default) and what
 * brokers call a topic's options ("topic": the topic's name, the broker's). Runs on the jars of any Kafka from 3.9 on.
 */
public class BrokerOptions {
  public static void main(String[] arguments) throws Exception {
    ConfigDef definition = (ConfigDef) Class.forName("kafka.server.KafkaConfig").getMethod("configDef").invoke(null);
    Map<?, ?> modes = updateModes();
    for (ConfigKey key : definition.configKeys().values()) {
      Object scope = modes.get(key.name);
      String validator = key.validator == null ? "" : key.validator.getClass().getSimpleName();
      String text = key.validator == null ? "" : key.validator.toString();
      String fallback = key.hasDefault() && key.defaultValue != null ? "=" + ConfigDef.convertToString(key.defaultValue, key.type) : "";
      String mode = scope == null ? "read-only" : scope.toString();
      System.out.println(String.join("\t", "option", key.name, key.type.name(), validator, text, mode, fallback));
    }
    for (Map.Entry<String, String> entry : ServerTopicConfigSynonyms.TOPIC_CONFIG_SYNONYMS.entrySet()) {
      System.out.println(String.join("\t", "topic", entry.getKey(), entry.getValue()));
    }
  }

  private static Map<?, ?> updateModes() throws Exception {
    try {
      return (Map<?, ?>) Class.forName("org.apache.kafka.server.config.DynamicBrokerConfig").getMethod("dynamicConfigUpdateModes").invoke(null);
    } catch (ClassNotFoundException older) {
      Class<?> scala = Class.forName("kafka.server.DynamicBrokerConfig$");
      return (Map<?, ?>) scala.getMethod("dynamicConfigUpdateModes").invoke(scala.getField("MODULE$").get(null));
    }
  }
}
