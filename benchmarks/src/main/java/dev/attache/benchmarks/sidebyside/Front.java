package dev.attache.benchmarks.sidebyside;

/** What a proxy speaks with its clients; with the upstream it is always HTTP/1.1 in clear text. */
enum Front {
    /** HTTP/1.1 in clear text. */
    HTTP(16),
    /** HTTP/2 in clear text, by prior knowledge. */
    H2C(4),
    /** HTTP/1.1 over TLS 1.3. */
    TLS(16);

    private final int connections;

    Front(int connections) {
        this.connections = connections;
    }

    /** Connections of the warm-up: as many as of the first case, since what a JVM compiles depends on the load. */
    int connections() {
        return connections;
    }
}
