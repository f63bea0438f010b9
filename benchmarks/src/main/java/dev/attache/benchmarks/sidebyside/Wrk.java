package dev.attache.benchmarks.sidebyside;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs wrk, which keeps a number of connections busy from one thread. */
final class Wrk {

    private static final Pattern TOTAL = Pattern.compile("(\\d+) requests in ");
    private static final Pattern RATE = Pattern.compile("Requests/sec:\\s+([0-9.]+)");
    private static final Pattern ERRORS = Pattern.compile("(Socket errors:|Non-2xx or 3xx responses:).*");

    private Wrk() {}

    static Optional<String> missing() {
        return Executables.missing("wrk");
    }

    static Load run(String scheme, int port, String path, int connections, int seconds) throws IOException {
        List<String> command = List.of(
                Executables.path("wrk"),
                "-t1",
                "-c" + connections,
                "-d" + seconds + "s",
                scheme + "://127.0.0.1:" + port + path);
        return parse(Patience.output(command, seconds));
    }

    /**
     * @throws IOException where it did not come to its summary
     */
    static Load parse(String output) throws IOException {
        Matcher total = TOTAL.matcher(output);
        Matcher rate = RATE.matcher(output);
        if (!total.find() || !rate.find()) {
            throw new IOException("wrk: " + output.strip());
        }
        List<String> errors = new ArrayList<>();
        for (Matcher error = ERRORS.matcher(output); error.find(); ) {
            errors.add(error.group());
        }
        return new Load(Long.parseLong(total.group(1)), Double.parseDouble(rate.group(1)), errors);
    }
}
