package dev.attache.core.upstream.http1;

import static dev.attache.core.upstream.http1.Http1Fixture.answered;
import static dev.attache.core.upstream.http1.Http1Fixture.async;
import static dev.attache.core.upstream.http1.Http1Fixture.await;
import static dev.attache.core.upstream.http1.Http1Fixture.eventually;
import static dev.attache.core.upstream.http1.Http1Fixture.failed;
import static dev.attache.core.upstream.http1.Http1Fixture.post;
import static dev.attache.core.upstream.http1.Http1Fixture.request;
import static dev.attache.core.upstream.http1.Http1Fixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation.Cause;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import dev.attache.core.upstream.Endpoint;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;

class LimitsTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final Request GET = request("GET", Body.EMPTY);

    @Test
    void waitsForAConnectionAtTheLimitAndRefusesWhatMayNotWait() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(upstream, Http1Fixture.limits(1, 1))) {
            Response first = http.answered(GET);
            CompletableFuture<Outcome> second = async(() -> http.send(GET));
            eventually("one waits", () -> http.stats.upstreamRqPendingActive.value() == 1);
            assertThat(failed(http.send(GET))).isEqualTo(Failure.OVERFLOW);
            assertThat(http.stats.upstreamRqPendingOverflow.value()).isEqualTo(1);
            assertThat(http.stats.upstreamCxOverflow.value()).isEqualTo(2);
            assertThat(second).isNotDone();
            text(first);
            text(answered(await(second)));
            assertThat(upstream.connections()).isEqualTo(1);
            assertThat(http.limits.pending().used()).isZero();
            http.assertNothingLeaks();
        }
    }

    @Test
    void refusesWhatHasWaitedForTooLong() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(
                        upstream,
                        settings -> Http1Fixture.limits(1, 1).apply(settings.pendingTimeout(Duration.ofMillis(50))))) {
            Response first = http.answered(GET);
            assertThat(failed(http.send(GET))).isEqualTo(Failure.OVERFLOW);
            assertThat(http.stats.upstreamRqPendingOverflow.value()).isEqualTo(1);
            text(first);
            text(http.answered(GET));
            assertThat(upstream.connections()).isEqualTo(1);
            http.assertNothingLeaks();
        }
    }

    @Test
    void servesThoseWhoWaitInTheirOrder() throws IOException {
        BlockingQueue<String> order = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        order.add(head.split(" ")[1]);
                        peer.send(OK + "content-length: 0\r\n\r\n");
                    }
                });
                Http1Fixture http = Http1Fixture.to(upstream, Http1Fixture.limits(1, 10))) {
            Response first = http.answered(GET);
            List<CompletableFuture<String>> others = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                String target = "/" + i;
                int waiting = i + 1;
                others.add(async(() -> http.get(target)));
                eventually("it waits", () -> http.stats.upstreamRqPendingActive.value() == waiting);
            }
            text(first);
            others.forEach(Http1Fixture::await);
            assertThat(order).containsExactly("/", "/0", "/1", "/2", "/3", "/4");
        }
    }

    @Test
    void opensAConnectionForTheOneRepeatThatMustNotHaveAUsedOne() throws IOException {
        CountDownLatch again = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    boolean used = false;
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        if (head.startsWith("GET /once ") && used) {
                            return; // As a server does that closes it just when it is used again.
                        }
                        used = true;
                        if (head.startsWith("GET /hold ")) {
                            again.await();
                        }
                        peer.send(OK + "content-length: 0\r\n\r\n");
                    }
                });
                Http1Fixture http = Http1Fixture.to(upstream, Http1Fixture.limits(1, 10))) {
            http.get("/");
            Response last = http.answered(GET);
            CompletableFuture<String> first = async(() -> http.get("/once"));
            eventually("it waits", () -> http.stats.upstreamRqPendingActive.value() == 1);
            CompletableFuture<String> second = async(() -> http.get("/hold"));
            eventually("they wait", () -> http.stats.upstreamRqPendingActive.value() == 2);
            text(last); // The first has the used connection now, finds it closed, and waits behind the second.
            eventually("it waits again", () -> http.stats.upstreamCxTotal.value() == 2);
            again.countDown();
            await(second);
            assertThat(await(first)).isEmpty();
            http.assertNothingLeaks();
        }
    }

    @Test
    void handsThePermitOfABrokenConnectionToWhoeverWaits() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send(OK + "connection: close\r\ncontent-length: 0\r\n\r\n");
                });
                Http1Fixture http = Http1Fixture.to(upstream, Http1Fixture.limits(1, 10))) {
            Response first = http.answered(GET);
            CompletableFuture<String> second = async(() -> http.get("/"));
            CompletableFuture<String> third = async(() -> http.get("/"));
            eventually("they wait", () -> http.stats.upstreamRqPendingActive.value() == 2);
            text(first);
            await(second);
            await(third);
            assertThat(upstream.connections()).isEqualTo(3);
            http.assertNothingLeaks();
        }
    }

    @Test
    void givesUpWaitingWhenItIsCancelled() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(upstream, Http1Fixture.limits(1, 1))) {
            Response first = http.answered(GET);
            for (Cause cause : Cause.values()) {
                Exchange exchange = Exchange.begin();
                CompletableFuture<Outcome> second = async(() -> http.send(GET, exchange));
                eventually("it waits", () -> http.stats.upstreamRqPendingActive.value() == 1);
                exchange.cancellation().cancel(cause);
                assertThat(failed(await(second)).name())
                        .isEqualTo(
                                switch (cause) {
                                    case ROUTE_TIMEOUT,
                                            PER_TRY_TIMEOUT,
                                            CONNECT_TIMEOUT,
                                            STREAM_IDLE_TIMEOUT,
                                            MAX_STREAM_DURATION,
                                            REQUEST_TIMEOUT,
                                            DOWNSTREAM_GONE -> cause.name();
                                    case PER_TRY_IDLE_TIMEOUT -> "PER_TRY_TIMEOUT";
                                    case SHUTDOWN -> "LOCAL_RESET";
                                });
                assertThat(http.limits.pending().used()).isZero();
            }
            text(first);
            assertThat(http.get("/x")).isEqualTo("GET /x HTTP/1.1");
            http.assertNothingLeaks();
        }
    }

    @Test
    void givesUpWaitingWhenItsThreadIsInterrupted() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(upstream, Http1Fixture.limits(1, 1))) {
            Response first = http.answered(GET);
            BlockingQueue<String> ends = new LinkedBlockingQueue<>();
            Thread waiting = Thread.ofVirtual().start(() -> {
                Failure failure = failed(http.send(GET));
                ends.add(failure + " " + Thread.currentThread().isInterrupted());
            });
            eventually("it waits", () -> http.stats.upstreamRqPendingActive.value() == 1);
            waiting.interrupt();
            assertThat(RawUpstream.next(ends)).isEqualTo("LOCAL_RESET true");
            text(first);
            http.assertNothingLeaks();
        }
    }

    @Test
    void takesThePlaceOfAnIdleConnectionToAnotherEndpoint() throws IOException {
        try (RawUpstream one = RawUpstream.start(RawUpstream.echoingTarget());
                RawUpstream other = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(one, Http1Fixture.limits(1, 0))) {
            Endpoint second = new Endpoint("other.test", other.port(), other.address(), 1);
            for (int i = 0; i < 3; i++) {
                http.get("/");
                Exchange exchange = Exchange.begin();
                text(answered(http.client.send(GET, second, exchange, exchange.cancellation())));
                assertThat(http.limits.connections().used()).isEqualTo(1);
            }
            assertThat(one.connections()).isEqualTo(3);
            assertThat(other.connections()).isEqualTo(3);
            http.assertNothingLeaks();
        }
    }

    @Test
    void givesTheConnectionOfOneEndpointUpForARequestThatWaitsForAnother() throws IOException {
        try (RawUpstream one = RawUpstream.start(RawUpstream.echoingTarget());
                RawUpstream other = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(one, Http1Fixture.limits(1, 1))) {
            Endpoint second = new Endpoint("other.test", other.port(), other.address(), 1);
            Response first = http.answered(GET);
            Exchange exchange = Exchange.begin();
            CompletableFuture<Outcome> waiting =
                    async(() -> http.client.send(GET, second, exchange, exchange.cancellation()));
            eventually("it waits", () -> http.stats.upstreamRqPendingActive.value() == 1);
            text(first);
            text(answered(await(waiting)));
            assertThat(other.connections()).isEqualTo(1);
            http.assertNothingLeaks();
        }
    }

    @Test
    void servesNothingWithoutConnections() {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(upstream, Http1Fixture.limits(0, 10))) {
            assertThat(failed(http.send(GET))).isEqualTo(Failure.OVERFLOW);
        }
    }

    @Test
    void givesThePermitBackWhenAConnectionIsRefused() throws IOException {
        RawUpstream gone = RawUpstream.start(RawUpstream.echoingTarget());
        gone.close();
        try (Http1Fixture http = Http1Fixture.to(gone, Http1Fixture.limits(1, 0))) {
            for (int i = 0; i < 5; i++) {
                Exchange exchange = Exchange.begin();
                Outcome outcome = http.send(GET, exchange);
                assertThat(outcome)
                        .isEqualTo(new Outcome.Failed(
                                Failure.CONNECT_REFUSED, "delayed connect error: Connection refused"));
                assertThat(exchange.upstreamTransportFailure()).isEqualTo("delayed connect error: Connection refused");
            }
            assertThat(http.stats.upstreamCxConnectFail.value()).isEqualTo(5);
            assertThat(http.endpoint.stats().cxConnectFail.sum()).isEqualTo(5);
            http.assertNothingLeaks();
        }
    }

    /** All that can happen to a request, at once and at random, under limits that always bind. */
    @Test
    void leaksNothingInTwentyThousandRequests() throws IOException {
        int threads = 20;
        int each = 1000;
        AtomicInteger answered = new AtomicInteger();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        peer.readBody(RawUpstream.contentLength(head));
                        switch (head.split(" ")[1]) {
                            case "/reset" -> peer.reset();
                            case "/cut" -> {
                                peer.send(OK + "content-length: 100\r\n\r\nhello");
                                return;
                            }
                            case "/bad" -> peer.send("garbage\r\n\r\n");
                            case "/late" -> peer.awaitEnd();
                            case "/chunks" -> peer.send(OK + "transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
                            default -> peer.send(OK + "content-length: 5\r\n\r\nhello");
                        }
                    }
                });
                Http1Fixture http = Http1Fixture.to(upstream, Http1Fixture.limits(8, 6))) {
            String[] targets = {"/", "/", "/", "/", "/chunks", "/chunks", "/reset", "/cut", "/bad", "/late"};
            List<CompletableFuture<Boolean>> all = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                all.add(async(() -> {
                    for (int i = 0; i < each; i++) {
                        String target = targets[ThreadLocalRandom.current().nextInt(targets.length)];
                        Exchange exchange = Exchange.begin();
                        Body body = i % 3 == 0 ? Body.of(new byte[100]) : Body.EMPTY;
                        Request request =
                                new Request(i % 3 == 0 ? "POST" : "GET", "http", "a", target, HttpFields.EMPTY, body);
                        if (target.equals("/late") || i % 17 == 0) {
                            Thread.ofVirtual().start(() -> {
                                Thread.yield();
                                exchange.cancellation().cancel(Cause.ROUTE_TIMEOUT);
                            });
                        }
                        if (http.send(request, exchange) instanceof Outcome.Answered ok) {
                            answered.incrementAndGet();
                            try (Response response = ok.response()) {
                                if (i % 5 != 0) {
                                    while (response.body().read() != null) {
                                        // To the end, or until it breaks.
                                    }
                                }
                            } catch (IOException cut) {
                                assertThat(target.equals("/cut")
                                                || exchange.cancellation().cause() != null)
                                        .as(target)
                                        .isTrue();
                            }
                        }
                        assertThat(http.limits.connections().used()).isLessThanOrEqualTo(8);
                    }
                    return true;
                }));
            }
            all.forEach(Http1Fixture::await);
            assertThat(answered.get()).isGreaterThan(threads * each / 10);
            eventually("the limits are as before", () -> http.limits.pending().used() == 0);
            assertThat(http.endpoint.stats().cxActive.get()).isLessThanOrEqualTo(8);
            assertThat(text(http.answered(post("x")))).isEqualTo("hello");
            http.assertNothingLeaks();
            assertThat(http.stats.upstreamCxTotal.value()).isEqualTo(http.stats.upstreamCxDestroy.value());
            eventually("the upstream has no connection either", () -> upstream.open() == 0);
        }
    }
}
