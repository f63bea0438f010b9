package dev.attache.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Looks into the memory of another JVM, through jcmd. */
final class Jvm {

    /** What {@link #directBytes} needs. */
    static final String FLAG = "-XX:NativeMemoryTracking=summary";

    private static final Pattern TOTAL = Pattern.compile("(?m)^Total\\s+\\d+\\s+(\\d+)");
    private static final Pattern OTHER = Pattern.compile("Other \\(reserved=\\d+KB[^,]*, committed=(\\d+)KB");

    private Jvm() {}

    /** Bytes on the heap that a full collection leaves. */
    static long liveHeapBytes(long pid) throws IOException {
        // What finalizes or clears references needs a collection before the one that counts.
        jcmd(pid, "GC.run");
        return histogramTotal(jcmd(pid, "GC.class_histogram"));
    }

    /** Bytes in direct buffers, and whatever else Java code takes from outside of the heap. */
    static long directBytes(long pid) throws IOException {
        return otherMemory(jcmd(pid, "VM.native_memory", "summary", "scale=KB"));
    }

    static long histogramTotal(String output) throws IOException {
        return number(TOTAL, output);
    }

    /** The category {@code Other} of native memory tracking; absent while it is nothing. */
    static long otherMemory(String output) throws IOException {
        return output.contains("Other (") ? number(OTHER, output) * 1024 : 0;
    }

    private static long number(Pattern pattern, String output) throws IOException {
        Matcher matcher = pattern.matcher(output);
        if (!matcher.find()) {
            throw new IOException("jcmd: " + output.lines().limit(3).toList());
        }
        return Long.parseLong(matcher.group(1));
    }

    private static String jcmd(long pid, String... words) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        command.add(Long.toString(pid));
        command.addAll(List.of(words));
        return Patience.output(command, 0);
    }
}
