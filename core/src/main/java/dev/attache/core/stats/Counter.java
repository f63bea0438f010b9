package dev.attache.core.stats;

/** Counts up. Safe for use by all threads. */
public interface Counter {

    void add(long n);

    default void increment() {
        add(1);
    }

    long value();
}
