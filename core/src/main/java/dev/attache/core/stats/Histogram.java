package dev.attache.core.stats;

/** The distribution of times or sizes; times are recorded in nanoseconds and shown in milliseconds. */
public interface Histogram {

    /** Records one duration, in nanoseconds. */
    void recordNanos(long nanos);
}
