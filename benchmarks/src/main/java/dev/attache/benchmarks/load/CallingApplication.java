package dev.attache.benchmarks.load;

import dev.attache.core.config.files.ConfigFiles;
import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.proxy.InProcess;
import dev.attache.tls.Tls;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * An application that calls its service for 1 KiB from virtual threads, as fast as the answers come: through an embedded
 * Attache ({@code in-process BOOTSTRAP_FILE}), or over sockets to whatever listens on a port ({@code socket PORT}), then
 * with a {@link RawConnection} for each thread, which costs less than any HTTP client that an application would have.
 * Obeys {@code THREADS SECONDS} with a {@link LoadReport}.
 */
public final class CallingApplication {

    private static final String PATH = "/b1k";
    private static final int LENGTH = 1024;

    /** One way to call; for one thread. */
    private interface Caller extends AutoCloseable {
        /** Whether the call gave what it should. */
        boolean call() throws IOException;

        @Override
        default void close() throws IOException {}
    }

    /** Makes a caller for a thread. */
    private interface Callers {
        Caller open() throws IOException;
    }

    private CallingApplication() {}

    /** Obeys until standard input ends. */
    public static void main(String[] args) throws IOException, InterruptedException {
        if (args[0].equals("socket")) {
            int port = Integer.parseInt(args[1]);
            obey(() -> new Socket(RawConnection.open(port, PATH)));
            return;
        }
        try (InProcess proxy = InProcess.start(ConfigFiles.read(Path.of(args[1])), Tls.provider())) {
            HttpService service = proxy.service("measured");
            obey(() -> () -> called(service));
        }
    }

    private static void obey(Callers callers) throws IOException, InterruptedException {
        Lines.obey(words -> run(callers, Integer.parseInt(words[0]), Integer.parseInt(words[1]))
                .line());
    }

    private static LoadReport run(Callers callers, int threads, int seconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        ConcurrentLinkedQueue<Samples> latencies = new ConcurrentLinkedQueue<>();
        LongAdder errors = new LongAdder();
        List<Thread> running = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            running.add(Thread.ofVirtual().start(() -> {
                Samples own = new Samples();
                try (Caller caller = callers.open()) {
                    call(caller, end, own, errors);
                } catch (IOException broken) {
                    errors.increment();
                }
                latencies.add(own);
            }));
        }
        for (Thread thread : running) {
            thread.join();
        }
        return LoadReport.of(Samples.all(latencies), new long[0], errors.sum());
    }

    private static void call(Caller caller, long end, Samples latencies, LongAdder errors) throws IOException {
        for (long begin = System.nanoTime(); begin < end; ) {
            boolean right = caller.call();
            long now = System.nanoTime();
            if (right) {
                latencies.add(now - begin);
            } else {
                errors.increment();
            }
            begin = now;
        }
    }

    private static boolean called(HttpService service) throws IOException {
        try (Response answer = service.handle(Request.get(PATH), Exchange.begin())) {
            Body body = answer.body();
            int length = 0;
            for (var part = body.read(); part != null; part = body.read()) {
                length += part.remaining();
            }
            return answer.status() == 200 && length == LENGTH;
        }
    }

    private record Socket(RawConnection connection) implements Caller {
        @Override
        public boolean call() throws IOException {
            connection.send();
            return connection.receive() == 200;
        }

        @Override
        public void close() throws IOException {
            connection.close();
        }
    }
}
