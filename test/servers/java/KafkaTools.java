import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;
import java.util.Base64;
import org.apache.kafka.common.utils.Exit;

/**
 * Kafka's own command-line tools, kept warm. Reads one command a line, the tool's main class and its arguments, separated
 * by tabs; answers "ok" or "failed", a tab, and what it printed and complained of in base64.
 */
public class KafkaTools {
    public static void main(String[] arguments) throws Exception {
        PrintStream answers = System.out;
        Exit.setExitProcedure(Ended::with);
        Exit.setHaltProcedure(Ended::with);
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, "UTF-8"));
        for (String line; (line = commands.readLine()) != null;) {
            String[] words = line.split("\t", -1);
            ByteArrayOutputStream printed = new ByteArrayOutputStream();
            PrintStream both = new PrintStream(printed, true, "UTF-8");
            System.setOut(both);
            System.setErr(both);
            boolean isDone = run(words[0], Arrays.copyOfRange(words, 1, words.length), both);
            String text = Base64.getEncoder().encodeToString(printed.toByteArray());
            answers.println((isDone ? "ok" : "failed") + "\t" + text);
        }
        System.exit(0);
    }

    private static boolean run(String tool, String[] arguments, PrintStream out) {
        Ended.first = null;
        try {
            Class.forName(tool).getMethod("main", String[].class).invoke(null, (Object) arguments);
        } catch (InvocationTargetException error) {
            if (Ended.first == null) {
                error.getCause().printStackTrace(out);
                return false;
            }
        } catch (ReflectiveOperationException error) {
            error.printStackTrace(out);
            return false;
        }
        return Ended.first == null || Ended.first == 0;
    }

    /** Thrown where a tool would end its process. Some catch it like any error and end once more: the first code counts. */
    private static class Ended extends RuntimeException {
        static Integer first = null;

        static void with(int status, String message) {
            if (first == null) first = status;
            if (message != null) System.err.println(message);
            throw new Ended();
        }
    }
}
