package dev.attache.benchmarks.sidebyside;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs h2load, which keeps a number of streams busy on each of some HTTP/2 connections from one thread. */
final class H2load {

    static final int STREAMS = 10;

    private static final Pattern RATE = Pattern.compile("finished in [^,]+, ([0-9.]+) req/s");
    private static final Pattern REQUESTS =
            Pattern.compile("(\\d+) succeeded, (\\d+) failed, (\\d+) errored, (\\d+) timeout");
    private static final Pattern STATUSES =
            Pattern.compile("status codes: \\d+ 2xx, (\\d+) 3xx, (\\d+) 4xx, (\\d+) 5xx");

    private H2load() {}

    static Optional<String> missing() {
        return Executables.missing("h2load");
    }

    static Load run(int port, String path, int connections, int seconds) throws IOException {
        List<String> command = List.of(
                Executables.path("h2load"),
                "-t1",
                "-c" + connections,
                "-m" + STREAMS,
                "-D" + seconds,
                "http://127.0.0.1:" + port + path);
        return parse(Patience.output(command, seconds));
    }

    /**
     * @throws IOException where it did not come to its summary
     */
    static Load parse(String output) throws IOException {
        Matcher rate = RATE.matcher(output);
        Matcher requests = REQUESTS.matcher(output);
        Matcher statuses = STATUSES.matcher(output);
        if (!rate.find() || !requests.find() || !statuses.find()) {
            throw new IOException("h2load: " + output.strip());
        }
        List<String> errors = new ArrayList<>();
        // What fails is counted as errored or timed out as well.
        if (!requests.group(2).equals("0")) {
            errors.add(requests.group());
        }
        if (!(statuses.group(1) + statuses.group(2) + statuses.group(3)).equals("000")) {
            errors.add(statuses.group());
        }
        return new Load(Long.parseLong(requests.group(1)), Double.parseDouble(rate.group(1)), errors);
    }
}
