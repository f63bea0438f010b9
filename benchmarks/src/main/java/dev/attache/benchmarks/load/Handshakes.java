package dev.attache.benchmarks.load;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * A client that makes TLS 1.3 handshakes, one after the other on each of its threads. Obeys {@code PORT THREADS KIND
 * SECONDS} with a {@link LoadReport}; a kind is {@code full} or {@code resumed}, and a handshake of the other kind is an
 * error. A thread resumes the session of one request that it makes before.
 */
public final class Handshakes {

    private Handshakes() {}

    /** Obeys until standard input ends. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Lines.obey(words -> run(
                        Integer.parseInt(words[0]),
                        Integer.parseInt(words[1]),
                        words[2].equals("resumed"),
                        Integer.parseInt(words[3]))
                .line());
    }

    private static LoadReport run(int port, int count, boolean resumed, int seconds) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        ConcurrentLinkedQueue<Caller> callers = new ConcurrentLinkedQueue<>();
        List<Thread> threads = IntStream.range(0, count)
                .mapToObj(_ -> Thread.ofPlatform().start(() -> {
                    Caller caller = new Caller();
                    caller.run(port, resumed, end);
                    callers.add(caller);
                }))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        return LoadReport.of(
                Samples.all(callers.stream().map(caller -> caller.latencies).toList()),
                new long[0],
                callers.stream().mapToLong(caller -> caller.errors).sum());
    }

    /** One thread and what it saw. */
    private static final class Caller {
        private final Samples latencies = new Samples();
        private long errors;

        void run(int port, boolean resumed, long end) {
            while (System.nanoTime() < end) {
                try {
                    TlsClient client = new TlsClient(port);
                    if (resumed) {
                        client.takeTicket();
                    }
                    handshakes(client, resumed, end);
                } catch (IOException broken) {
                    errors++;
                }
            }
        }

        private void handshakes(TlsClient client, boolean resumed, long end) throws IOException {
            for (long start; (start = System.nanoTime()) < end; ) {
                if (client.handshake() == resumed) {
                    latencies.add(System.nanoTime() - start);
                } else {
                    errors++;
                }
            }
        }
    }
}
