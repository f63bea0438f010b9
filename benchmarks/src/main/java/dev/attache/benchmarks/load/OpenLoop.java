package dev.attache.benchmarks.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * A client that sends at fixed times, whatever the answers do, and counts latency from the time at which a request was
 * due: a proxy that stalls is charged for all that should have been sent meanwhile. Each of 64 connections has a thread of
 * its own and every 64th request of the schedule, which is as simple and as free of jitter as it gets. Obeys {@code PORT
 * RATE SECONDS} with a {@link LoadReport}.
 */
public final class OpenLoop {

    private static final int CONNECTIONS = 64;

    private OpenLoop() {}

    /** Obeys until standard input ends. */
    public static void main(String[] args) throws IOException, InterruptedException {
        Lines.obey(words -> run(Integer.parseInt(words[0]), Integer.parseInt(words[1]), Integer.parseInt(words[2]))
                .line());
    }

    private static LoadReport run(int port, int rate, int seconds) throws InterruptedException {
        long interval = TimeUnit.SECONDS.toNanos(1) / rate;
        long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(100);
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        ConcurrentLinkedQueue<Sender> senders = new ConcurrentLinkedQueue<>();
        List<Thread> threads = IntStream.range(0, CONNECTIONS)
                .mapToObj(index -> Thread.ofPlatform().start(() -> {
                    Sender sender = new Sender(start + index * interval, CONNECTIONS * interval, end);
                    sender.run(port);
                    senders.add(sender);
                }))
                .toList();
        for (Thread thread : threads) {
            thread.join();
        }
        return LoadReport.of(
                Samples.all(senders.stream().map(sender -> sender.latencies).toList()),
                Samples.all(senders.stream().map(sender -> sender.lateness).toList()),
                senders.stream().mapToLong(sender -> sender.errors).sum());
    }

    /** One connection and its share of the schedule. */
    private static final class Sender {
        private final long first;
        private final long period;
        private final long end;
        private final Samples latencies = new Samples();
        private final Samples lateness = new Samples();
        private long errors;

        Sender(long first, long period, long end) {
            this.first = first;
            this.period = period;
            this.end = end;
        }

        void run(int port) {
            wakeInTime();
            long due = first;
            while (due < end) {
                try (RawConnection connection = RawConnection.open(port, "/b1k")) {
                    for (; due < end; due += period) {
                        request(connection, due);
                    }
                } catch (IOException broken) {
                    errors++;
                    due += period;
                }
            }
        }

        private void request(RawConnection connection, long due) throws IOException {
            boolean inTime = false;
            for (long left; (left = due - System.nanoTime()) > 0; ) {
                inTime = true;
                LockSupport.parkNanos(left);
            }
            long sent = System.nanoTime();
            connection.send();
            if (connection.receive() != 200) {
                errors++;
                return;
            }
            latencies.add(System.nanoTime() - due);
            // What is sent late because the answer before it came late is the proxy's doing, not the client's.
            if (inTime) {
                lateness.add(sent - due);
            }
        }

        /** The kernel lets timers be 50 us late unless a thread asks for less; where it cannot, the report shows it. */
        private static void wakeInTime() {
            try {
                Path self = Path.of("/proc/thread-self").toRealPath();
                Files.writeString(Path.of("/proc", self.getFileName().toString(), "timerslack_ns"), "1");
            } catch (IOException notHere) {
                // Another kernel.
            }
        }
    }
}
