package dev.attache.benchmarks;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.deadline.DeadlineQueue;
import dev.attache.core.deadline.Deadlines;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * How late deadlines are, while one core of the machine is kept busy: many deadlines of one value are begun, evenly
 * spread in time, and each notes when it expires. Prints median, 99th percentile and maximum of the overshoot; a negative
 * figure would be a deadline that came too early.
 */
public final class DeadlineOvershoot {

    private static final int COUNT = 2000;

    private DeadlineOvershoot() {}

    /** Measures 250 us, 2.5 ms and 100 ms. */
    public static void main(String[] args) throws InterruptedException {
        Thread load = Thread.ofPlatform().daemon().start(DeadlineOvershoot::spin);
        try (Deadlines deadlines = Deadlines.open()) {
            for (Duration value :
                    List.of(Duration.ofNanos(250_000), Duration.ofNanos(2_500_000), Duration.ofMillis(100))) {
                measure(deadlines, value); // warm-up
                long[] late = measure(deadlines, value);
                System.out.printf(
                        "%-8s overshoot us: p50 %.0f  p99 %.0f  max %.0f  (of %d)%n",
                        value.toNanos() / 1000 + "us",
                        late[COUNT / 2] / 1e3,
                        late[COUNT * 99 / 100] / 1e3,
                        late[COUNT - 1] / 1e3,
                        COUNT);
            }
        }
        load.interrupt();
    }

    private static long[] measure(Deadlines deadlines, Duration value) throws InterruptedException {
        DeadlineQueue queue = deadlines.queue(value);
        long[] late = new long[COUNT];
        CountDownLatch all = new CountDownLatch(COUNT);
        for (int i = 0; i < COUNT; i++) {
            int index = i;
            long due = System.nanoTime() + value.toNanos();
            queue.start(new Deadline() {
                @Override
                protected void expired() {
                    late[index] = System.nanoTime() - due;
                    all.countDown();
                }
            });
            TimeUnit.MICROSECONDS.sleep(500);
        }
        all.await();
        Arrays.sort(late);
        return late;
    }

    private static void spin() {
        while (!Thread.currentThread().isInterrupted()) {
            Thread.onSpinWait();
        }
    }
}
