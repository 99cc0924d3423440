import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Base64;
import org.apache.rocketmq.tools.command.MQAdminStartup;

/**
 * RocketMQ's own mqadmin, kept warm. Reads one command a line, its words separated by tabs; answers "ok" or "failed",
 * a tab, and what it printed in base64. Credentials come from conf/tools.yml in RocketMQ's home. A command line that
 * mqadmin does not understand ends the program.
 */
public class MqAdmin {
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        PrintStream errors = System.err;
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line; (line = commands.readLine()) != null;) {
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            ByteArrayOutputStream complaints = new ByteArrayOutputStream();
            System.setOut(new PrintStream(printed, true, "UTF-8"));
            System.setErr(new PrintStream(new Tee(complaints, errors), true, "UTF-8"));
            MQAdminStartup.main0(line.split("\t", -1), null);
            // It tells a failed command only by the stack trace that it prints.
            boolean failed = complaints.size() > 0;
            byte[] text = (failed ? complaints : printed).toByteArray();
            answers.println((failed ? "failed" : "ok") + "\t" + Base64.getEncoder().encodeToString(text));
        }
        System.exit(0);
    }

    /** Also to the log: the reason of an exit must be found there. */
    private static class Tee extends OutputStream {
        private final OutputStream first;
        private final OutputStream second;

        Tee(OutputStream first, OutputStream second) {
            this.first = first;
            this.second = second;
        }

        @Override
        public void write(int octet) throws IOException {
            first.write(octet);
            second.write(octet);
        }
    }
}
