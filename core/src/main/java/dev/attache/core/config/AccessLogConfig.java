package dev.attache.core.config;

import java.nio.file.Path;
import java.util.Optional;

/**
 * One access log of a listener.
 *
 * @param sink   where lines go
 * @param format what a line looks like; empty means Envoy's default text format
 * @param filter which requests are logged, by their HTTP status; empty means all
 * @param grpcFilter which requests are logged, by their gRPC status; empty means all
 */
public record AccessLogConfig(
        Sink sink, Optional<LogFormat> format, Optional<StatusFilter> filter, Optional<GrpcStatusFilter> grpcFilter) {

    public AccessLogConfig(Sink sink, Optional<LogFormat> format, Optional<StatusFilter> filter) {
        this(sink, format, filter, Optional.empty());
    }

    /** Where lines go. */
    public sealed interface Sink {
        /** Appended to a file; {@code /dev/stdout} and {@code /dev/stderr} are the process's own. */
        record File(Path path) implements Sink {}

        /** Standard output. */
        record Stdout() implements Sink {}

        /** Standard error. */
        record Stderr() implements Sink {}
    }
}
