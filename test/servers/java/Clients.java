import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.rocketmq.acl.common.AclClientRPCHook;
import org.apache.rocketmq.acl.common.SessionCredentials;
import org.apache.rocketmq.client.consumer.DefaultMQPushConsumer;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyContext;
import org.apache.rocketmq.client.consumer.listener.ConsumeConcurrentlyStatus;
import org.apache.rocketmq.client.consumer.listener.MessageListenerConcurrently;
import org.apache.rocketmq.client.consumer.rebalance.AllocateMessageQueueAveragely;
import org.apache.rocketmq.client.producer.DefaultMQProducer;
import org.apache.rocketmq.client.producer.LocalTransactionState;
import org.apache.rocketmq.client.producer.TransactionListener;
import org.apache.rocketmq.client.producer.TransactionMQProducer;
import org.apache.rocketmq.common.consumer.ConsumeFromWhere;
import org.apache.rocketmq.common.message.Message;
import org.apache.rocketmq.common.message.MessageExt;
import org.apache.rocketmq.remoting.RPCHook;

/**
 * Producers and consumers of RocketMQ's own Java client, under command: one line of words separated by tabs, answered
 * by "ok" or "failed", a tab, and a text in base64. Argument: the NameServers. Credentials come from the environment.
 */
public class Clients {
    private static String nameServers;
    private static DefaultMQProducer producer;
    private static TransactionMQProducer transactionProducer;
    private static final Map<String, GroupMember> members = new ConcurrentHashMap<>();
    private static final ScheduledExecutorService timers = Executors.newScheduledThreadPool(4);
    private static final AtomicLong sequence = new AtomicLong();
    private static final int MAX_RECEIVED = 200;
    private static final Random random = new Random();

    public static void main(String[] arguments) throws Exception {
        nameServers = arguments[0];
        producer = new DefaultMQProducer("test-producers", hook());
        start(producer);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = commands.readLine()) != null;) {
            try {
                answer("ok", run(line.split("\t", -1)));
            } catch (Exception error) {
                answer("failed", error.toString());
            }
        }
        System.exit(0);
    }

    private static String run(String[] words) throws Exception {
        switch (words[0]) {
            case "send":
                return send(words[1], Integer.parseInt(words[2]), Integer.parseInt(words[3]), Integer.parseInt(words[4]));
            case "sendOne": return sendOne(words);
            case "received": return members.get(words[1]).receivedText();
            case "timeSends": return timeSends(words[1], Long.parseLong(words[2]), Integer.parseInt(words[3]));
            case "sendOneway": return sendOneway(words[1], Integer.parseInt(words[2]));
            case "sendTransactions": return sendTransactions(words[1], Integer.parseInt(words[2]), words[3]);
            case "sendEvery": return sendEvery(words[1], Double.parseDouble(words[2]), Integer.parseInt(words[3]));
            case "transactEvery": return transactEvery(words[1], Long.parseLong(words[2]));
            case "consume":
                return consume(words[1], words[2], Integer.parseInt(words[3]), Long.parseLong(words[4]), Double.parseDouble(words[5]));
            case "behave": return behave(words[1], Long.parseLong(words[2]), Double.parseDouble(words[3]));
            case "handled": return String.valueOf(members.get(words[1]).handled.get());
            case "leave": members.remove(words[1]).consumer.shutdown(); return "";
            default: throw new IllegalArgumentException("unknown command " + words[0]);
        }
    }

    /** Sends one by one, waiting for each; answers "STATUS=count" lines. */
    private static String send(String topic, int count, int bytes, int delayLevel) throws Exception {
        Map<String, Integer> statuses = new TreeMap<>();
        for (int sent = 0; sent < count; sent++) {
            Message message = message(topic, bytes);
            if (delayLevel > 0) message.setDelayTimeLevel(delayLevel);
            statuses.merge(producer.send(message).getSendStatus().name(), 1, Integer::sum);
        }
        StringBuilder text = new StringBuilder();
        statuses.forEach((status, times) -> text.append(status).append('=').append(times).append('\n'));
        return text.toString();
    }

    /** Topic, key and body, then names and values of properties; answers the id that applications see. */
    private static String sendOne(String[] words) throws Exception {
        Message message = new Message(words[1], "test", words[2], words[3].getBytes(StandardCharsets.UTF_8));
        for (int at = 4; at + 1 < words.length; at += 2) message.putUserProperty(words[at], words[at + 1]);
        return producer.send(message).getMsgId();
    }

    /** Sends one by one with short rests for so long; answers how long each took, in microseconds, separated by blanks. */
    private static String timeSends(String topic, long durationMs, int bytes) throws Exception {
        StringBuilder micros = new StringBuilder();
        for (long end = System.nanoTime() + durationMs * 1_000_000; System.nanoTime() < end; Thread.sleep(2)) {
            Message message = message(topic, bytes);
            long start = System.nanoTime();
            producer.send(message);
            micros.append((System.nanoTime() - start) / 1_000).append(' ');
        }
        return micros.toString().trim();
    }

    private static String sendOneway(String topic, int count) throws Exception {
        for (int sent = 0; sent < count; sent++) producer.sendOneway(message(topic, 100));
        return "";
    }

    /** The outcome is COMMIT_MESSAGE, ROLLBACK_MESSAGE, or UNKNOW for one that never ends: each check is told the same. */
    private static String sendTransactions(String topic, int count, String outcome) throws Exception {
        for (int sent = 0; sent < count; sent++) {
            transactions().sendMessageInTransaction(message(topic, 100), LocalTransactionState.valueOf(outcome));
        }
        return "";
    }

    /** A steady stream that outlives the brokers' troubles. */
    private static String sendEvery(String topic, double perSecond, int bytes) {
        long periodMicros = (long) (1_000_000 / perSecond);
        // Not at a fixed rate: what could not be sent for a while would follow at once.
        timers.scheduleWithFixedDelay(
            () -> sendQuietly(() -> producer.send(message(topic, bytes))), 0, periodMicros, TimeUnit.MICROSECONDS);
        return "";
    }

    /** Transactions that nobody ever ends, one per period. */
    private static String transactEvery(String topic, long periodMs) throws Exception {
        TransactionMQProducer transactions = transactions();
        timers.scheduleWithFixedDelay(
            () -> sendQuietly(() -> transactions.sendMessageInTransaction(message(topic, 100), LocalTransactionState.UNKNOW)),
            0, periodMs, TimeUnit.MILLISECONDS);
        return "";
    }

    private interface Sending {
        void send() throws Exception;
    }

    private static void sendQuietly(Sending sending) {
        try {
            sending.send();
        } catch (Exception refused) {
            // Brokers may be down or refuse; a timer that throws would never run again.
        }
    }

    /** Joins the group as a push consumer. */
    private static String consume(String group, String topic, int maxReconsumeTimes, long pauseMs, double failedShare)
        throws Exception {
        GroupMember member = new GroupMember(group, topic, maxReconsumeTimes);
        members.put(group, member);
        behave(group, pauseMs, failedShare);
        member.consumer.start();
        return "";
    }

    private static String behave(String group, long pauseMs, double failedShare) {
        GroupMember member = members.get(group);
        member.pauseMs = pauseMs;
        member.failedShare = failedShare;
        return "";
    }

    private static class GroupMember implements MessageListenerConcurrently {
        final DefaultMQPushConsumer consumer;
        final AtomicLong handled = new AtomicLong();
        /** The last of what came, whether handled well or not. */
        final Deque<MessageExt> received = new ConcurrentLinkedDeque<>();
        volatile long pauseMs = 0;
        volatile double failedShare = 0;

        GroupMember(String group, String topic, int maxReconsumeTimes) throws Exception {
            consumer = new DefaultMQPushConsumer(group, hook(), new AllocateMessageQueueAveragely());
            consumer.setNamesrvAddr(nameServers);
            consumer.setConsumeFromWhere(ConsumeFromWhere.CONSUME_FROM_FIRST_OFFSET);
            consumer.setMaxReconsumeTimes(maxReconsumeTimes);
            consumer.setConsumeThreadMin(1);
            consumer.setConsumeThreadMax(1);
            // A slow member must not hoard what it cannot handle: its lag would hide in its memory.
            consumer.setPullThresholdForQueue(64);
            consumer.setPersistConsumerOffsetInterval(1_000);
            // The retry topic appears only after the group has joined: it is to be found soon.
            consumer.setPollNameServerInterval(2_000);
            consumer.subscribe(topic, "*");
            consumer.registerMessageListener(this);
        }

        @Override
        public ConsumeConcurrentlyStatus consumeMessage(List<MessageExt> messages, ConsumeConcurrentlyContext context) {
            // The first of the levels: a second; by default the broker begins with the third, ten seconds.
            context.setDelayLevelWhenNextConsume(1);
            received.addAll(messages);
            while (received.size() > MAX_RECEIVED) received.pollFirst();
            try {
                Thread.sleep(pauseMs * messages.size());
            } catch (InterruptedException ended) {
                return ConsumeConcurrentlyStatus.RECONSUME_LATER;
            }
            // By the key, so that a message that failed once fails again. The factor spreads neighbours apart.
            int lot = Math.floorMod(messages.get(0).getKeys().hashCode() * 379, 1_000);
            if (lot < failedShare * 1_000) return ConsumeConcurrentlyStatus.RECONSUME_LATER;
            handled.addAndGet(messages.size());
            return ConsumeConcurrentlyStatus.CONSUME_SUCCESS;
        }

        /** A line for each: topic, id, deliveries that failed, body, and names and values of properties, all in base64. */
        String receivedText() {
            StringBuilder text = new StringBuilder();
            for (MessageExt message : received) {
                text.append(base64(message.getTopic().getBytes(StandardCharsets.UTF_8)));
                text.append(' ').append(base64(message.getMsgId().getBytes(StandardCharsets.UTF_8)));
                text.append(' ').append(base64(String.valueOf(message.getReconsumeTimes()).getBytes(StandardCharsets.UTF_8)));
                text.append(' ').append(base64(message.getBody()));
                for (Map.Entry<String, String> property : message.getProperties().entrySet()) {
                    text.append(' ').append(base64(property.getKey().getBytes(StandardCharsets.UTF_8)));
                    text.append(' ').append(base64(property.getValue().getBytes(StandardCharsets.UTF_8)));
                }
                text.append('\n');
            }
            return text.toString();
        }

        private static String base64(byte[] bytes) {
            // A blank field would vanish between the blanks.
            return "=" + Base64.getEncoder().encodeToString(bytes);
        }
    }

    private static synchronized TransactionMQProducer transactions() throws Exception {
        if (transactionProducer != null) return transactionProducer;
        TransactionMQProducer created = new TransactionMQProducer("test-transactions", hook());
        created.setTransactionListener(new TransactionListener() {
            @Override
            public LocalTransactionState executeLocalTransaction(Message message, Object outcome) {
                return (LocalTransactionState) outcome;
            }

            @Override
            public LocalTransactionState checkLocalTransaction(MessageExt message) {
                return LocalTransactionState.UNKNOW;
            }
        });
        start(created);
        transactionProducer = created;
        return created;
    }

    private static void start(DefaultMQProducer created) throws Exception {
        created.setNamesrvAddr(nameServers);
        // What the broker says of each send is the point; trying again would hide it.
        created.setRetryTimesWhenSendFailed(0);
        // Longer than a master waits for its slave, so that the broker answers first, also on a machine that is busy starting.
        created.setSendMsgTimeout(30_000);
        created.start();
    }

    private static Message message(String topic, int bytes) {
        long number = sequence.incrementAndGet();
        String key = topic + "-" + number;
        return new Message(topic, "test", key, bodyOf(key, number, bytes));
    }

    /** JSON where there is room for it, filled up with noise that does not compress well; noise alone otherwise. */
    private static byte[] bodyOf(String key, long number, int bytes) {
        String start = "{\"id\":\"" + key + "\",\"customer\":\"c-" + number % 5_000 + "\",\"amountCents\":"
            + number * 7_919 % 90_000 + ",\"currency\":\"EUR\",\"note\":\"";
        byte[] body = new byte[bytes];
        int noise = bytes - start.length() - 2;
        if (noise < 0) {
            random.nextBytes(body);
            return body;
        }
        byte[] text = new byte[noise * 3 / 4 + 3];
        random.nextBytes(text);
        String json = start + Base64.getEncoder().encodeToString(text).substring(0, noise) + "\"}";
        return json.getBytes(StandardCharsets.US_ASCII);
    }

    private static RPCHook hook() {
        String accessKey = System.getenv("ROCKETMQ_ACCESS_KEY");
        if (accessKey == null || accessKey.isEmpty()) return null;
        return new AclClientRPCHook(new SessionCredentials(accessKey, System.getenv("ROCKETMQ_SECRET_KEY")));
    }

    private static void answer(String status, String text) {
        System.out.println(status + "\t" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }
}
