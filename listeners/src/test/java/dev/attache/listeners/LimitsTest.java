package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Address;
import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.OverloadConfig;
import dev.attache.core.config.UnderscoresInHeaders;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Response;
import dev.attache.core.stats.StatScope;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LimitsTest {

    private static final String GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n";

    private static Stand answering(UnaryOperator<dev.attache.core.config.HttpConfig.Builder> settings)
            throws Exception {
        return Stand.serving(settings, (request, exchange) -> TestEntry.text(200, "ok"));
    }

    @Test
    void limitsTheFieldsAndTheSizeOfAHead() throws Exception {
        try (Stand stand = answering(settings -> settings.maxHeadersCount(10).maxRequestHeadersKb(4))) {
            StringBuilder nine = new StringBuilder();
            for (int i = 0; i < 9; i++) {
                nine.append("X-").append(i).append(": y\r\n");
            }
            assertThat(status(stand, "GET / HTTP/1.1\r\nHost: h\r\n" + nine + "\r\n"))
                    .isEqualTo(200);
            assertThat(status(stand, "GET / HTTP/1.1\r\nHost: h\r\n" + nine + "X: y\r\n\r\n"))
                    .isEqualTo(431);
            String big = "y".repeat(5000);
            assertThat(status(stand, "GET / HTTP/1.1\r\nHost: h\r\nX: " + big + "\r\n\r\n"))
                    .isEqualTo(431);
            assertThat(status(stand, "GET /" + big + " HTTP/1.1\r\nHost: h\r\n\r\n"))
                    .isEqualTo(414);
            assertThat(stand.entry.rejections.stream().map(LocalReply::status)).containsExactly(431, 431, 414);
        }
    }

    private static int status(Stand stand, String request) throws Exception {
        try (RawClient client = stand.connect()) {
            return client.send(request).readAnswer().status();
        }
    }

    @Test
    void tellsAClientWhoseRequestIsTooBigWhileItIsStillSending() throws Exception {
        try (Stand stand = answering(settings -> settings.maxRequestHeadersKb(4));
                RawClient client = stand.connect()) {
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    client.send("GET / HTTP/1.1\r\nHost: h\r\nX: ");
                    for (int i = 0; i < 100; i++) {
                        client.send("y".repeat(10_000));
                    }
                } catch (java.io.IOException closed) {
                    // As it may be.
                }
            });
            assertThat(client.readAnswer().status()).isEqualTo(431);
            sender.join();
        }
    }

    @Test
    void takesHttp10OnlyWhereItIsAccepted() throws Exception {
        try (Stand strict = answering(UnaryOperator.identity());
                Stand old = answering(settings -> settings.acceptHttp10(true).defaultHostForHttp10("default.test"))) {
            assertThat(status(strict, "GET / HTTP/1.0\r\nHost: h\r\n\r\n")).isEqualTo(426);
            try (RawClient client = old.connect()) {
                RawClient.Answer answer = client.send("GET / HTTP/1.0\r\n\r\n").readAnswer();
                assertThat(answer.status()).isEqualTo(200);
                assertThat(client.read()).isEqualTo(-1);
                assertThat(old.entry.requests.take().authority()).isEqualTo("default.test");
                assertThat(old.entry.exchanges.take().downstream().protocol()).isEqualTo("HTTP/1.0");
            }
            try (RawClient client = old.connect()) {
                client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
                assertThat(client.readAnswer().status()).isEqualTo(200);
                client.send("GET / HTTP/1.0\r\nHost: h\r\n\r\n");
                assertThat(client.readAnswer().status()).isEqualTo(200);
            }
            assertThat(status(old, "POST / HTTP/1.0\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"))
                    .isEqualTo(400);
        }
    }

    @Test
    void treatsUnderscoresAsConfigured() throws Exception {
        String request = "GET / HTTP/1.1\r\nHost: h\r\nX_A: b\r\n\r\n";
        try (Stand allowed = answering(UnaryOperator.identity());
                Stand rejected = answering(settings -> settings.underscores(UnderscoresInHeaders.REJECT_REQUEST));
                Stand dropped = answering(settings -> settings.underscores(UnderscoresInHeaders.DROP_HEADER))) {
            assertThat(status(allowed, request)).isEqualTo(200);
            assertThat(allowed.entry.requests.take().headers().get("x_a")).isEqualTo("b");
            assertThat(status(rejected, request)).isEqualTo(400);
            assertThat(status(dropped, request)).isEqualTo(200);
            assertThat(dropped.entry.requests.take().headers().get("x_a")).isNull();
            assertThat(underscores(allowed, "http1")).containsExactly(0L, 0L);
            assertThat(underscores(rejected, "http1")).containsExactly(0L, 1L);
            assertThat(underscores(dropped, "http1")).containsExactly(1L, 0L);
            assertThat(underscores(dropped, "http2")).containsExactly(0L, 0L);
        }
    }

    /** Headers that were dropped and requests that were rejected. */
    static List<Long> underscores(Stand stand, String codec) {
        StatScope scope = stand.stats.scope(codec);
        return List.of(
                scope.counter("dropped_headers_with_underscores").value(),
                scope.counter("requests_rejected_with_underscores_in_headers").value());
    }

    @Test
    void writesHeaderNamesInTheCaseThatIsAskedFor() throws Exception {
        for (HeaderCase headerCase : List.of(HeaderCase.LOWER, HeaderCase.PROPER_CASE_WORDS, HeaderCase.PRESERVE)) {
            try (Stand stand = Stand.serving(
                            settings -> settings.headerCase(headerCase),
                            (request, exchange) -> new Response(
                                    200,
                                    HttpFields.build()
                                            .add(HttpHeader.CONTENT_TYPE, "text/plain")
                                            .add("x-ODD-name", "a"),
                                    Body.EMPTY));
                    RawClient client = stand.connect()) {
                String head = client.send(GET).readHead().text();
                switch (headerCase) {
                    case LOWER -> assertThat(head).contains("content-type: text/plain", "x-odd-name: a");
                    case PROPER_CASE_WORDS -> assertThat(head).contains("Content-Type: text/plain", "X-Odd-Name: a");
                    case PRESERVE -> assertThat(head).contains("Content-Type: text/plain", "x-ODD-name: a");
                }
            }
        }
    }

    @Test
    void answers408WhenAHeadDoesNotComeToItsEnd() throws Exception {
        try (Stand stand = answering(settings -> settings.requestHeadersTimeout(Duration.ofMillis(100)));
                RawClient client = stand.connect()) {
            client.send(GET);
            assertThat(client.readAnswer().status()).isEqualTo(200);
            client.send("GET / HTTP/1.1\r\nHost");
            RawClient.Answer answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(408);
            assertThat(client.read()).isEqualTo(-1);
            assertThat(stand.entry.rejections.take().details()).isEqualTo("request_header_timeout");
        }
    }

    @Test
    void closesAConnectionThatIsIdleButNotOneThatIsAnswered() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        try (Stand stand =
                        Stand.serving(settings -> settings.idleTimeout(Duration.ofMillis(100)), (request, exchange) -> {
                            awaitQuietly(answer);
                            return TestEntry.text(200, "late");
                        });
                RawClient idle = stand.connect();
                RawClient busy = stand.connect()) {
            busy.send(GET);
            stand.entry.requests.take();
            assertThat(idle.read()).isEqualTo(-1);
            answer.countDown();
            assertThat(busy.readAnswer().body()).isEqualTo("late");
            assertThat(busy.read()).isEqualTo(-1);
            assertThat(stand.entry.connections().idleTimeout.value()).isEqualTo(2);
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void closesAConnectionThatHasHadItsShareOfRequests() throws Exception {
        try (Stand stand = answering(settings -> settings.maxRequestsPerConnection(2));
                RawClient client = stand.connect()) {
            assertThat(client.send(GET).readAnswer().head().header("connection"))
                    .isNull();
            assertThat(client.send(GET).readAnswer().head().header("connection"))
                    .isEqualTo("close");
            assertThat(client.read()).isEqualTo(-1);
            assertThat(stand.entry.connections().maxRequestsReached.value()).isEqualTo(1);
        }
    }

    @Test
    void turnsAwayConnectionsAboveTheLimitOfTheListener() throws Exception {
        try (Stand stand = new Stand()) {
            stand.entry = stand.entry(UnaryOperator.identity(), (request, exchange) -> TestEntry.text(200, "ok"));
            var config = stand.config("limited", new Address.Socket("127.0.0.1", 0)).toBuilder()
                    .maxConnections(1)
                    .statPrefix("limited")
                    .build();
            stand.manager.start(List.of(new ListenerManager.Binding(config, stand.entry)));
            try (RawClient first = stand.connect()) {
                assertThat(first.send(GET).readAnswer().status()).isEqualTo(200);
                try (RawClient second = stand.connect()) {
                    assertThat(second.readAll()).isEmpty();
                }
                assertThat(first.send(GET).readAnswer().status()).isEqualTo(200);
                assertThat(stand.stats
                                .listener("limited")
                                .counter("downstream_cx_overflow")
                                .value())
                        .isEqualTo(1);
            }
            Waiting.until(() -> stand.listener().connections() == 0);
            assertThat(status(stand, GET)).isEqualTo(200);
        }
    }

    @Test
    void countsConnectionsOfAllListenersButThoseThatIgnoreTheGlobalLimit() throws Exception {
        try (Stand stand = new Stand(new OverloadConfig(1))) {
            stand.entry = stand.entry(UnaryOperator.identity(), (request, exchange) -> TestEntry.text(200, "ok"));
            var limited = stand.config("limited", new Address.Socket("127.0.0.1", 0));
            var exempt = stand.config("exempt", new Address.Socket("127.0.0.1", 0)).toBuilder()
                    .ignoreGlobalConnectionLimit(true)
                    .build();
            stand.manager.start(List.of(
                    new ListenerManager.Binding(limited, stand.entry),
                    new ListenerManager.Binding(limited, stand.entry),
                    new ListenerManager.Binding(exempt, stand.entry)));
            List<HttpListener> listeners = stand.manager.listeners();
            try (RawClient first =
                            RawClient.connect(listeners.get(0).addresses().getFirst());
                    RawClient other =
                            RawClient.connect(listeners.get(2).addresses().getFirst())) {
                assertThat(first.send(GET).readAnswer().status()).isEqualTo(200);
                assertThat(other.send(GET).readAnswer().status()).isEqualTo(200);
                try (RawClient second =
                        RawClient.connect(listeners.get(1).addresses().getFirst())) {
                    assertThat(second.readAll()).isEmpty();
                }
            }
        }
    }

    @Test
    void drainsByEndingConnectionsWithTheirNextAnswer() throws Exception {
        CountDownLatch answer = new CountDownLatch(1);
        try (Stand stand = Stand.serving((request, exchange) -> {
                    awaitQuietly(answer);
                    return TestEntry.text(200, "done");
                });
                RawClient client = stand.connect()) {
            client.send(GET);
            stand.entry.requests.take();
            assertThat(stand.manager.drain(Duration.ofMillis(1))).isFalse();
            CompletableFuture<Boolean> drained = new CompletableFuture<>();
            Thread.ofVirtual().start(() -> {
                try {
                    drained.complete(stand.manager.drain(Duration.ofSeconds(30)));
                } catch (InterruptedException stop) {
                    Thread.currentThread().interrupt();
                }
            });
            answer.countDown();
            assertThat(client.readAnswer().body()).isEqualTo("done");
            assertThat(drained.get(30, TimeUnit.SECONDS)).isTrue();
            assertThat(stand.listener().requestsInFlight()).isZero();
        }
    }

    @Test
    void breaksOffWhatIsInProgressWhenItIsClosed() throws Exception {
        CompletableFuture<Cancellation.Cause> cancelled = new CompletableFuture<>();
        CountDownLatch waiting = new CountDownLatch(1);
        try (Stand stand = Stand.serving((request, exchange) -> {
                    exchange.cancellation().guard(cancelled::complete);
                    waiting.countDown();
                    return TestEntry.text(503, cancelled.join().name());
                });
                RawClient client = stand.connect()) {
            client.send(GET);
            waiting.await();
            stand.manager.close();
            assertThat(client.readAll()).isEmpty();
            assertThat(cancelled.get(30, TimeUnit.SECONDS)).isEqualTo(Cancellation.Cause.DOWNSTREAM_GONE);
        }
    }

    @Test
    void servesByANewEntryOnTheSameConnection() throws Exception {
        try (Stand stand = answering(UnaryOperator.identity());
                RawClient client = stand.connect()) {
            assertThat(client.send(GET).readAnswer().body()).isEqualTo("ok");
            ListenerManager.Binding changed = new ListenerManager.Binding(
                    stand.listener().config(),
                    stand.entry(UnaryOperator.identity(), (request, exchange) -> TestEntry.text(200, "new")));
            stand.listener().serve(changed.config(), changed.chains());
            assertThat(client.send(GET).readAnswer().body()).isEqualTo("new");
        }
    }

    @Test
    void countsItsConnections() throws Exception {
        try (Stand stand = answering(UnaryOperator.identity())) {
            var stats = stand.entry.connections();
            try (RawClient client = stand.connect()) {
                client.send(GET).readAnswer();
                assertThat(stats.active.value()).isEqualTo(1);
            }
            Waiting.until(() -> stats.active.value() == 0);
            assertThat(stats.total.value()).isEqualTo(1);
            assertThat(stats.destroyRemote.value()).isEqualTo(1);
            assertThat(stats.rxBytesTotal.value()).isEqualTo(GET.length());
            assertThat(stats.txBytesTotal.value()).isPositive();
        }
    }

    @Test
    void notesBytesAndPhasesOfAnExchange() throws Exception {
        try (Stand stand = answering(UnaryOperator.identity());
                RawClient client = stand.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc")
                    .readAnswer();
            Exchange exchange = stand.entry.ended.take();
            assertThat(exchange.bytesReceived()).isEqualTo(3);
            assertThat(exchange.bytesSent()).isEqualTo(2);
            assertThat(exchange.reached(Exchange.Phase.DS_RX_END)).isTrue();
            assertThat(exchange.reached(Exchange.Phase.DS_TX_BEG)).isTrue();
        }
    }
}
