package dev.attache.core.stats;

/** Goes up and down. Safe for use by all threads. */
public interface Gauge {

    void add(long n);

    void set(long value);

    long value();

    default void increment() {
        add(1);
    }

    default void decrement() {
        add(-1);
    }
}
