import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Scanner;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.MessageUtil;
import org.apache.kafka.common.protocol.Readable;

/** Reads messages ("name version base64", one per line) with Kafka's own code, writes them again with it, and prints those bytes. */
public class WireOracle {
  public static void main(String[] arguments) throws Exception {
    StringBuilder answers = new StringBuilder();
    for (Scanner lines = new Scanner(System.in); lines.hasNextLine(); ) {
      String[] line = lines.nextLine().split(" ", -1);
      answers.append(again(line[0], Short.parseShort(line[1]), Base64.getDecoder().decode(line[2]))).append('\n');
    }
    System.out.print(answers);
  }

  private static String again(String name, short version, byte[] bytes) {
    try {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      ApiMessage message = (ApiMessage) Class.forName("org.apache.kafka.common.message." + name + "Data")
          .getConstructor(Readable.class, short.class).newInstance(new ByteBufferAccessor(buffer), version);
      ByteBuffer written = MessageUtil.toByteBufferAccessor(message, version).buffer();
      byte[] result = new byte[written.remaining()];
      written.get(result);
      return buffer.remaining() + " " + Base64.getEncoder().encodeToString(result);
    } catch (Throwable fault) {
      Throwable cause = fault.getCause() == null ? fault : fault.getCause();
      return "failed " + cause.toString().replace('\n', ' ');
    }
  }
}
