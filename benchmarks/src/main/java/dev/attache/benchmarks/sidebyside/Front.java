package dev.attache.benchmarks.sidebyside;

/** What a proxy speaks with its clients; with the upstream it is always HTTP/1.1 in clear text. */
enum Front {
    /** HTTP/1.1 in clear text. */
    HTTP,
    /** HTTP/2 in clear text, by prior knowledge. */
    H2C,
    /** HTTP/1.1 over TLS 1.3. */
    TLS
}
