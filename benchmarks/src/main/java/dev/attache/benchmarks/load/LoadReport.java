package dev.attache.benchmarks.load;

import java.util.Arrays;
import java.util.Locale;

/**
 * What a client saw, as it travels in one line from its process to the harness.
 *
 * @param requests  answered with 200
 * @param errors    other statuses and broken connections
 * @param p50       median latency in microseconds
 * @param p99       99th percentile
 * @param p999      99.9th percentile
 * @param clientP50 median of what of it is the client's own lateness; 0 where it has no schedule
 * @param clientP99 its 99th percentile
 */
public record LoadReport(
        long requests, long errors, double p50, double p99, double p999, double clientP50, double clientP99) {

    /**
     * Sorts and summarizes.
     *
     * @param latencies nanoseconds of the requests answered with 200
     * @param lateness  nanoseconds between the scheduled time and the sending, of those that waited for it
     */
    public static LoadReport of(long[] latencies, long[] lateness, long errors) {
        Arrays.sort(latencies);
        Arrays.sort(lateness);
        return new LoadReport(
                latencies.length,
                errors,
                percentile(latencies, 0.5),
                percentile(latencies, 0.99),
                percentile(latencies, 0.999),
                percentile(lateness, 0.5),
                percentile(lateness, 0.99));
    }

    private static double percentile(long[] sorted, double share) {
        return sorted.length == 0 ? 0 : sorted[(int) ((sorted.length - 1) * share)] / 1e3;
    }

    /** The line. */
    public String line() {
        return String.format(
                Locale.ROOT, "%d %d %.1f %.1f %.1f %.1f %.1f", requests, errors, p50, p99, p999, clientP50, clientP99);
    }

    /**
     * Reads what {@link #line} wrote.
     *
     * @throws IllegalArgumentException for any other line
     */
    public static LoadReport parse(String line) {
        String[] fields = line.split(" ", -1);
        if (fields.length != 7) {
            throw new IllegalArgumentException(line + " (expected: seven numbers)");
        }
        return new LoadReport(
                Long.parseLong(fields[0]),
                Long.parseLong(fields[1]),
                Double.parseDouble(fields[2]),
                Double.parseDouble(fields[3]),
                Double.parseDouble(fields[4]),
                Double.parseDouble(fields[5]),
                Double.parseDouble(fields[6]));
    }
}
