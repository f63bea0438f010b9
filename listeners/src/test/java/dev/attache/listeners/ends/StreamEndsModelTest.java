package dev.attache.listeners.ends;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongPredicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Sequences by seed: one to four streams of a client, through a proxy, to an upstream; both peers are played step by step,
 * and one of them, at some point of some stream, does not end as it should ({@link Fault}). The other axes: where that
 * happens ({@link Script}), the version of HTTP of either peer, their windows, and the limits of the route ({@link Plan}).
 *
 * <table>
 * <caption>What must hold, whatever was played</caption>
 * <tr><td>1. LIE</td><td>An answer that the client sees properly ended has exactly the octets and trailers of an answer
 *     that the upstream has sent to its end, or is one of the proxy's own. The same of requests, the other way.</td></tr>
 * <tr><td>2. LOST, HURT</td><td>An answer that was sent to its end arrives, also where a reset with NO_ERROR, a GOAWAY
 *     or the end of the connection comes right behind it; except where the client has given up, a limit was set, or the
 *     upstream has destroyed what it had sent (a reset of TCP). A stream beside which others fail is not touched, except
 *     where one of their peers ended the connection or broke it.</td></tr>
 * <tr><td>3. NO END</td><td>Each stream ends for the client, and for the upstream.</td></tr>
 * <tr><td>4. LEFT</td><td>Afterwards no request is counted in progress, and no permit is taken.</td></tr>
 * <tr><td>5. LOG</td><td>Each request has one line in the access log.</td></tr>
 * <tr><td>6. VIOLATION</td><td>The proxy sends nothing beyond a window, behind an end, or within a block of
 *     fields.</td></tr>
 * <tr><td>7.</td><td>Another client's request, in progress on the same upstream connection all the while, and one more
 *     behind it, are answered.</td></tr>
 * </table>
 *
 * <p>{@code -Dattache.sequences=N} plays the seeds 1 to N, {@code -Dattache.minutes=M} as many as go into the time,
 * {@code -Dattache.seed=S} one.
 */
class StreamEndsModelTest {

    private static final int SEQUENCES = 600;
    private static final int AT_ONCE = 8;
    private static final int SHOWN = Integer.getInteger("attache.shown", 15);

    @TempDir
    private Path folder;

    /** The faults of a seed. */
    private record Failure(long seed, List<String> faults, Plan plan) {

        @Override
        public String toString() {
            return "%n%s%n    %s%n  %s".formatted("=".repeat(20), String.join("%n    ".formatted(), faults), plan);
        }
    }

    @Test
    void nothingLooksCompleteThatIsNotAndEverythingEnds() throws Exception {
        Optional<Long> single = Optional.ofNullable(Long.getLong("attache.seed"));
        long minutes = Long.getLong("attache.minutes", 0);
        long sequences = Long.getLong("attache.sequences", SEQUENCES);
        long begin = System.nanoTime();
        LongPredicate more = single.isPresent()
                ? seed -> seed == single.get()
                : minutes > 0
                        ? _ -> System.nanoTime() - begin
                                < Duration.ofMinutes(minutes).toNanos()
                        : seed -> seed <= sequences;
        AtomicLong next = new AtomicLong(single.orElse(1L));
        List<Failure> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (long seed = next.getAndIncrement(); more.test(seed); seed = next.getAndIncrement()) {
                    play(seed).ifPresent(failures::add);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.printf(
                "%d sequences in %d s%n",
                next.get() - AT_ONCE - single.orElse(1L) + 1, (System.nanoTime() - begin) / 1_000_000_000);

        assertThat(failures)
                .as("%d sequences failed: %s", failures.size(), kinds(failures))
                .withFailMessage(() -> text(failures))
                .isEmpty();
    }

    private Optional<Failure> play(long seed) {
        Plan plan = Plan.of(seed);
        Sequence sequence = new Sequence(plan, folder);
        try {
            sequence.run();
        } catch (Exception | AssertionError broken) {
            StringWriter trace = new StringWriter();
            broken.printStackTrace(new PrintWriter(trace));
            sequence.faults.add("THE TEST: " + trace);
        }
        return sequence.faults.isEmpty() ? Optional.empty() : Optional.of(new Failure(seed, sequence.faults, plan));
    }

    private static String text(List<Failure> failures) {
        StringBuilder text = new StringBuilder("%d sequences failed: %s".formatted(failures.size(), kinds(failures)));
        failures.stream().limit(SHOWN).forEach(text::append);
        return text.toString();
    }

    /** How often each kind of fault was found, and by which seeds. */
    private static java.util.Map<String, List<Long>> kinds(List<Failure> failures) {
        java.util.Map<String, List<Long>> kinds = new java.util.TreeMap<>();
        for (Failure failure : failures) {
            for (String fault : failure.faults()) {
                kinds.computeIfAbsent(fault.split("[:(]")[0].trim(), _ -> new ArrayList<>())
                        .add(failure.seed());
            }
        }
        return kinds;
    }
}
