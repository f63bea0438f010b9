package dev.attache.core.upstream.http1;

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
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionReuseTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String HELLO = OK + "content-length: 5\r\n\r\nhello";

    /** Answers the first request of the first connection, and does away with it at the second one. */
    private static RawUpstream.Script failsSecondRequest(boolean reset, BlockingQueue<String> seen) {
        return peer -> {
            int requests = 0;
            for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                seen.add(head.substring(0, head.indexOf(' ')));
                peer.readBody(RawUpstream.contentLength(head));
                if (peer.number() == 0 && requests++ == 1) {
                    if (reset) {
                        peer.reset();
                    }
                    return;
                }
                peer.send(HELLO);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "PUT", "DELETE", "OPTIONS"})
    void repeatsAnIdempotentRequestThatMetADyingConnection(String method) throws IOException {
        for (boolean reset : new boolean[] {true, false}) {
            BlockingQueue<String> seen = new LinkedBlockingQueue<>();
            try (RawUpstream upstream = RawUpstream.start(failsSecondRequest(reset, seen));
                    Http1Fixture http = Http1Fixture.to(upstream)) {
                http.get("/");
                Body body = method.equals("PUT") ? Body.of(new byte[100]) : Body.EMPTY;
                text(http.answered(request(method, body)));
                assertThat(seen).containsExactly("GET", method, method);
                assertThat(upstream.connections()).isEqualTo(2);
                http.assertNothingLeaks();
            }
        }
    }

    @Test
    void doesNotRepeatARequestThatMayHaveBeenDone() throws IOException {
        for (Request once : List.of(
                post("x"),
                request("PATCH", Body.EMPTY),
                request("PUT", new ScriptedBody(-1).add("x").end()))) {
            BlockingQueue<String> seen = new LinkedBlockingQueue<>();
            try (RawUpstream upstream = RawUpstream.start(peer -> {
                        seen.add(peer.readHead());
                        peer.send(HELLO);
                        seen.add(peer.readHead());
                    });
                    Http1Fixture http = Http1Fixture.to(upstream)) {
                http.get("/");
                assertThat(failed(http.send(once))).isEqualTo(Failure.CONNECTION_TERMINATION);
                assertThat(seen).hasSize(2);
                http.assertNothingLeaks();
            }
        }
    }

    @Test
    void doesNotRepeatWhatFailsOnAFreshConnection() {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> seen.add(peer.readHead()));
                Http1Fixture http = Http1Fixture.to(upstream)) {
            assertThat(failed(http.send(request("GET", Body.EMPTY)))).isEqualTo(Failure.CONNECTION_TERMINATION);
            assertThat(seen).hasSize(1);
            http.assertNothingLeaks();
        }
    }

    @Test
    void repeatsOnlyOnce() throws IOException {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    seen.add(peer.readHead());
                    if (peer.number() == 0) {
                        peer.send(HELLO);
                        seen.add(peer.readHead());
                    }
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            http.get("/");
            assertThat(failed(http.send(request("GET", Body.EMPTY)))).isEqualTo(Failure.CONNECTION_TERMINATION);
            assertThat(seen).hasSize(3);
        }
    }

    @Test
    void doesNotRepeatOnceAByteOfTheAnswerHasCome() throws IOException {
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    seen.add(peer.readHead());
                    peer.send(HELLO);
                    seen.add(peer.readHead());
                    peer.send("HTTP");
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            http.get("/");
            assertThat(failed(http.send(request("GET", Body.EMPTY)))).isEqualTo(Failure.CONNECTION_TERMINATION);
            assertThat(seen).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"closed", "reset", "unasked"})
    void looksBeforeItUsesAnIdleConnectionForWhatItCouldNotRepeat(String what) throws IOException {
        CountDownLatch ended = new CountDownLatch(1);
        BlockingQueue<String> seen = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    seen.add(peer.readHead());
                    peer.readBody(1);
                    peer.send(HELLO);
                    if (peer.number() == 0) {
                        switch (what) {
                            case "closed" -> peer.close();
                            case "reset" -> peer.reset();
                            default -> peer.send("HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n");
                        }
                        ended.countDown();
                    }
                    peer.awaitEnd();
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Response first = http.answered(post("1"));
            await(async(() -> {
                ended.await();
                return true;
            }));
            if (what.equals("reset")) {
                first.close(); // The reset may have come before the body was read; the connection is dead either way.
            } else {
                assertThat(text(first)).isEqualTo("hello");
            }
            assertThat(text(http.answered(post("2")))).isEqualTo("hello");
            assertThat(seen).hasSize(2);
            http.assertNothingLeaks();
        }
    }

    @Test
    void sweepsConnectionsThatTheUpstreamHasClosed() throws IOException {
        CountDownLatch close = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send(HELLO);
                    close.await();
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            http.get("/");
            assertThat(http.stats.upstreamCxActive.value()).isEqualTo(1);
            close.countDown();
            eventually("it is swept", () -> http.stats.upstreamCxActive.value() == 0);
            assertThat(http.stats.upstreamCxDestroyRemote.value()).isEqualTo(1);
            assertThat(http.limits.connections().used()).isZero();
        }
    }

    @Test
    void closesConnectionsThatWereIdleForTooLong() throws IOException {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send(HELLO);
                    peer.awaitEnd();
                    ends.add("closed");
                });
                Http1Fixture http =
                        Http1Fixture.to(upstream, settings -> settings.idleTimeout(Duration.ofMillis(50)))) {
            http.get("/");
            assertThat(RawUpstream.next(ends)).isEqualTo("closed");
            eventually("it is counted", () -> http.stats.upstreamCxIdleTimeout.value() == 1);
            eventually("it is gone", () -> http.stats.upstreamCxActive.value() == 0);
        }
    }

    @Test
    void neverUsesAConnectionThatWasIdleForTooLong() throws IOException {
        // Too short for anything to be used twice, whether the sweeper comes by or not.
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(upstream, settings -> settings.idleTimeout(Duration.ofNanos(1)))) {
            for (int i = 0; i < 10; i++) {
                http.get("/");
            }
            assertThat(upstream.connections()).isEqualTo(10);
            eventually("all are closed", () -> http.stats.upstreamCxActive.value() == 0);
        }
    }

    @Test
    void keepsAConnectionWhoseAnswerWasNotReadIfTheRestIsHere() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.answering(
                        OK + "content-length: 5\r\n\r\nhello",
                        OK + "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                        HELLO));
                Http1Fixture http = Http1Fixture.to(upstream)) {
            http.answered(request("GET", Body.EMPTY)).close();
            http.answered(request("GET", Body.EMPTY)).close();
            assertThat(http.get("/")).isEqualTo("hello");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void closesAConnectionWhoseAnswerWasNotReadIfTheRestIsStillToCome() throws IOException {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send(OK + "content-length: 100\r\n\r\nhello");
                    peer.awaitEnd();
                    ends.add("closed");
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            http.answered(request("GET", Body.EMPTY)).close();
            assertThat(RawUpstream.next(ends)).isEqualTo("closed");
            http.assertNothingLeaks();
        }
    }

    @Test
    void closesAConnectionWhoseAnswerIsTooLongToBeThrownAway() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send(OK + "content-length: 1000000\r\n\r\n" + "x".repeat(1_000_000));
                    peer.awaitEnd();
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            http.answered(request("GET", Body.EMPTY)).close();
            assertThat(http.stats.upstreamCxActive.value()).isZero();
            http.assertNothingLeaks();
        }
    }

    @Test
    void closesWhatIsIdleWhenTheEndpointIsRemovedAndTheRestWhenItIsDone() throws IOException {
        CountDownLatch goOn = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        peer.send(OK + "content-length: 5\r\n\r\nhel");
                        if (head.startsWith("GET /slow")) {
                            goOn.await();
                        }
                        peer.send("lo");
                    }
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Response slow = http.answered(Http1Fixture.get("/slow", HttpFields.EMPTY));
            http.get("/");
            assertThat(http.endpoint.stats().cxActive).hasValue(2);
            http.endpoint.remove();
            http.client.removed(http.endpoint);
            assertThat(http.endpoint.stats().cxActive).hasValue(1);
            goOn.countDown();
            assertThat(text(slow)).isEqualTo("hello");
            assertThat(http.endpoint.stats().cxActive).hasValue(0);
            http.assertNothingLeaks();
        }
    }

    @Test
    void servesOnAfterItWasClosedButKeepsNothing() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(upstream)) {
            http.get("/");
            http.client.close();
            assertThat(http.stats.upstreamCxActive.value()).isZero();
            assertThat(http.get("/a")).isEqualTo("GET /a HTTP/1.1");
            assertThat(http.stats.upstreamCxActive.value()).isZero();
        }
    }

    /** An upstream that closes connections just when they are used again. */
    @Test
    void losesNoGetAndDoublesNoPostWhenTheUpstreamClosesIdleConnectionsAtRandom() {
        int threads = 8;
        int each = 200;
        Map<String, AtomicInteger> seen = new ConcurrentHashMap<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    for (boolean used = false; ; used = true) {
                        long until =
                                System.nanoTime() + ThreadLocalRandom.current().nextLong(4_000_000);
                        while (used && peer.in().available() == 0 && System.nanoTime() < until) {
                            Thread.yield();
                        }
                        if (used && peer.in().available() == 0) {
                            return; // A request may come in just now.
                        }
                        String head = peer.readHead();
                        if (head == null) {
                            return;
                        }
                        peer.readBody(RawUpstream.contentLength(head));
                        seen.computeIfAbsent(head.substring(0, head.indexOf(" HTTP")), key -> new AtomicInteger())
                                .incrementAndGet();
                        peer.send(HELLO);
                    }
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            AtomicInteger failedGets = new AtomicInteger();
            AtomicInteger failedPosts = new AtomicInteger();
            List<CompletableFuture<Boolean>> all = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                int first = thread * each;
                all.add(async(() -> {
                    for (int i = first; i < first + each; i++) {
                        boolean isPost = i % 4 == 0;
                        Request request = new Request(
                                isPost ? "POST" : "GET",
                                "http",
                                "a.test",
                                "/" + i,
                                HttpFields.EMPTY,
                                isPost ? Body.of(new byte[10]) : Body.EMPTY);
                        switch (http.send(request)) {
                            case Outcome.Answered answered -> text(answered.response());
                            case Outcome.Failed failed -> {
                                assertThat(failed.failure()).isEqualTo(Failure.CONNECTION_TERMINATION);
                                (isPost ? failedPosts : failedGets).incrementAndGet();
                            }
                        }
                        long until =
                                System.nanoTime() + ThreadLocalRandom.current().nextLong(2_000_000);
                        while (System.nanoTime() < until) {
                            Thread.yield();
                        }
                    }
                    return true;
                }));
            }
            all.forEach(Http1Fixture::await);
            assertThat(http.stats.upstreamCxTotal.value())
                    .as("the race was run")
                    .isGreaterThan(50);
            seen.forEach((target, times) -> {
                if (target.startsWith("POST")) {
                    assertThat(times.get()).as(target).isEqualTo(1);
                }
            });
            assertThat(failedGets.get()).as("failed gets").isZero();
            assertThat(failedPosts.get()).as("failed posts").isLessThan(threads * each / 4 / 10);
            http.assertNothingLeaks();
        }
    }
}
