package dev.attache.core.accesslog;

import dev.attache.core.config.GrpcStatusFilter;
import dev.attache.core.format.Format;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.GrpcStatus;
import dev.attache.core.runtime.RuntimeStatus;
import org.jspecify.annotations.Nullable;

/** One configured log; a line is made only for what passes the filter. */
final class FilteredLog implements AccessLog {

    private final @Nullable RuntimeStatus filter;
    private final @Nullable GrpcStatusFilter grpcFilter;
    private final Format format;
    private final LogSink sink;

    FilteredLog(@Nullable RuntimeStatus filter, @Nullable GrpcStatusFilter grpcFilter, Format format, LogSink sink) {
        this.filter = filter;
        this.grpcFilter = grpcFilter;
        this.format = format;
        this.sink = sink;
    }

    @Override
    public void log(Exchange exchange) {
        if ((filter == null || filter.passes(exchange.status()))
                && (grpcFilter == null || grpcFilter.passes(GrpcStatus.of(exchange)))) {
            sink.offer(format.bytes(exchange));
        }
    }
}
