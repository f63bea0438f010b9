package dev.attache.core.accesslog;

import dev.attache.core.stats.Counter;
import dev.attache.core.stats.StatScope;

/** What is counted of all files together, under Envoy's names. */
record LogStats(Counter writeCompleted, Counter writeFailed, Counter reopenFailed) {

    static LogStats in(StatScope files) {
        return new LogStats(
                files.counter("write_completed"), files.counter("write_failed"), files.counter("reopen_failed"));
    }
}
