package dev.attache.benchmarks.sidebyside;

/** What is measured, as the head of a column. */
enum Measure {
    CPU("CPU µs/request", 1),
    RATE("requests/s", 0),
    HANDSHAKES_PER_CPU("handshakes a CPU-second", 0),
    HANDSHAKES("handshakes/s", 0),
    P50("p50 µs", 0),
    P99("p99 µs", 0),
    P999("p99.9 µs", 0),
    CLIENT_P50("of it the client's p50", 0),
    CLIENT_P99("and p99", 0),
    START("ms to the first answer", 0),
    RSS("RSS MiB", 0),
    HEAP_EACH("live heap, bytes each", 0),
    HEAP_EACH_USED("heap after a second request", 0),
    NATIVE_EACH("direct memory, bytes each", 0),
    RSS_EACH("RSS growth, bytes each", 0),
    RSS_EACH_USED("RSS after a second request", 0);

    private final String head;
    private final int decimals;

    Measure(String head, int decimals) {
        this.head = head;
        this.decimals = decimals;
    }

    String head() {
        return head;
    }

    int decimals() {
        return decimals;
    }
}
