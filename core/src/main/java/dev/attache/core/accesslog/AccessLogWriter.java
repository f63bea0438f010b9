package dev.attache.core.accesslog;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.LogFormat;
import dev.attache.core.format.Format;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.Stats;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * Writes all access logs of a proxy, each place on a thread of its own ({@link LogSink}), so that none waits for another
 * and no request for any. What a disk or a reader cannot follow is dropped and counted ({@code access_logs.dropped}). A
 * file named twice is opened once. Safe for use by all threads.
 */
public final class AccessLogWriter implements AutoCloseable {

    /** Bytes that may wait in all queues together, unless there are so many that each has the least. */
    private static final long MAX_QUEUED_BYTES = 8 << 20;

    private static final long LEAST_QUEUED_BYTES = 256 << 10;
    private static final Duration LAST_WRITES = Duration.ofSeconds(2);
    private static final LogFormat ENVOY_FORMAT = new LogFormat.Text(Format.ENVOY_LINE, false);

    private final Map<Object, LogSink> sinks = new ConcurrentHashMap<>();
    private final long maxBytes;
    private final boolean opens;
    private final Counter dropped;
    private final LongSupplier nanoTime;
    private final LogStats files;
    private final PrintStream stdout;
    private final PrintStream stderr;
    private boolean closed;

    public AccessLogWriter(Stats stats) {
        this(stats, MAX_QUEUED_BYTES, true, System::nanoTime, System.out, System.err);
    }

    AccessLogWriter(Stats stats, long maxBytes, LongSupplier nanoTime, PrintStream stdout, PrintStream stderr) {
        this(stats, maxBytes, true, nanoTime, stdout, stderr);
    }

    private AccessLogWriter(
            Stats stats, long maxBytes, boolean opens, LongSupplier nanoTime, PrintStream stdout, PrintStream stderr) {
        this.maxBytes = maxBytes;
        this.opens = opens;
        this.dropped = stats.scope("access_logs").counter("dropped");
        this.nanoTime = nanoTime;
        StatScope scope = stats.scope("filesystem");
        this.files = LogStats.in(scope);
        scope.gauge(
                "write_total_buffered",
                () -> sinks.values().stream().mapToLong(LogSink::bytes).sum());
        this.stdout = stdout;
        this.stderr = stderr;
    }

    /** A writer that opens, creates and writes nothing, and refuses what another would, for a look ahead. */
    public static AccessLogWriter opensNothing(Stats stats) {
        return new AccessLogWriter(stats, 0, false, System::nanoTime, System.out, System.err);
    }

    /**
     * Opens the logs of a listener.
     *
     * @throws ConfigException when a file cannot be opened for appending, or a format is none
     */
    public synchronized AccessLog open(List<AccessLogConfig> configs, Runtime runtime) {
        List<AccessLog> logs =
                configs.stream().map(config -> open(config, runtime)).toList();
        return switch (logs.size()) {
            case 0 -> AccessLog.NONE;
            case 1 -> logs.getFirst();
            default -> exchange -> logs.forEach(log -> log.log(exchange));
        };
    }

    private AccessLog open(AccessLogConfig config, Runtime runtime) {
        Format format;
        try {
            format = Format.line(config.format().orElse(ENVOY_FORMAT));
        } catch (IllegalArgumentException wrong) {
            throw new ConfigException("access_log.log_format", String.valueOf(wrong.getMessage()), "");
        }
        return new FilteredLog(
                config.filter().map(runtime::status).orElse(null),
                config.grpcFilter().orElse(null),
                format,
                sink(config.sink()));
    }

    private LogSink sink(AccessLogConfig.Sink sink) {
        Object key = key(sink);
        LogSink open = sinks.get(key);
        if (open == null) {
            open = new LogSink(key.toString(), target(key), new LogTrouble(dropped, nanoTime), files, this::roomOfEach);
            if (closed) {
                open.close();
            }
            sinks.put(key, open);
        }
        return open;
    }

    /** A stream's name, or an absolute path. */
    private static Object key(AccessLogConfig.Sink sink) {
        return switch (sink) {
            case AccessLogConfig.Sink.Stdout _ -> "stdout";
            case AccessLogConfig.Sink.Stderr _ -> "stderr";
            case AccessLogConfig.Sink.File(Path path) ->
                switch (path.toString()) {
                    case "/dev/stdout" -> "stdout";
                    case "/dev/stderr" -> "stderr";
                    default -> path.toAbsolutePath().normalize();
                };
        };
    }

    private LogTarget target(Object key) {
        if (!(key instanceof Path path)) {
            return new LogTarget.Stream(key.equals("stdout") ? stdout : stderr);
        }
        try {
            if (opens) {
                return new LogTarget.File(path);
            }
            LogTarget.File.check(path);
            return LogTarget.NOWHERE;
        } catch (IOException refused) {
            throw new ConfigException(
                    "access_log.path", path + ": cannot be opened: " + refused, "a file that can be appended to");
        }
    }

    private long roomOfEach() {
        return Math.max(Math.min(maxBytes, LEAST_QUEUED_BYTES), maxBytes / Math.max(1, sinks.size()));
    }

    /**
     * Keeps what is named here alone; every other file is closed and its thread ends, once its last line is written. To
     * be called when another configuration is served, or is not going to be.
     */
    public synchronized void retain(Collection<AccessLogConfig> named) {
        Set<Object> kept = named.stream().map(config -> key(config.sink())).collect(Collectors.toSet());
        sinks.entrySet().removeIf(open -> {
            boolean gone = !kept.contains(open.getKey());
            if (gone) {
                open.getValue().retire();
            }
            return gone;
        });
    }

    /**
     * Opens all files anew, after they were renamed; what is logged until then may be written to either. A file that
     * cannot be opened goes on as it is, counted in {@code filesystem.reopen_failed}.
     *
     * @param patience how long to wait until it is done; a file that is stuck is opened anew when it is free again
     * @return whether it was done in that time, for all files
     */
    public boolean reopen(Duration patience) {
        List<LogSink.Reopening> asked = new ArrayList<>();
        synchronized (this) {
            if (closed) {
                return false;
            }
            sinks.values().forEach(sink -> asked.add(sink.reopen()));
        }
        long end = System.nanoTime() + patience.toNanos();
        boolean all = true;
        try {
            for (LogSink.Reopening each : asked) {
                all &= each.await(end - System.nanoTime());
            }
            return all;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Takes no more lines, writes those that are queued, for at most two seconds, and closes all files. Idempotent. */
    @Override
    public void close() {
        close(LAST_WRITES);
    }

    void close(Duration patience) {
        synchronized (this) {
            closed = true;
        }
        sinks.values().forEach(LogSink::closing);
        awaitWritten(patience);
        // Closing ends a write that waits, and makes all others fail at once.
        sinks.values().forEach(LogSink::close);
    }

    private void awaitWritten(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        try {
            for (LogSink sink : sinks.values()) {
                sink.written(end - System.nanoTime());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
