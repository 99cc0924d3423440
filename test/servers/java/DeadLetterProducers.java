import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.consumer.AcknowledgeType;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.KafkaShareConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.connect.cli.ConnectStandalone;
import org.apache.kafka.connect.connector.Task;
import org.apache.kafka.connect.sink.SinkConnector;
import org.apache.kafka.connect.sink.SinkRecord;
import org.apache.kafka.connect.sink.SinkTask;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.LogAndContinueExceptionHandler;
import org.apache.kafka.streams.errors.LogAndContinueProcessingExceptionHandler;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.annotation.BackOff;
import org.springframework.kafka.annotation.EnableKafka;
import org.springframework.kafka.annotation.EnableKafkaRetryTopic;
import org.springframework.kafka.annotation.KafkaListener;
import org.springframework.kafka.annotation.RetryableTopic;
import org.springframework.kafka.config.ConcurrentKafkaListenerContainerFactory;
import org.springframework.kafka.core.DefaultKafkaConsumerFactory;
import org.springframework.kafka.core.DefaultKafkaProducerFactory;
import org.springframework.kafka.core.KafkaAdmin;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.kafka.listener.DeadLetterPublishingRecoverer;
import org.springframework.kafka.listener.DefaultErrorHandler;
import org.springframework.kafka.support.serializer.DelegatingByTypeSerializer;
import org.springframework.kafka.support.serializer.ErrorHandlingDeserializer;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;
import org.springframework.util.backoff.FixedBackOff;

/**
 * Programs that fill dead-letter queues as applications do: a Spring application with a recoverer and with retry topics,
 * a Kafka Streams application, a Connect worker with a sink, and members of a share group. All of them fail by what a
 * record's value says: see Orders.handle.
 *
 * Under command: one line of words separated by tabs, answered by "ok" or "failed", a tab, and a text in base64.
 * Arguments: the brokers, a folder, and the port of Connect's REST API.
 */
public class DeadLetterProducers {
    private static String brokers;
    private static String folder;
    private static int connectPort;

    public static void main(String[] arguments) throws Exception {
        brokers = arguments[0];
        folder = arguments[1];
        connectPort = Integer.parseInt(arguments[2]);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line; (line = commands.readLine()) != null;) {
            try {
                answer("ok", run(line.split("\t", -1)));
            } catch (Throwable error) {
                error.printStackTrace();
                answer("failed", error.toString());
            }
        }
        System.exit(0);
    }

    private static String run(String[] words) throws Exception {
        switch (words[0]) {
            case "start": return startAll();
            case "groupSettings": return groupSettings(words[1], words[2]);
            case "share": return share(words[1], words[2], Integer.parseInt(words[3]));
            case "read": return read(words[1], Integer.parseInt(words[2]));
            default: throw new IllegalArgumentException("unknown command " + words[0]);
        }
    }

    /** Side by side: most of a start is waiting for a group's first assignment. */
    private static String startAll() {
        CompletableFuture.allOf(
            CompletableFuture.runAsync(DeadLetterProducers::startSpring),
            CompletableFuture.runAsync(DeadLetterProducers::startStreams),
            CompletableFuture.runAsync(DeadLetterProducers::startConnect)).join();
        return "";
    }

    /** What an order's value asks for: to be handled, or to fail in a certain way. */
    static class Orders {
        static void handle(String order) {
            if (order.startsWith("stock ")) {
                throw new IllegalStateException("order cannot be handled", new StockException("article " + order.substring(6) + " is out of stock"));
            }
            if (order.startsWith("customer ")) throw new UnknownCustomerException("no customer with the number " + order.substring(9));
            if (order.equals("silent")) throw new NullPointerException();
        }
    }

    static class StockException extends RuntimeException {
        StockException(String message) {
            super(message);
        }
    }

    static class UnknownCustomerException extends RuntimeException {
        UnknownCustomerException(String message) {
            super(message);
        }
    }

    // ---- Spring

    private static void startSpring() {
        new AnnotationConfigApplicationContext(SpringApplication.class);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableKafka
    @EnableKafkaRetryTopic
    static class SpringApplication {
        @Bean
        KafkaAdmin admin() {
            return new KafkaAdmin(Map.of("bootstrap.servers", brokers));
        }

        /** Strings, and the bytes of what could not be deserialized. */
        @Bean
        KafkaTemplate<Object, Object> template() {
            Map<Class<?>, org.apache.kafka.common.serialization.Serializer<?>> serializers = new HashMap<>();
            serializers.put(byte[].class, new ByteArraySerializer());
            serializers.put(String.class, new org.apache.kafka.common.serialization.StringSerializer());
            serializers.put(Long.class, new org.apache.kafka.common.serialization.LongSerializer());
            return new KafkaTemplate<>(new DefaultKafkaProducerFactory<>(
                Map.of("bootstrap.servers", brokers),
                () -> new DelegatingByTypeSerializer(serializers), () -> new DelegatingByTypeSerializer(serializers)));
        }

        @Bean
        TaskScheduler scheduler() {
            return new ThreadPoolTaskScheduler();
        }

        @Bean
        ConcurrentKafkaListenerContainerFactory<Object, Object> recovering(KafkaTemplate<Object, Object> template) {
            ConcurrentKafkaListenerContainerFactory<Object, Object> factory = retrying();
            factory.getContainerProperties().setDeliveryAttemptHeader(true);
            factory.setCommonErrorHandler(new DefaultErrorHandler(new DeadLetterPublishingRecoverer(template), new FixedBackOff(10, 2)));
            return factory;
        }

        @Bean
        ConcurrentKafkaListenerContainerFactory<Object, Object> numbers(KafkaTemplate<Object, Object> template) {
            ConcurrentKafkaListenerContainerFactory<Object, Object> factory = recovering(template);
            factory.setConsumerFactory(consumers(Map.of(
                "value.deserializer", ErrorHandlingDeserializer.class,
                ErrorHandlingDeserializer.VALUE_DESERIALIZER_CLASS, org.apache.kafka.common.serialization.LongDeserializer.class)));
            return factory;
        }

        @Bean
        ConcurrentKafkaListenerContainerFactory<Object, Object> retrying() {
            ConcurrentKafkaListenerContainerFactory<Object, Object> factory = new ConcurrentKafkaListenerContainerFactory<>();
            factory.setConsumerFactory(consumers(Map.of()));
            return factory;
        }

        private static DefaultKafkaConsumerFactory<Object, Object> consumers(Map<String, Object> more) {
            Map<String, Object> config = new HashMap<>(Map.of(
                "bootstrap.servers", brokers, "auto.offset.reset", "earliest",
                "key.deserializer", StringDeserializer.class, "value.deserializer", StringDeserializer.class));
            config.putAll(more);
            return new DefaultKafkaConsumerFactory<>(config);
        }

        @Bean
        Listeners listeners() {
            return new Listeners();
        }
    }

    static class Listeners {
        @KafkaListener(topics = "spring-orders", groupId = "spring-desk", containerFactory = "recovering")
        void order(String order) {
            Orders.handle(order);
        }

        @KafkaListener(topics = "spring-numbers", groupId = "spring-desk-numbers", containerFactory = "numbers")
        void number(Long number) {
        }

        @RetryableTopic(
            attempts = "3", backOff = @BackOff(delay = 20, multiplier = 2), kafkaTemplate = "template",
            listenerContainerFactory = "retrying", numPartitions = "2")
        @KafkaListener(topics = "retryable-orders", groupId = "retryable-desk", containerFactory = "retrying")
        void retried(String order) {
            Orders.handle(order);
        }
    }

    // ---- Kafka Streams

    private static void startStreams() {
        StreamsBuilder builder = new StreamsBuilder();
        builder.stream("streams-orders", Consumed.with(Serdes.String(), Serdes.String())).mapValues(order -> {
            Orders.handle(order);
            return order;
        }).to("streams-handled", Produced.with(Serdes.String(), Serdes.String()));
        builder.stream("streams-numbers", Consumed.with(Serdes.String(), Serdes.Long()))
            .to("streams-handled", Produced.with(Serdes.String(), Serdes.Long()));
        Properties config = new Properties();
        config.put(StreamsConfig.APPLICATION_ID_CONFIG, "streams-desk");
        config.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
        config.put(StreamsConfig.STATE_DIR_CONFIG, folder + "/streams");
        config.put("auto.offset.reset", "earliest");
        config.put(StreamsConfig.ERRORS_DEAD_LETTER_QUEUE_TOPIC_NAME_CONFIG, "streams-desk-dlq");
        config.put(StreamsConfig.DESERIALIZATION_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndContinueExceptionHandler.class);
        config.put(StreamsConfig.PROCESSING_EXCEPTION_HANDLER_CLASS_CONFIG, LogAndContinueProcessingExceptionHandler.class);
        config.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
        new KafkaStreams(builder.build(), config).start();
    }

    // ---- Connect

    /** The worker alone; connectors are made through its REST API. */
    private static void startConnect() {
        new ConnectStandalone().startConnect(new HashMap<>(Map.of(
            "bootstrap.servers", brokers,
            "listeners", "http://127.0.0.1:" + connectPort,
            "key.converter", "org.apache.kafka.connect.storage.StringConverter",
            "value.converter", "org.apache.kafka.connect.json.JsonConverter",
            "value.converter.schemas.enable", "false",
            "offset.storage.file.filename", folder + "/connect.offsets",
            "offset.flush.interval.ms", "500",
            // Connectors are named by their class; nothing needs to be found, which takes seconds.
            "plugin.discovery", "service_load")));
    }

    /** A sink that refuses some of its records, and lets Connect go on. */
    public static class RefusingSink extends SinkConnector {
        private Map<String, String> config;

        @Override
        public void start(Map<String, String> properties) {
            config = properties;
        }

        @Override
        public void stop() {
        }

        @Override
        public Class<? extends Task> taskClass() {
            return RefusingTask.class;
        }

        @Override
        public List<Map<String, String>> taskConfigs(int maxTasks) {
            return List.of(config);
        }

        @Override
        public ConfigDef config() {
            return new ConfigDef();
        }

        @Override
        public String version() {
            return "1";
        }
    }

    public static class RefusingTask extends SinkTask {
        @Override
        public void start(Map<String, String> properties) {
        }

        @Override
        public void put(Collection<SinkRecord> records) {
            for (SinkRecord record : records) {
                Object refuse = record.value() instanceof Map<?, ?> value ? value.get("refuse") : null;
                if (refuse == null) continue;
                context.errantRecordReporter().report(record, refuse.equals("silently")
                    ? new NullPointerException()
                    : new StockException("article " + refuse + " is out of stock"));
            }
        }

        @Override
        public void stop() {
        }

        @Override
        public String version() {
            return "1";
        }
    }

    // ---- Share groups

    /** Settings as name=value, separated by commas. */
    private static String groupSettings(String group, String settings) throws Exception {
        List<AlterConfigOp> changes = new ArrayList<>();
        for (String setting : settings.split(",")) {
            String[] words = setting.split("=");
            changes.add(new AlterConfigOp(new ConfigEntry(words[0], words[1]), AlterConfigOp.OpType.SET));
        }
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.GROUP, group), changes)).all().get();
        }
        return "";
    }

    /** Takes so many records, each until it is given up: "reject" at once, anything else by handing it back each time. */
    private static String share(String group, String topic, int records) throws Exception {
        Properties config = new Properties();
        config.put("bootstrap.servers", brokers);
        config.put("group.id", group);
        config.put("share.acknowledgement.mode", "explicit");
        config.put("key.deserializer", StringDeserializer.class.getName());
        config.put("value.deserializer", StringDeserializer.class.getName());
        int limit = 2;
        Map<String, Integer> seen = new HashMap<>();
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        try (KafkaShareConsumer<String, String> consumer = new KafkaShareConsumer<>(config)) {
            consumer.subscribe(List.of(topic));
            int done = 0;
            while (done < records) {
                if (System.nanoTime() > end) throw new IllegalStateException("only " + done + " records came");
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(200))) {
                    boolean isRejected = record.value().startsWith("reject");
                    consumer.acknowledge(record, isRejected ? AcknowledgeType.REJECT : AcknowledgeType.RELEASE);
                    int times = seen.merge(record.partition() + "@" + record.offset(), 1, Integer::sum);
                    if (isRejected || times == limit) done++;
                }
                consumer.commitSync();
            }
        }
        return "";
    }

    // ---- Reading

    /**
     * Waits until a topic holds so many records, and answers all of them: a line each with partition, offset, time, key,
     * value, and name and value of each header in their order; bytes in base64, "-" where there are none.
     */
    private static String read(String topic, int count) throws Exception {
        Properties config = new Properties();
        config.put("bootstrap.servers", brokers);
        config.put("auto.offset.reset", "earliest");
        config.put("key.deserializer", ByteArrayDeserializer.class.getName());
        config.put("value.deserializer", ByteArrayDeserializer.class.getName());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        List<String> lines = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(config)) {
            List<TopicPartition> partitions = new ArrayList<>();
            while (partitions.isEmpty()) {
                for (PartitionInfo partition : consumer.partitionsFor(topic)) {
                    partitions.add(new TopicPartition(topic, partition.partition()));
                }
                if (System.nanoTime() > end) throw new IllegalStateException("there is no topic " + topic);
            }
            consumer.assign(partitions);
            while (lines.size() < count) {
                if (System.nanoTime() > end) throw new IllegalStateException(topic + " has only " + lines.size() + " records");
                consumer.poll(Duration.ofMillis(100)).forEach(record -> lines.add(lineOf(record)));
            }
        }
        return String.join("\n", lines);
    }

    private static String lineOf(ConsumerRecord<byte[], byte[]> record) {
        List<String> words = new ArrayList<>();
        words.add(String.valueOf(record.partition()));
        words.add(String.valueOf(record.offset()));
        words.add(String.valueOf(record.timestamp()));
        words.add(textOf(record.key()));
        words.add(textOf(record.value()));
        for (Header header : record.headers()) {
            words.add(textOf(header.key().getBytes(StandardCharsets.UTF_8)));
            words.add(textOf(header.value()));
        }
        return String.join(" ", words);
    }

    private static String textOf(byte[] bytes) {
        return bytes == null ? "-" : "=" + Base64.getEncoder().encodeToString(bytes);
    }

    private static void answer(String status, String text) {
        System.out.println(status + "\t" + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8)));
    }
}
