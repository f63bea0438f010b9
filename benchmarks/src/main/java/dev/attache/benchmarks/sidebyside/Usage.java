package dev.attache.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process and all its children have used since their start.
 *
 * @param cpuMicros user and system time
 * @param rssBytes  resident memory now; what processes share is counted in each
 */
record Usage(double cpuMicros, long rssBytes) {

    /** USER_HZ, which is 100 on every architecture that a JVM of today runs on. */
    private static final double MICROS_A_TICK = 10_000;

    static Usage of(ProcessHandle root) {
        return Stream.concat(Stream.of(root), root.descendants())
                .map(process -> of(process.pid()))
                .reduce(new Usage(0, 0), Usage::plus);
    }

    private static Usage of(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        try {
            return new Usage(
                    cpuTicks(Files.readString(process.resolve("stat"))) * MICROS_A_TICK,
                    rssBytes(Files.readString(process.resolve("status"))));
        } catch (IOException ended) {
            return new Usage(0, 0);
        }
    }

    Usage plus(Usage other) {
        return new Usage(cpuMicros + other.cpuMicros, rssBytes + other.rssBytes);
    }

    /** User and system time, fields 14 and 15 of {@code /proc/PID/stat}; the name in field 2 may hold anything. */
    static long cpuTicks(String stat) {
        String[] fromField3 = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return Long.parseLong(fromField3[11]) + Long.parseLong(fromField3[12]);
    }

    /** {@code VmRSS} of {@code /proc/PID/status}; 0 for a process that has ended. */
    static long rssBytes(String status) {
        return status.lines()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * 1024)
                .findFirst()
                .orElse(0);
    }
}
