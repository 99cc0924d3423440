import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.SendResult;
import org.apache.rocketmq.common.compression.CompressionType;
import org.apache.rocketmq.common.message.Message;

/**
 * Sends messages in each of the ways in which RocketMQ's own Java client stores them, under command: one line of words
 * separated by tabs, answered by "ok" or "failed", a tab, and a text in base64. Argument: the NameServers.
 */
public class MessageKinds {
    public static void main(String[] arguments) throws Exception {
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = commands.readLine()) != null;) {
            try {
                answer("ok", run(arguments[0], line.split("\t", -1)));
            } catch (Exception error) {
                answer("failed", error.toString());
            }
        }
        System.exit(0);
    }

    private static String run(String nameServers, String[] words) throws Exception {
        switch (words[0]) {
            case "compressed": return compressed(nameServers, words[1], words[2], words[3]);
            case "batch": return batch(nameServers, words[1], Integer.parseInt(words[2]));
            default: throw new IllegalArgumentException("unknown command " + words[0]);
        }
    }

    /** Topic, ZLIB, LZ4 or ZSTD, body. Answers the offset id and the unique id. */
    private static String compressed(String nameServers, String topic, String type, String body) throws Exception {
        DefaultMQProducer producer = started(nameServers, "kinds-" + type);
        producer.setCompressMsgBodyOverHowmuch(1);
        producer.setCompressType(CompressionType.of(type));
        SendResult result = producer.send(new Message(topic, "tag", "key", body.getBytes(StandardCharsets.UTF_8)));
        producer.shutdown();
        return result.getOffsetMsgId() + " " + result.getMsgId();
    }

    /** Topic, number of messages "batched-0" and so on, sent as one. */
    private static String batch(String nameServers, String topic, int count) throws Exception {
        DefaultMQProducer producer = started(nameServers, "kinds-batch");
        List<Message> messages = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            messages.add(new Message(topic, "tag", "key-" + index, ("batched-" + index).getBytes(StandardCharsets.UTF_8)));
        }
        SendResult result = producer.send(messages);
        producer.shutdown();
        return result.getSendStatus().name();
    }

    private static DefaultMQProducer started(String nameServers, String group) throws Exception {
        DefaultMQProducer producer = new DefaultMQProducer(group);
        producer.setNamesrvAddr(nameServers);
        producer.setInstanceName(group);
        producer.start();
        return producer;
    }

    private static void answer(String status, String text) {
        System.out.println(status + "\t" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }
}
