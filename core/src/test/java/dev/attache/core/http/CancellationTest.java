package dev.attache.core.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.http.Cancellation.Cause;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class CancellationTest {

    private static final int RACES = 5_000;

    private final Cancellation cancellation = new Cancellation();
    private final List<String> told = new ArrayList<>();

    @Test
    void wakesTheWaiterThenThePartThenTheListenersInTheirOrder() {
        Cancellation part = cancellation.part();
        cancellation.guard(cause -> told.add("waiter"));
        part.guard(cause -> told.add("part"));
        cancellation.listen(cause -> told.add("first listener"));
        cancellation.listen(cause -> told.add("second listener"));

        assertThat(cancellation.cancel(Cause.ROUTE_TIMEOUT)).isTrue();

        assertThat(told).containsExactly("waiter", "part", "first listener", "second listener");
        assertThat(part.cause()).isEqualTo(Cause.ROUTE_TIMEOUT);
    }

    @Test
    void keepsTheFirstCauseAndTellsNobodyTwice() {
        cancellation.guard(cause -> told.add(cause.name()));
        cancellation.listen(cause -> told.add(cause.name()));

        cancellation.cancel(Cause.DOWNSTREAM_GONE);

        assertThat(cancellation.cancel(Cause.SHUTDOWN)).isFalse();
        assertThat(cancellation.cause()).isEqualTo(Cause.DOWNSTREAM_GONE);
        assertThat(told).containsExactly("DOWNSTREAM_GONE", "DOWNSTREAM_GONE");
    }

    @Test
    void knowsItsCauseBeforeItWakesAnyone() {
        cancellation.guard(cause -> told.add(String.valueOf(cancellation.cause())));

        cancellation.cancel(Cause.SHUTDOWN);

        assertThat(told).containsExactly("SHUTDOWN");
    }

    @Test
    void admitsNobodyAfterTheCancellation() {
        cancellation.cancel(Cause.SHUTDOWN);

        assertThat(cancellation.guard(cause -> told.add("waiter"))).isFalse();
        assertThat(cancellation.listen(cause -> told.add("listener"))).isFalse();
        assertThat(cancellation.unguard()).isFalse();
        assertThat(cancellation.part().cause()).isEqualTo(Cause.SHUTDOWN);
        assertThat(told).isEmpty();
    }

    @Test
    void admitsNobodyWhileItTellsTheOthers() {
        cancellation.guard(cause -> {
            told.add("guard " + cancellation.guard(late -> told.add("waiter")));
            told.add("listen " + cancellation.listen(late -> told.add("listener")));
            told.add("unguard " + cancellation.unguard());
        });

        cancellation.cancel(Cause.SHUTDOWN);

        assertThat(told).containsExactly("guard false", "listen false", "unguard false");
    }

    @Test
    void wakesTheLastWaiterOnly() {
        cancellation.guard(cause -> told.add("first"));
        cancellation.guard(cause -> told.add("second"));

        cancellation.cancel(Cause.SHUTDOWN);

        assertThat(told).containsExactly("second");
    }

    @Test
    void wakesNobodyWhoseWaitIsOver() {
        cancellation.guard(cause -> told.add("waiter"));

        assertThat(cancellation.unguard()).isTrue();
        cancellation.cancel(Cause.SHUTDOWN);

        assertThat(told).isEmpty();
    }

    @Test
    void leavesTheWholeAloneWhenAPartIsCancelled() {
        cancellation.part().cancel(Cause.PER_TRY_TIMEOUT);

        assertThat(cancellation.cause()).isNull();
        assertThat(cancellation.guard(cause -> {})).isTrue();
    }

    @Test
    void endsAWaitEitherUntoldOrAfterTheWakerHasReturned() throws Exception {
        for (int i = 0; i < RACES; i++) {
            Cancellation raced = new Cancellation();
            AtomicInteger begun = new AtomicInteger();
            AtomicInteger ended = new AtomicInteger();
            boolean[] result = new boolean[2];
            int[] seen = new int[1];
            race(() -> raced.cancel(Cause.SHUTDOWN), () -> {
                result[0] = raced.guard(cause -> {
                    begun.incrementAndGet();
                    Thread.onSpinWait();
                    ended.incrementAndGet();
                });
                result[1] = raced.unguard();
                seen[0] = ended.get();
            });
            boolean guarded = result[0];
            boolean untold = result[1];
            assertThat(begun.get()).isEqualTo(guarded && !untold ? 1 : 0);
            assertThat(seen[0]).as("ended when unguard() returned").isEqualTo(begun.get());
            assertThat(untold && !guarded).isFalse();
        }
    }

    @Test
    void cancelsAPartThatIsMadeMeanwhile() throws Exception {
        for (int i = 0; i < RACES; i++) {
            Cancellation raced = new Cancellation();
            Cancellation[] part = new Cancellation[1];
            race(() -> raced.cancel(Cause.SHUTDOWN), () -> part[0] = raced.part());
            assertThat(part[0].cause()).isEqualTo(Cause.SHUTDOWN);
        }
    }

    @Test
    void tellsAListenerOnceOrRefusesIt() throws Exception {
        for (int i = 0; i < RACES; i++) {
            Cancellation raced = new Cancellation();
            AtomicInteger calls = new AtomicInteger();
            boolean[] admitted = new boolean[1];
            race(
                    () -> raced.cancel(Cause.SHUTDOWN),
                    () -> admitted[0] = raced.listen(cause -> calls.incrementAndGet()));
            assertThat(calls.get()).isEqualTo(admitted[0] ? 1 : 0);
        }
    }

    /** Both go through the same cancellations, so that the one is on the other's heels. */
    @Test
    void neverTakesAWaitForOverWhoseCauseIsKnown() throws Exception {
        for (int round = 0; round < 20; round++) {
            List<Cancellation> raced = Stream.generate(Cancellation::new)
                    .limit(20_000)
                    .peek(fresh -> fresh.guard(cause -> {}))
                    .toList();
            Thread canceller = Thread.ofPlatform().start(() -> raced.forEach(each -> each.cancel(Cause.ROUTE_TIMEOUT)));
            for (Cancellation each : raced) {
                while (each.cause() == null) { // Without a pause: who rests comes too late.
                }
                assertThat(each.unguard()).isFalse();
            }
            canceller.join();
        }
    }

    @Test
    void hasOneFirstCause() throws Exception {
        for (int i = 0; i < RACES; i++) {
            Cancellation raced = new Cancellation();
            boolean[] first = new boolean[2];
            race(() -> first[0] = raced.cancel(Cause.SHUTDOWN), () -> first[1] = raced.cancel(Cause.DOWNSTREAM_GONE));
            assertThat(first[0]).isNotEqualTo(first[1]);
            assertThat(raced.cause()).isEqualTo(first[0] ? Cause.SHUTDOWN : Cause.DOWNSTREAM_GONE);
        }
    }

    /** Runs both at once, one of them here. */
    private static void race(Runnable there, Runnable here) throws Exception {
        CyclicBarrier start = new CyclicBarrier(2);
        FutureTask<Void> other = new FutureTask<>(() -> begin(start, there), null);
        Thread.ofVirtual().start(other);
        begin(start, here);
        other.get();
    }

    private static void begin(CyclicBarrier start, Runnable action) {
        try {
            start.await();
        } catch (InterruptedException | BrokenBarrierException broken) {
            throw new IllegalStateException(broken);
        }
        action.run();
    }
}
