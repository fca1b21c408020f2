import java.io.BufferedReader;
import java.io.InputStreamReader;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigException;

/** Reads lines "option<TAB>value" and answers each with "good" or "bad": what Kafka's own definition of the option says of the value. */
public class OptionsOracle {
  public static void main(String[] arguments) throws Exception {
    ConfigDef definition = (ConfigDef) Class.forName("kafka.server.KafkaConfig").getMethod("configDef").invoke(null);
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] parts = line.split("\t", 2);
      ConfigDef.ConfigKey key = definition.configKeys().get(parts[0]);
      System.out.println(key == null ? "unknown" : isGood(key, parts[1]) ? "good" : "bad");
    }
  }

  private static boolean isGood(ConfigDef.ConfigKey key, String value) {
    try {
      Object parsed = ConfigDef.parseType(key.name, value, key.type);
      if (key.validator != null) key.validator.ensureValid(key.name, parsed);
      return true;
    } catch (ConfigException wrong) {
      return false;
    }
  }
}
