package dev.attache.benchmarks.load;

import java.util.Arrays;
import java.util.Collection;

/** A growing list of nanoseconds without boxes. For one thread. */
final class Samples {

    private long[] values = new long[1024];
    private int size;

    void add(long nanos) {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = nanos;
    }

    static long[] all(Collection<Samples> parts) {
        return parts.stream()
                .flatMapToLong(part -> Arrays.stream(part.values, 0, part.size))
                .toArray();
    }
}
