package dev.attache.core.accesslog;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.LogFormat;
import dev.attache.core.format.Format;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.Stats;
import dev.attache.core.vital.VitalThread;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Writes all access logs of a proxy, on one thread, from a queue that never keeps a request waiting. What the disk
 * cannot follow is dropped and counted ({@code access_logs.dropped}). A file named twice is opened once. Safe for use by
 * all threads.
 */
public final class AccessLogWriter implements AutoCloseable {

    private static final long MAX_QUEUED_BYTES = 8 << 20;
    private static final Duration LAST_WRITES = Duration.ofSeconds(2);

    /** Pause after the first line, so that a busy proxy writes many at once and is not woken for each. */
    private static final long GATHER_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

    private static final int LINES_BEFORE_FLUSH = 4096;
    private static final LogFormat ENVOY_FORMAT = new LogFormat.Text(Format.ENVOY_LINE, false);

    /** Asks the writing thread to reopen all files. */
    private static final class Reopening {
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile boolean all = true;
    }

    private final Map<Object, LogSink> sinks = new ConcurrentHashMap<>();
    private final LineQueue queue;
    private final LogTrouble trouble;
    private final Counter writeCompleted;
    private final Counter writeFailed;
    private final Counter reopenFailed;
    private final PrintStream stdout;
    private final PrintStream stderr;
    private final AtomicReference<@Nullable Reopening> reopening = new AtomicReference<>();
    private @Nullable Thread thread;

    public AccessLogWriter(Stats stats) {
        this(stats, MAX_QUEUED_BYTES, System::nanoTime, System.out, System.err);
    }

    AccessLogWriter(Stats stats, long maxBytes, LongSupplier nanoTime, PrintStream stdout, PrintStream stderr) {
        trouble = new LogTrouble(stats.scope("access_logs").counter("dropped"), nanoTime);
        queue = new LineQueue(maxBytes, trouble);
        StatScope files = stats.scope("filesystem");
        writeCompleted = files.counter("write_completed");
        writeFailed = files.counter("write_failed");
        reopenFailed = files.counter("reopen_failed");
        files.gauge("write_total_buffered", queue::bytes);
        this.stdout = stdout;
        this.stderr = stderr;
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
        LogSink sink = sink(config.sink());
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name("attache-access-log").start(() -> VitalThread.run(this::write));
        }
        return new FilteredLog(
                config.filter().map(runtime::status).orElse(null),
                config.grpcFilter().orElse(null),
                format,
                queue,
                sink);
    }

    private LogSink sink(AccessLogConfig.Sink sink) {
        return switch (sink) {
            case AccessLogConfig.Sink.Stdout _ -> stream("stdout", stdout);
            case AccessLogConfig.Sink.Stderr _ -> stream("stderr", stderr);
            case AccessLogConfig.Sink.File(Path path) ->
                switch (path.toString()) {
                    case "/dev/stdout" -> stream("stdout", stdout);
                    case "/dev/stderr" -> stream("stderr", stderr);
                    default -> file(path.toAbsolutePath().normalize());
                };
        };
    }

    private LogSink stream(String name, PrintStream stream) {
        return sinks.computeIfAbsent(name, absent -> sink(name, new LogTarget.Stream(stream)));
    }

    private LogSink file(Path path) {
        LogSink open = sinks.get(path);
        if (open == null) {
            try {
                open = sink(path.toString(), new LogTarget.File(path));
            } catch (IOException refused) {
                throw new ConfigException(
                        "access_log.path", path + ": cannot be opened: " + refused, "a file that can be appended to");
            }
            sinks.put(path, open);
        }
        return open;
    }

    private LogSink sink(String name, LogTarget target) {
        return new LogSink(name, target, trouble, writeCompleted, writeFailed);
    }

    /**
     * Opens all files anew, after they were renamed; what is logged until then may be written to either. A file that
     * cannot be opened goes on as it is, counted in {@code filesystem.reopen_failed}.
     *
     * @param patience how long to wait until it is done
     * @return whether it was done in that time, for all files
     */
    public boolean reopen(Duration patience) {
        if (queue.closed()) {
            return false;
        }
        synchronized (this) {
            if (thread == null) {
                return true;
            }
        }
        Reopening asked = new Reopening();
        Reopening pending = reopening.compareAndExchange(null, asked);
        Reopening awaited = pending == null ? asked : pending;
        queue.wake();
        try {
            return awaited.done.await(patience.toNanos(), TimeUnit.NANOSECONDS) && awaited.all;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private void write() {
        int unflushed = 0;
        while (true) {
            // Asked before the queue: a line that came before the close is then found in it.
            boolean closing = queue.closed();
            LineQueue.Line line = queue.poll();
            if (line != null) {
                line.sink().add(line.bytes());
                if (++unflushed < LINES_BEFORE_FLUSH) {
                    continue;
                }
            }
            unflushed = 0;
            sinks.values().forEach(LogSink::flush);
            Reopening asked = reopening.getAndSet(null);
            if (asked != null) {
                reopen(asked);
            } else if (line == null && closing) {
                return;
            } else if (line == null) {
                queue.await();
                LockSupport.parkNanos(GATHER_NANOS);
            }
        }
    }

    private void reopen(Reopening asked) {
        for (LogSink sink : sinks.values()) {
            if (!sink.reopen()) {
                asked.all = false;
                reopenFailed.increment();
            }
        }
        asked.done.countDown();
    }

    /** Takes no more lines, writes those that are queued, for at most two seconds, and closes all files. Idempotent. */
    @Override
    public void close() {
        close(LAST_WRITES);
    }

    void close(Duration patience) {
        queue.close();
        Thread writer;
        synchronized (this) {
            writer = thread;
        }
        boolean ended = writer == null || joined(writer, patience);
        sinks.values().forEach(LogSink::close);
        if (!ended && writer != null) {
            // Closing has ended the write that it waited in, and makes all others fail at once.
            joined(writer, patience);
        }
        sinks.clear();
        while (queue.poll() != null) {
            trouble.dropped(1, "the log was closed before it was written");
        }
    }

    private static boolean joined(Thread thread, Duration patience) {
        try {
            return thread.join(patience);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
