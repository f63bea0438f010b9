package dev.attache.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.FailureBreakerConfig;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Response;
import dev.attache.core.stats.Stats;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PolicyChainTest {

    private static final Duration LONG = Duration.ofHours(1);

    private final Deadlines deadlines = Deadlines.open();
    private final Cancellation exchange = new Cancellation();
    private final Script script = new Script();
    private ClusterPolicies cluster = ClusterPolicies.of(
            Optional.empty(), Stats.create(StatsConfig.DEFAULT).cluster("c"));

    @AfterEach
    void closeDeadlines() {
        deadlines.close();
    }

    /** Attempts that go as they are told, and a note of everything that the chain asks. */
    private static final class Script implements Attempts {
        final Deque<Function<Cancellation, Outcome>> steps = new ArrayDeque<>();
        final List<String> events = new ArrayList<>();
        boolean repeatable = true;
        boolean elsewhere;
        int permits = 3;

        @Override
        public Outcome attempt(Cancellation cancellation) {
            events.add("attempt");
            return steps.remove().apply(cancellation);
        }

        @Override
        public boolean repeatable() {
            return repeatable;
        }

        @Override
        public boolean elsewhere() {
            return elsewhere;
        }

        @Override
        public boolean acquireRetry() {
            events.add(permits > 0 ? "acquire" : "overflow");
            return permits-- > 0;
        }

        @Override
        public void releaseRetry() {
            permits++;
            events.add("release");
        }

        @Override
        public void discarded(Outcome outcome) {
            events.add("discarded");
            if (outcome instanceof Outcome.Answered(Response response)) {
                response.close();
            }
        }

        @Override
        public void retryLimitExceeded() {
            events.add("limit");
        }

        @Override
        public void retrySucceeded() {
            events.add("success");
        }

        void then(Outcome outcome) {
            steps.add(cancellation -> outcome);
        }

        /** An attempt that waits until it is given up. */
        void thenHang() {
            steps.add(cancellation -> {
                CountDownLatch woken = new CountDownLatch(1);
                if (cancellation.guard(cause -> woken.countDown())) {
                    awaitUninterrupted(woken);
                }
                return new Outcome.Failed(Failure.CONNECTION_TERMINATION, "closed");
            });
        }
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new IllegalStateException(interrupted);
        }
    }

    private static RetryPolicyConfig.Builder on5xx(int retries) {
        return RetryPolicyConfig.builder()
                .retryOn(Set.of("5xx"))
                .numRetries(retries)
                .baseInterval(Duration.ofMillis(1))
                .maxInterval(Duration.ofMillis(2));
    }

    private PolicyChain chain(Duration timeout, RetryPolicyConfig.Builder retry) {
        PolicyChain chain = new PolicyChain(RoutePolicies.of(timeout, retry.build(), deadlines), cluster, exchange);
        chain.requestComplete();
        return chain;
    }

    private static Outcome answer(int status) {
        return new Outcome.Answered(new Response(status, HttpFields.build(), Body.EMPTY));
    }

    private static int status(Outcome outcome) {
        return ((Outcome.Answered) outcome).response().status();
    }

    private static Failure failure(Outcome outcome) {
        return ((Outcome.Failed) outcome).failure();
    }

    @Test
    void aGoodAnswerIsTheAnswer() {
        script.then(answer(200));
        assertThat(status(chain(LONG, on5xx(2)).run(script))).isEqualTo(200);
        assertThat(script.events).containsExactly("attempt");
    }

    @Test
    void retriesUntilAnAttemptIsGoodEnough() {
        script.then(answer(503));
        script.then(new Outcome.Failed(Failure.CONNECT_REFUSED));
        script.then(answer(200));
        assertThat(status(chain(LONG, on5xx(5)).run(script))).isEqualTo(200);
        assertThat(script.events)
                .containsExactly(
                        "attempt",
                        "acquire",
                        "discarded",
                        "attempt",
                        "release",
                        "acquire",
                        "discarded",
                        "attempt",
                        "release",
                        "success");
    }

    @Test
    void theLastAnswerIsTheAnswerWhenAllRetriesAreUsed() {
        script.then(answer(500));
        script.then(answer(502));
        script.then(answer(503));
        Outcome outcome = chain(LONG, on5xx(2)).run(script);
        assertThat(status(outcome)).isEqualTo(503);
        assertThat(script.events).endsWith("attempt", "release", "limit");
        assertThat(script.steps).isEmpty();
    }

    @Test
    void withNoRetriesTheLimitIsReachedAtOnce() {
        script.then(answer(500));
        assertThat(status(chain(LONG, on5xx(0)).run(script))).isEqualTo(500);
        assertThat(script.events).containsExactly("attempt", "limit");
    }

    @Test
    void doesNotRetryAboveTheClustersLimit() {
        script.permits = 0;
        script.then(answer(500));
        assertThat(status(chain(LONG, on5xx(2)).run(script))).isEqualTo(500);
        assertThat(script.events).containsExactly("attempt", "overflow");
    }

    @Test
    void doesNotRetryWhatCannotBeSentAgain() {
        script.repeatable = false;
        script.then(answer(500));
        assertThat(status(chain(LONG, on5xx(2)).run(script))).isEqualTo(500);
        assertThat(script.events).containsExactly("attempt");
    }

    @Test
    void neverRetriesAnOpenBreaker() {
        cluster = ClusterPolicies.of(
                Optional.of(FailureBreakerConfig.builder()
                        .minRequests(1)
                        .failureRatePercent(1)
                        .delay(LONG)
                        .build()),
                Stats.create(StatsConfig.DEFAULT).cluster("c"));
        script.then(answer(500));
        Outcome outcome = chain(LONG, on5xx(2)).run(script);
        assertThat(failure(outcome)).isEqualTo(Failure.BREAKER_OPEN);
        assertThat(script.events).containsExactly("attempt", "acquire", "discarded", "release");
        assertThat(failure(chain(LONG, on5xx(2)).run(script))).isEqualTo(Failure.BREAKER_OPEN);
        assertThat(script.events).hasSize(4);
    }

    @Test
    void theRouteTimeoutEndsAnAttemptAndIsNotRetried() {
        script.thenHang();
        Outcome outcome = chain(Duration.ofMillis(5), on5xx(2)).run(script);
        assertThat(failure(outcome)).isEqualTo(Failure.ROUTE_TIMEOUT);
        assertThat(script.events).containsExactly("attempt");
        assertThat(exchange.cause()).isNull();
    }

    @Test
    void theRouteTimeoutBeginsWhenTheRequestIsComplete() throws Exception {
        RoutePolicies policies = RoutePolicies.of(Duration.ofMillis(1), on5xx(0).build(), deadlines);
        PolicyChain chain = new PolicyChain(policies, cluster, exchange);
        CountDownLatch attempting = new CountDownLatch(1);
        script.steps.add(cancellation -> {
            attempting.countDown();
            CountDownLatch woken = new CountDownLatch(1);
            cancellation.guard(cause -> woken.countDown());
            awaitUninterrupted(woken);
            return new Outcome.Failed(Failure.CONNECTION_TERMINATION);
        });
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> outcome.complete(chain.run(script)));
        assertThat(attempting.await(30, TimeUnit.SECONDS)).isTrue();
        // A deadline as long as the route's, begun now, passes without the route's having begun.
        CountDownLatch aLittleLater = new CountDownLatch(1);
        deadlines.start(counting(aLittleLater), Duration.ofMillis(5));
        assertThat(aLittleLater.await(30, TimeUnit.SECONDS)).isTrue();
        assertThat(outcome).isNotDone();
        chain.requestComplete();
        assertThat(failure(outcome.get(30, TimeUnit.SECONDS))).isEqualTo(Failure.ROUTE_TIMEOUT);
    }

    private static dev.attache.core.deadline.Deadline counting(CountDownLatch latch) {
        return new dev.attache.core.deadline.Deadline() {
            @Override
            protected void expired() {
                latch.countDown();
            }
        };
    }

    @Test
    void theRouteTimeoutCoversTheBodyOfTheAnswer() {
        CountDownLatch woken = new CountDownLatch(1);
        script.steps.add(cancellation -> {
            cancellation.guard(cause -> woken.countDown());
            return answer(200);
        });
        PolicyChain chain = chain(Duration.ofMillis(200), on5xx(0));
        assertThat(status(chain.run(script))).isEqualTo(200);
        awaitUninterrupted(woken);
        assertThat(chain.cause()).isEqualTo(Cancellation.Cause.ROUTE_TIMEOUT);
    }

    @Test
    void nothingExpiresOnceTheResponseIsComplete() {
        script.then(answer(200));
        PolicyChain chain = chain(Duration.ofMillis(300), on5xx(0));
        chain.run(script);
        chain.responseComplete();
        chain.requestComplete(); // The one who carries the body may be late.
        CountDownLatch later = new CountDownLatch(1);
        deadlines.start(counting(later), Duration.ofMillis(310));
        awaitUninterrupted(later);
        assertThat(chain.cause()).isNull();
    }

    @Test
    void theLimitOfOneAttemptIsRetriedAndNamesItself() {
        script.thenHang();
        script.thenHang();
        Outcome outcome =
                chain(LONG, on5xx(1).perTryTimeout(Duration.ofMillis(5))).run(script);
        assertThat(failure(outcome)).isEqualTo(Failure.PER_TRY_TIMEOUT);
        assertThat(script.events).containsExactly("attempt", "acquire", "discarded", "attempt", "release", "limit");
    }

    @Test
    void aLimitOfOneAttemptBeyondTheRoutesIsNone() {
        script.thenHang();
        Outcome outcome = chain(Duration.ofMillis(5), on5xx(1).perTryTimeout(Duration.ofMillis(5)))
                .run(script);
        assertThat(failure(outcome)).isEqualTo(Failure.ROUTE_TIMEOUT);
    }

    @Test
    void aWaitThatWouldOutlastTheRouteIsNotBegun() {
        script.then(answer(503));
        AtomicInteger closed = new AtomicInteger();
        Response last = new Response(504, HttpFields.build(), Body.EMPTY);
        last.onClose(closed::incrementAndGet);
        script.steps.clear();
        script.then(new Outcome.Answered(last));
        // Back-off of hours: whatever is drawn is all but never below the route's second.
        RetryPolicyConfig.Builder retry =
                on5xx(2).baseInterval(Duration.ofDays(10_000)).maxInterval(Duration.ofDays(10_000));
        Outcome outcome = chain(Duration.ofSeconds(1), retry).run(script);
        assertThat(status(outcome)).isEqualTo(504);
        assertThat(closed).hasValue(0);
        assertThat(script.events).containsExactly("attempt");
    }

    @Test
    void aClientThatLeavesEndsTheBackOff() throws Exception {
        script.then(answer(503));
        RetryPolicyConfig.Builder retry =
                on5xx(2).baseInterval(Duration.ofDays(10_000)).maxInterval(Duration.ofDays(10_000));
        PolicyChain chain = chain(Duration.ZERO, retry);
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> outcome.complete(chain.run(script)));
        exchange.cancel(Cancellation.Cause.DOWNSTREAM_GONE);
        assertThat(failure(outcome.get(30, TimeUnit.SECONDS))).isEqualTo(Failure.DOWNSTREAM_GONE);
    }

    @Test
    void anInterruptEndsTheBackOffAndIsKept() throws Exception {
        script.then(answer(503));
        RetryPolicyConfig.Builder retry =
                on5xx(2).baseInterval(Duration.ofDays(10_000)).maxInterval(Duration.ofDays(10_000));
        PolicyChain chain = chain(Duration.ZERO, retry);
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        Thread caller = Thread.ofVirtual().start(() -> {
            chain.run(script);
            flag.complete(Thread.currentThread().isInterrupted());
        });
        caller.interrupt();
        assertThat(flag.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void aRequestMayChangeThePolicies() {
        RoutePolicies none = RoutePolicies.of(Duration.ZERO, RetryPolicyConfig.NONE, deadlines);
        assertThat(none.none()).isTrue();
        RoutePolicies asked = none.with(RequestOverrides.of(
                HttpFields.build().add("x-envoy-retry-on", "5xx").add("x-envoy-upstream-rq-timeout-ms", "250")));
        assertThat(asked.none()).isFalse();
        assertThat(asked.mayRetry()).isTrue();
        assertThat(asked.expectedNanos()).isEqualTo(250_000_000);
        PolicyChain chain = new PolicyChain(asked, cluster, exchange);
        script.then(answer(503));
        script.then(answer(200));
        assertThat(status(chain.run(script))).isEqualTo(200);
    }

    @Test
    void aRequestMayForbidTheRetriesOfItsRoute() {
        RoutePolicies asked = RoutePolicies.of(LONG, on5xx(3).build(), deadlines)
                .with(RequestOverrides.of(HttpFields.build().add("x-envoy-max-retries", "0")));
        script.then(answer(503));
        assertThat(status(new PolicyChain(asked, cluster, exchange).run(script)))
                .isEqualTo(503);
        assertThat(script.events).containsExactly("attempt", "limit");
    }

    private static RetryPolicyConfig.Builder reconnect() {
        return RetryPolicyConfig.RECONNECT.toBuilder().baseInterval(Duration.ofMillis(1));
    }

    @Test
    void connectsOnceMoreWhereNoPolicyIsWritten() {
        script.then(new Outcome.Failed(Failure.CONNECT_REFUSED));
        script.then(answer(200));
        assertThat(chain(LONG, reconnect()).run(script)).isInstanceOf(Outcome.Answered.class);
        assertThat(script.events).containsExactly("attempt", "acquire", "discarded", "attempt", "release", "success");
    }

    @Test
    void connectsOnceMoreAfterATimeoutOnlyElsewhere() {
        script.then(new Outcome.Failed(Failure.CONNECT_TIMEOUT));
        assertThat(failure(chain(LONG, reconnect()).run(script))).isEqualTo(Failure.CONNECT_TIMEOUT);
        assertThat(script.events).containsExactly("attempt");

        script.events.clear();
        script.elsewhere = true;
        script.then(new Outcome.Failed(Failure.CONNECT_TIMEOUT));
        script.then(answer(200));
        assertThat(chain(LONG, reconnect()).run(script)).isInstanceOf(Outcome.Answered.class);
        assertThat(script.events).contains("success");
    }

    @Test
    void repeatsNothingElseWhereNoPolicyIsWritten() {
        for (Failure failure : Failure.values()) {
            if (failure != Failure.CONNECT_REFUSED && failure != Failure.CONNECT_TIMEOUT) {
                script.events.clear();
                script.elsewhere = true;
                script.then(new Outcome.Failed(failure));
                assertThat(failure(chain(LONG, reconnect()).run(script))).isEqualTo(failure);
                assertThat(script.events).containsExactly("attempt");
            }
        }
        script.then(answer(503));
        assertThat(chain(LONG, reconnect()).run(script)).isInstanceOf(Outcome.Answered.class);
    }

    @Test
    void countsAnAnswerThatIsThereWhenItsTimeIsOver() {
        for (boolean ofTheRoute : List.of(true, false)) {
            CountDownLatch looked = new CountDownLatch(3);
            Duration brief = Duration.ofMillis(1);
            RetryPolicyConfig.Builder none = RetryPolicyConfig.NONE.toBuilder();
            RoutePolicies route = ofTheRoute
                    ? RoutePolicies.of(brief, none.build(), deadlines)
                    : RoutePolicies.of(LONG, none.perTryTimeout(brief).build(), deadlines);
            PolicyChain chain = new PolicyChain(route, cluster, exchange);
            script.steps.add(cancellation -> {
                cancellation.guard(new Cancellation.Waker() {
                    @Override
                    public void wake(Cancellation.Cause cause) {}

                    @Override
                    public boolean arrived() {
                        looked.countDown();
                        return true;
                    }
                });
                chain.requestComplete();
                awaitUninterrupted(looked); // No processor: the time is over long before.
                cancellation.unguard();
                return answer(200);
            });
            assertThat(chain.run(script)).isInstanceOf(Outcome.Answered.class);
        }
    }
}
