import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.protocol.Errors;
import org.apache.kafka.server.common.MetadataVersion;

/** Prints, one per line and tab-separated, Kafka's error codes ("error") and the metadata versions that are released ("level"). */
public class KafkaTables {
  public static void main(String[] arguments) {
    for (Errors error : Errors.values()) {
      boolean retriable = error.exception() instanceof RetriableException;
      System.out.println(String.join("\t", "error", "" + error.code(), error.name(), "" + retriable, error.message()));
    }
    for (MetadataVersion version : MetadataVersion.values()) {
      if (version.featureLevel() < 1 || version.compareTo(MetadataVersion.latestProduction()) > 0) continue;
      System.out.println(String.join("\t", "level", "" + version.featureLevel(), version.version()));
    }
  }
}
