package dev.attache.core.deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DeadlinesTest {

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 1000); // Wraps around within the tests.
    private final Deadlines manual = Deadlines.manual(clock::get);

    /** Notes the clock at its expiry. */
    private final class Noted extends Deadline {
        final List<Long> expiries = new ArrayList<>();

        @Override
        protected void expired() {
            expiries.add(clock.get());
        }
    }

    @Test
    void expiresAtItsInstantAndNotBefore() {
        Noted queued = new Noted();
        Noted ofARequest = new Noted();
        manual.queue(Duration.ofNanos(2500)).start(queued);
        manual.start(ofARequest, Duration.ofNanos(2500));

        clock.addAndGet(2499);
        manual.expire();
        assertThat(queued.expiries).isEmpty();
        assertThat(ofARequest.expiries).isEmpty();

        clock.addAndGet(1);
        manual.expire();
        assertThat(queued.expiries).containsExactly(clock.get());
        assertThat(ofARequest.expiries).containsExactly(clock.get());
    }

    @Test
    void countsFromTheReadingOfTheClockThatItIsGiven() {
        Noted queued = new Noted();
        Noted ofARequest = new Noted();
        long begun = clock.get();
        clock.addAndGet(400);
        manual.queue(Duration.ofNanos(2500)).start(queued, begun);
        manual.start(ofARequest, begun, 2500);

        clock.addAndGet(2099);
        manual.expire();
        assertThat(queued.expiries).isEmpty();
        assertThat(ofARequest.expiries).isEmpty();

        clock.addAndGet(1);
        manual.expire();
        assertThat(queued.expiries).containsExactly(clock.get());
        assertThat(ofARequest.expiries).containsExactly(clock.get());
    }

    @Test
    void aQueueStaysInOrderWhereAThreadComesLateWithItsReading() {
        DeadlineQueue queue = manual.queue(Duration.ofNanos(2500));
        Noted first = new Noted();
        Noted late = new Noted();
        long early = clock.get();
        long begun = clock.addAndGet(300);
        queue.start(first, begun);
        queue.start(late, early);

        clock.set(begun + 2499);
        manual.expire();
        assertThat(first.expiries).isEmpty();
        assertThat(late.expiries).isEmpty();

        clock.set(begun + 2500);
        assertThat(manual.expire()).isEqualTo(clock.get() + Long.MAX_VALUE / 2);
        assertThat(first.expiries).containsExactly(clock.get());
        assertThat(late.expiries).containsExactly(clock.get());
    }

    @Test
    void tellsTheThreadItsNextInstant() {
        Noted first = new Noted();
        manual.queue(Duration.ofSeconds(2)).start(new Noted());
        manual.queue(Duration.ofSeconds(1)).start(first);

        assertThat(manual.expire()).isEqualTo(clock.get() + 1_000_000_000L);
        first.cancel();
        assertThat(manual.expire()).isEqualTo(clock.get() + 2_000_000_000L);
    }

    @Test
    void cancelSaysWhetherItCameInTime() {
        Noted deadline = new Noted();
        DeadlineQueue queue = manual.queue(Duration.ofNanos(10));
        queue.start(deadline);
        assertThat(deadline.cancel()).isTrue();
        clock.addAndGet(10);
        manual.expire();
        assertThat(deadline.expiries).isEmpty();

        queue.start(deadline);
        clock.addAndGet(10);
        manual.expire();
        assertThat(deadline.cancel()).isFalse();
        assertThat(deadline.expiries).hasSize(1);
    }

    @Test
    void aQueueOfDurationZeroIsOff() {
        Noted deadline = new Noted();
        manual.queue(Duration.ZERO).start(deadline);
        clock.addAndGet(Long.MAX_VALUE / 8);
        manual.expire();
        assertThat(deadline.expiries).isEmpty();
        assertThat(deadline.cancel()).isTrue();
    }

    @Test
    void takesTheLongestDurations() {
        Noted deadline = new Noted();
        manual.queue(Duration.ofSeconds(Long.MAX_VALUE)).start(deadline);
        manual.start(new Noted(), Duration.ofSeconds(Long.MAX_VALUE, 999_999_999));
        manual.expire();
        assertThat(deadline.expiries).isEmpty();
    }

    @Test
    void oneThatThrowsDoesNotKeepTheOthersFromExpiring() {
        DeadlineQueue queue = manual.queue(Duration.ofNanos(1));
        queue.start(new Deadline() {
            @Override
            protected void expired() {
                throw new IllegalStateException("meant by the test");
            }
        });
        Noted second = new Noted();
        queue.start(second);
        clock.addAndGet(1);
        manual.expire();
        assertThat(second.expiries).hasSize(1);
    }

    @Test
    void canBeStartedAgainAfterItExpiredAndFromWithinItsExpiry() {
        AtomicInteger expiries = new AtomicInteger();
        DeadlineQueue queue = manual.queue(Duration.ofNanos(5));
        Deadline again = new Deadline() {
            @Override
            protected void expired() {
                if (expiries.incrementAndGet() < 3) {
                    queue.start(this);
                }
            }
        };
        queue.start(again);
        for (int i = 0; i < 4; i++) {
            clock.addAndGet(5);
            manual.expire();
        }
        assertThat(expiries).hasValue(3);
        queue.start(again);
        clock.addAndGet(5);
        manual.expire();
        assertThat(expiries).hasValue(4);
    }

    @Test
    void refusesASecondStartOfARunningDeadline() {
        Noted deadline = new Noted();
        manual.queue(Duration.ofNanos(5)).start(deadline);
        assertThatThrownBy(() -> manual.start(deadline, Duration.ofNanos(5)))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("QUEUED");
    }

    @Test
    void refusesAStartWhileTheOldUseIsExpiringElsewhere() throws Exception {
        CountDownLatch expiring = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (Deadlines deadlines = Deadlines.open()) {
            Deadline deadline = new Deadline() {
                @Override
                protected void expired() {
                    expiring.countDown();
                    awaitUnchecked(go);
                }
            };
            deadlines.start(deadline, Duration.ZERO);
            assertThat(expiring.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(deadline.cancel()).isFalse();
            assertThatThrownBy(() -> deadlines.start(deadline, Duration.ofDays(1)))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("EXPIRING");
            go.countDown();
        }
    }

    @Test
    void aMillionExchangesUnderADayLeaveNothingBehind() {
        DeadlineQueue queue = manual.queue(Duration.ofSeconds(86_400));
        Noted[] inFlight = new Noted[64];
        for (int i = 0; i < 1_000_000; i++) {
            int place = i % inFlight.length;
            if (inFlight[place] != null) {
                assertThat(inFlight[place].cancel()).isTrue();
            }
            inFlight[place] = new Noted();
            queue.start(inFlight[place]);
        }
        for (Noted last : inFlight) {
            last.cancel();
            assertThat(last.next).isNull();
            assertThat(last.previous).isNull();
        }
        assertThat(queue.first()).isNull();
    }

    @Test
    void aHundredThousandValuesOfRequestsLeaveNoQueueAndASmallHeap() {
        List<Noted> running = new ArrayList<>();
        for (int i = 0; i < 100_000; i++) {
            Noted deadline = new Noted();
            manual.start(deadline, Duration.ofMillis(i + 1));
            running.add(deadline);
        }
        assertThat(manual.heapCapacity()).isGreaterThanOrEqualTo(100_000);
        running.forEach(Deadline::cancel);
        assertThat(manual.queueCount()).isZero();
        assertThat(manual.heapCapacity()).isEqualTo(64);
        assertThat(manual.expire()).isEqualTo(clock.get() + Long.MAX_VALUE / 2);
    }

    @Test
    void theHeapExpiresInOrderWhateverIsTakenOutOfItsMiddle() {
        Random random = new Random(7);
        List<Long> order = new ArrayList<>();
        List<Deadline> running = new ArrayList<>();
        List<Long> expected = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            long nanos = random.nextInt(1_000_000);
            Deadline deadline = new Deadline() {
                @Override
                protected void expired() {
                    order.add(nanos);
                }
            };
            manual.start(deadline, nanos);
            if (random.nextInt(3) == 0) {
                running.add(deadline);
            } else {
                expected.add(nanos);
            }
        }
        for (Deadline cancelled : running) {
            assertThat(cancelled.cancel()).isTrue();
        }
        clock.addAndGet(1_000_000);
        manual.expire();
        assertThat(order).isSorted().containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void theThreadIsNeverEarly() throws Exception {
        int rounds = 500;
        CountDownLatch done = new CountDownLatch(rounds * 2);
        AtomicInteger early = new AtomicInteger();
        try (Deadlines deadlines = Deadlines.open()) {
            DeadlineQueue queue = deadlines.queue(Duration.ofNanos(250_000));
            Random random = new Random(1);
            for (int i = 0; i < rounds; i++) {
                queue.start(timed(250_000, early, done));
                long nanos = random.nextInt(2_500_000);
                deadlines.start(timed(nanos, early, done), nanos);
            }
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(early).hasValue(0);
    }

    private static Deadline timed(long nanos, AtomicInteger early, CountDownLatch done) {
        long begun = System.nanoTime();
        return new Deadline() {
            @Override
            protected void expired() {
                if (System.nanoTime() - begun < nanos) {
                    early.incrementAndGet();
                }
                done.countDown();
            }
        };
    }

    @Test
    void eachStartEndsOnceWhenManyThreadsRaceWithExpiry() throws Exception {
        int threads = 8;
        int rounds = 4000;
        AtomicInteger cancelled = new AtomicInteger();
        AtomicInteger expired = new AtomicInteger();
        CountDownLatch spent = new CountDownLatch(threads * rounds);
        try (Deadlines deadlines = Deadlines.open()) {
            DeadlineQueue queue = deadlines.queue(Duration.ofNanos(20_000));
            List<Thread> workers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int seed = t;
                workers.add(Thread.ofVirtual().start(() -> {
                    Random random = new Random(seed);
                    for (int i = 0; i < rounds; i++) {
                        Deadline deadline = new Deadline() {
                            @Override
                            protected void expired() {
                                expired.incrementAndGet();
                                spent.countDown();
                            }
                        };
                        if (random.nextBoolean()) {
                            queue.start(deadline);
                        } else {
                            deadlines.start(deadline, random.nextInt(40_000));
                        }
                        for (int spin = random.nextInt(400); spin > 0; spin--) {
                            Thread.onSpinWait();
                        }
                        if (deadline.cancel()) {
                            cancelled.incrementAndGet();
                            spent.countDown();
                        }
                    }
                }));
            }
            for (Thread worker : workers) {
                worker.join();
            }
            assertThat(spent.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(queue.first()).isNull();
        }
        assertThat(cancelled.get() + expired.get()).isEqualTo(threads * rounds);
    }

    @Test
    void closingEndsTheThreadAndWhatHasNotExpiredNeverWill() {
        Deadlines deadlines = Deadlines.open();
        AtomicInteger expired = new AtomicInteger();
        deadlines.start(
                new Deadline() {
                    @Override
                    protected void expired() {
                        expired.incrementAndGet();
                    }
                },
                Duration.ofDays(1));
        deadlines.close();
        assertThat(deadlines.thread().isAlive()).isFalse();
        assertThat(expired).hasValue(0);
    }

    @Test
    void silenceIsMeasuredFromTheLastActivity() {
        List<Long> idle = new ArrayList<>();
        IdleDeadline deadline = new IdleDeadline(manual.queue(Duration.ofNanos(100))) {
            @Override
            protected void idle() {
                idle.add(clock.get());
            }
        };
        deadline.start();
        clock.addAndGet(70);
        deadline.touch();
        clock.addAndGet(30);
        manual.expire();
        assertThat(idle).isEmpty();
        clock.addAndGet(69);
        manual.expire();
        assertThat(idle).isEmpty();
        clock.addAndGet(1);
        manual.expire();
        assertThat(idle).containsExactly(clock.get());
        assertThat(deadline.stop()).isFalse();
    }

    @Test
    void aStoppedIdleDeadlineIsNoLongerHeld() {
        IdleDeadline deadline = new IdleDeadline(manual.queue(Duration.ofNanos(100))) {
            @Override
            protected void idle() {
                throw new AssertionError("stopped");
            }
        };
        deadline.start();
        clock.addAndGet(50);
        deadline.touch();
        clock.addAndGet(50);
        manual.expire(); // Now it is in the heap, for the rest.
        assertThat(deadline.stop()).isTrue();
        clock.addAndGet(1000);
        assertThat(manual.expire()).isEqualTo(clock.get() + Long.MAX_VALUE / 2);
    }

    private static void awaitUnchecked(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    /** A wait for a peer that may have done its part. */
    private final class Awaited extends PeerDeadline {
        final List<Long> ends = new ArrayList<>();
        boolean here;

        @Override
        protected boolean arrived() {
            return here;
        }

        @Override
        protected void late() {
            ends.add(clock.get());
        }
    }

    @Test
    void blamesAPeerAtItsInstantThatHasDoneNothing() {
        Awaited awaited = new Awaited();
        manual.start(awaited, Duration.ofMillis(1));

        clock.addAndGet(1_000_000);
        manual.expire();

        assertThat(awaited.ends).containsExactly(clock.get());
    }

    @Test
    void looksAgainWhileWhatIsAwaitedLiesUnread() {
        Awaited awaited = new Awaited();
        awaited.here = true;
        manual.start(awaited, Duration.ofMillis(1));
        for (int i = 0; i < 3; i++) {
            clock.addAndGet(PeerDeadline.LOOK_AGAIN_NANOS);
            manual.expire();
        }
        assertThat(awaited.ends).isEmpty();
        assertThat(awaited.cancel()).isTrue();

        clock.addAndGet(PeerDeadline.LONGEST_LAG_NANOS);
        manual.expire();
        assertThat(awaited.ends).isEmpty();
    }

    @Test
    void blamesAPeerThatAfterWhatItHasDoneDoesNoMore() {
        Awaited awaited = new Awaited();
        awaited.here = true;
        manual.start(awaited, Duration.ofMillis(1));
        clock.addAndGet(1_000_000);
        manual.expire();
        awaited.here = false;

        clock.addAndGet(PeerDeadline.LOOK_AGAIN_NANOS);
        manual.expire();

        assertThat(awaited.ends).containsExactly(clock.get());
    }

    @Test
    void endsAWaitInWhichSomethingLiesUnreadForTooLong() {
        Awaited awaited = new Awaited();
        awaited.here = true;
        manual.start(awaited, Duration.ofMillis(1));
        long due = clock.get() + 1_000_000;
        while (awaited.ends.isEmpty()) {
            clock.addAndGet(PeerDeadline.LOOK_AGAIN_NANOS);
            manual.expire();
        }
        assertThat(clock.get() - due)
                .isBetween(
                        PeerDeadline.LONGEST_LAG_NANOS,
                        PeerDeadline.LONGEST_LAG_NANOS + 2 * PeerDeadline.LOOK_AGAIN_NANOS);
    }

    @Test
    void anIdleDeadlineLooksAgainAsWell() {
        List<Long> idles = new ArrayList<>();
        boolean[] here = {true};
        IdleDeadline deadline = new IdleDeadline(manual.queue(Duration.ofNanos(100))) {
            @Override
            protected boolean arrived() {
                return here[0];
            }

            @Override
            protected void idle() {
                idles.add(clock.get());
            }
        };
        deadline.start();
        clock.addAndGet(100);
        manual.expire();
        assertThat(idles).isEmpty();
        here[0] = false;

        clock.addAndGet(PeerDeadline.LOOK_AGAIN_NANOS);
        manual.expire();

        assertThat(idles).containsExactly(clock.get());
    }
}
