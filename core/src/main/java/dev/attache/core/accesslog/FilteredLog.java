package dev.attache.core.accesslog;

import dev.attache.core.format.Format;
import dev.attache.core.http.Exchange;
import dev.attache.core.runtime.RuntimeStatus;
import org.jspecify.annotations.Nullable;

/** One configured log; a line is made only for what passes the filter. */
final class FilteredLog implements AccessLog {

    private final @Nullable RuntimeStatus filter;
    private final Format format;
    private final LineQueue queue;
    private final LogSink sink;

    FilteredLog(@Nullable RuntimeStatus filter, Format format, LineQueue queue, LogSink sink) {
        this.filter = filter;
        this.format = format;
        this.queue = queue;
        this.sink = sink;
    }

    @Override
    public void log(Exchange exchange) {
        if (filter == null || filter.passes(exchange.status())) {
            queue.offer(sink, format.bytes(exchange));
        }
    }
}
