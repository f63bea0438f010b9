package dev.attache.core.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.CircuitBreakerConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.stats.Stats;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LimitsTest {

    private static Limits.Limit limit(long max) {
        return new Limits(
                        CircuitBreakerConfig.builder().maxRequests(max).build(),
                        Stats.create(StatsConfig.DEFAULT).cluster("c"))
                .requests();
    }

    @Test
    void givesOutAsManyPermitsAsThereAre() {
        Limits.Limit limit = limit(2);

        assertThat(limit.tryAcquire()).isTrue();
        assertThat(limit.tryAcquire()).isTrue();
        assertThat(limit.tryAcquire()).isFalse();
        limit.release();
        assertThat(limit.tryAcquire()).isTrue();
        assertThat(limit.used()).isEqualTo(2);
    }

    @Test
    void aLimitOfZeroLetsNothingThrough() {
        assertThat(limit(0).tryAcquire()).isFalse();
    }

    @Test
    void neverHoldsMoreThanTheMaximumUnderContention() throws InterruptedException {
        int max = 5;
        Limits.Limit limit = limit(max);
        AtomicLong inside = new AtomicLong();
        AtomicLong most = new AtomicLong();
        AtomicLong entered = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 16; t++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 20_000; i++) {
                    if (limit.tryAcquire()) {
                        most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                        entered.incrementAndGet();
                        if (i % 8 == 0) {
                            Thread.yield();
                        }
                        inside.decrementAndGet();
                        limit.release();
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(most.get()).isLessThanOrEqualTo(max);
        assertThat(entered.get()).isPositive();
        assertThat(limit.used()).isZero();
    }

    @Test
    void refusedCallersAreNotCountedForAMoment() throws InterruptedException {
        // A count above the maximum, however short, would refuse a caller for whom there is a permit.
        Limits.Limit limit = limit(1);
        AtomicLong most = new AtomicLong();
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 200_000; i++) {
                    boolean acquired = limit.tryAcquire();
                    most.accumulateAndGet(limit.used(), Math::max);
                    if (acquired) {
                        limit.release();
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(most.get()).isEqualTo(1);
    }

    @Test
    void theGaugesSayWhichLimitIsReached() {
        Stats stats = Stats.create(StatsConfig.DEFAULT);
        Limits limits = new Limits(
                CircuitBreakerConfig.builder().maxRetries(1).build(),
                stats.cluster("c").scope("circuit_breakers").scope("default"));
        limits.retries().tryAcquire();

        assertThat(limits.retries().open()).isTrue();
        assertThat(limits.requests().open()).isFalse();
    }
}
