package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.CodecType;
import dev.attache.core.config.UnderscoresInHeaders;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Headers;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Response;
import dev.attache.core.http2.ErrorCode;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.JettyFields;
import dev.attache.core.http2.StreamResetException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class Http2ListenerTest {

    private static final HttpFields X_A = HttpFields.build().add("x_a", "b").asImmutable();

    private static final HttpService ECHO = (request, exchange) ->
            new Response(200, HttpFields.build().add("X-Method", request.method()), request.body());

    @Test
    void answersRequestsOfAClientThatKnowsBeforehandThatItMaySpeakHttp2() throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(200, request.target()));
                Http2Client client = new Http2Client(stand.address())) {
            assertThat(client.get("/one?x=%2F").body()).isEqualTo("/one?x=%2F");
            assertThat(client.get("/two").body()).isEqualTo("/two");

            assertThat(stand.entry.exchanges.take().downstream().protocol()).isEqualTo("HTTP/2");
            assertThat(stand.entry.requests.take().authority()).isEqualTo("service.test");
            assertThat(Http2Client.stats(stand)).contains("http.test.downstream_cx_http2_total: 1");
        }
    }

    @Test
    void speaksHttp1OnTheSamePort() throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(200, "one"));
                RawClient http1 = stand.connect()) {
            http1.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(http1.readHead().status()).isEqualTo(200);
        }
    }

    @Test
    void carriesABodyOfUnknownLengthAndTrailersBothWays() throws Exception {
        try (Stand stand = Stand.serving(ECHO);
                Http2Client client = new Http2Client(stand.address())) {
            Http2Stream stream = client.open("POST", "/", HttpFields.EMPTY, false);
            stream.send(Http2Client.bytes("some "), false);
            stream.send(Http2Client.bytes("body"), false);
            stream.send(JettyFields.of(HttpFields.build().add("x-checksum", "42")));

            Http2Client.Answer answer = Http2Client.answer(stream);

            assertThat(answer.body()).isEqualTo("some body");
            assertThat(answer.trailers().get("x-checksum")).isEqualTo("42");
            assertThat(answer.headers().get("x-method")).isEqualTo("POST");
        }
    }

    @Test
    void carriesTheAnswerWhileTheRequestStillComes() throws Exception {
        try (Stand stand = Stand.serving(ECHO);
                Http2Client client = new Http2Client(stand.address())) {
            Http2Stream stream = client.open("POST", "/", HttpFields.EMPTY, false);
            assertThat(stream.nextHead().status()).isEqualTo(200);
            for (int i = 0; i < 5; i++) {
                stream.send(Http2Client.bytes("ping" + i), false);
                assertThat(text(stream.read())).isEqualTo("ping" + i);
            }
            stream.send(ByteBuffer.allocate(0), true);

            assertThat(stream.read()).isNull();
        }
    }

    @Test
    void carriesMoreThanAllWindowsBothWaysAtOnce() throws Exception {
        int size = 5_000_000;
        try (Stand stand = Stand.serving(ECHO);
                Http2Client client = new Http2Client(stand.address())) {
            Http2Stream stream = client.open("POST", "/", HttpFields.EMPTY, false);
            Thread writer = Thread.ofVirtual().start(() -> {
                try {
                    for (int sent = 0; sent < size; sent += 10_000) {
                        stream.send(ByteBuffer.allocate(10_000), sent + 10_000 == size);
                    }
                } catch (IOException broken) {
                    throw new AssertionError(broken);
                }
            });

            assertThat(Http2Client.answer(stream).bytes()).hasSize(size);
            writer.join();
        }
    }

    @Test
    void aClientThatReadsNothingIsCutThoughItsWindowIsOpen() throws Exception {
        try (Stand stand = Stand.serving(
                        settings -> settings.streamIdleTimeout(Duration.ofMillis(300)),
                        (request, exchange) -> new Response(200, HttpFields.build(), Body.of(new byte[16 << 20])));
                RawHttp2Client client = new RawHttp2Client((InetSocketAddress) stand.address())) {
            client.get(1, "/");
            stand.entry.requests.take();

            Waiting.until(() -> stand.listener().connections() == 0);
            Waiting.until(() -> stand.listener().requestsInFlight() == 0);
        }
    }

    @Test
    void theEndOfAnAnswerIsNotLostOnAConnectionThatCloses() throws Exception {
        int size = 16 << 20;
        try (Stand stand = Stand.serving(
                        (request, exchange) -> new Response(200, HttpFields.build(), Body.of(new byte[size])));
                RawHttp2Client client = new RawHttp2Client((InetSocketAddress) stand.address())) {
            client.get(1, "/");
            client.goAway();
            int received = 0;
            RawHttp2Client.Frame frame;
            do {
                frame = client.read();
                if (frame.type() == RawHttp2Client.DATA) {
                    received += frame.payload().length;
                }
            } while (!frame.is(RawHttp2Client.DATA, RawHttp2Client.END_STREAM));

            assertThat(received).isEqualTo(size);
        }
    }

    @Test
    void aConnectionThatHasHadItsRequestsCountsOnce() throws Exception {
        try (Stand stand = Stand.serving(
                        settings -> settings.maxRequestsPerConnection(1),
                        (request, exchange) -> TestEntry.text(200, "ok"));
                RawHttp2Client client = new RawHttp2Client((InetSocketAddress) stand.address())) {
            for (int stream = 1; stream <= 5; stream += 2) {
                client.get(stream, "/");
            }
            for (int i = 0; i < 3; i++) {
                stand.entry.requests.take();
            }

            assertThat(Http2Client.stats(stand)).contains("http.test.downstream_cx_max_requests_reached: 1\n");
        }
    }

    @Test
    void streamsDoNotQueueBehindOneThatWaits() throws Exception {
        CountDownLatch goOn = new CountDownLatch(1);
        HttpService service = (request, exchange) -> {
            if (request.target().equals("/slow")) {
                await(goOn);
            }
            return TestEntry.text(200, request.target());
        };
        try (Stand stand = Stand.serving(service);
                Http2Client client = new Http2Client(stand.address())) {
            Http2Stream slow = client.open("GET", "/slow", HttpFields.EMPTY, true);
            for (int i = 0; i < 20; i++) {
                assertThat(client.get("/quick").status()).isEqualTo(200);
            }
            goOn.countDown();

            assertThat(Http2Client.answer(slow).body()).isEqualTo("/slow");
        }
    }

    @Test
    void aStreamThatTheClientResetsIsGivenUp() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch givenUp = new CountDownLatch(1);
        HttpService service = (request, exchange) -> {
            exchange.cancellation().guard(cause -> givenUp.countDown());
            begun.countDown();
            await(givenUp);
            return TestEntry.text(200, "");
        };
        try (Stand stand = Stand.serving(service);
                Http2Client client = new Http2Client(stand.address())) {
            Http2Stream stream = client.open("GET", "/", HttpFields.EMPTY, true);
            begun.await();

            stream.reset(ErrorCode.CANCEL);

            Exchange ended = stand.entry.ended.take();
            assertThat(ended.cancellation().cause()).isEqualTo(Cancellation.Cause.DOWNSTREAM_GONE);
        }
    }

    @Test
    void aBodyThatBreaksOffIsSeenToBeBroken() throws Exception {
        HttpService service = (request, exchange) -> new Response(200, HttpFields.build(), new BrokenBody("begun"));
        try (Stand stand = Stand.serving(service);
                Http2Client client = new Http2Client(stand.address())) {
            Http2Stream stream = client.open("GET", "/", HttpFields.EMPTY, true);

            assertThatThrownBy(() -> Http2Client.answer(stream))
                    .isInstanceOfSatisfying(
                            StreamResetException.class,
                            reset -> assertThat(reset.code()).isEqualTo(ErrorCode.INTERNAL_ERROR.code()));
        }
    }

    @Test
    void anAnswerToHeadHasNoBody() throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(200, "text"));
                Http2Client client = new Http2Client(stand.address())) {
            Http2Client.Answer answer = Http2Client.answer(client.open("HEAD", "/", HttpFields.EMPTY, true));

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.bytes()).isEmpty();
        }
    }

    @Test
    void tellsTheClientToGoOnWhenTheBodyIsWanted() throws Exception {
        try (Stand stand = Stand.serving(ECHO);
                Http2Client client = new Http2Client(stand.address())) {
            Http2Stream stream = client.open("POST", "/", HttpFields.build().add("expect", "100-continue"), false);
            assertThat(stream.nextHead().status()).isIn(100, 200);
            stream.send(Http2Client.bytes("body"), true);

            assertThat(stand.entry.requests.take().headers().contains("expect")).isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET /x HTTP/1.1, /, 400",
        "TRACE, /, 405",
        "GET, /a b, 400",
    })
    void refusesWhatWouldBeSomethingElseInHttp1(String method, String path, int status) throws Exception {
        try (Stand stand = Stand.serving(ECHO);
                Http2Client client = new Http2Client(stand.address())) {
            Http2Client.Answer answer = Http2Client.answer(client.open(method, path, HttpFields.EMPTY, true));

            assertThat(answer.status()).isEqualTo(status);
            assertThat(stand.entry.requests).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "content-length, 5",
        "content-length, 99999999999999999999",
        "connection, close",
        "te, gzip",
        "x y, 1",
        ":status, 200",
    })
    void resetsAStreamWhoseRequestIsMalformedAndAnswersNothing(String name, String value) throws Exception {
        try (Stand stand = Stand.serving(ECHO);
                Http2Client client = new Http2Client(stand.address())) {
            Headers head = Http2Client.head("GET", "/", HttpFields.EMPTY).add(name, value);
            Http2Stream stream = client.open(head, true);

            assertThatThrownBy(() -> Http2Client.answer(stream))
                    .isInstanceOfSatisfying(
                            StreamResetException.class,
                            reset -> assertThat(reset.code()).isEqualTo(ErrorCode.PROTOCOL_ERROR.code()));
            assertThat(stand.entry.unanswered.take().details()).isEmpty();
            assertThat(client.get("/other").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @CsvSource({"transfer_encoding, chunked", "content_length, 5", "host, other.test"})
    void refusesFieldsThatChangeWhatARequestIs(String name, String value) throws Exception {
        try (Stand stand = Stand.serving(ECHO);
                Http2Client client = new Http2Client(stand.address())) {
            Http2Client.Answer answer = Http2Client.answer(
                    client.open("GET", "/", HttpFields.build().add(name, value), true));

            assertThat(answer.status()).isEqualTo(400);
        }
    }

    @ParameterizedTest
    @CsvSource({"ALLOW, b, d, 0", "DROP_HEADER, , , 2"})
    void dropsAndCountsNamesWithUnderscoresAsConfigured(
            UnderscoresInHeaders action, String header, String trailer, long dropped) throws Exception {
        try (Stand stand = Stand.serving(settings -> settings.underscores(action), ECHO);
                Http2Client client = new Http2Client(stand.address())) {
            Http2Stream stream = client.open("POST", "/", X_A, false);
            stream.send(JettyFields.of(HttpFields.build().add("x_c", "d")));

            Http2Client.Answer answer = Http2Client.answer(stream);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(stand.entry.requests.take().headers().get("x_a")).isEqualTo(header);
            assertThat(answer.trailers().get("x_c")).isEqualTo(trailer);
            assertThat(LimitsTest.underscores(stand, "http2")).containsExactly(dropped, 0L);
            assertThat(LimitsTest.underscores(stand, "http1")).containsExactly(0L, 0L);
        }
    }

    @Test
    void rejectsAndCountsNamesWithUnderscoresAsConfigured() throws Exception {
        try (Stand stand = Stand.serving(settings -> settings.underscores(UnderscoresInHeaders.REJECT_REQUEST), ECHO);
                Http2Client client = new Http2Client(stand.address())) {
            Http2Client.Answer answer = Http2Client.answer(client.open("GET", "/", X_A, true));

            assertThat(answer.status()).isEqualTo(400);
            assertThat(LimitsTest.underscores(stand, "http2")).containsExactly(0L, 1L);
        }
    }

    @Test
    void aDrainingListenerLetsStreamsEndAndTakesNoMore() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        HttpService service = (request, exchange) -> {
            begun.countDown();
            await(goOn);
            return TestEntry.text(200, "whole");
        };
        try (Stand stand = Stand.serving(service);
                Http2Client client = new Http2Client(stand.address())) {
            Http2Stream stream = client.open("GET", "/", HttpFields.EMPTY, true);
            begun.await();

            stand.manager.stopAccepting();

            assertThat(client.goAway.get(30, TimeUnit.SECONDS)).isZero();
            goOn.countDown();
            assertThat(Http2Client.answer(stream).body()).isEqualTo("whole");
            assertThat(stand.manager.drain(Duration.ofSeconds(30))).isTrue();
            client.closed.await();
        }
    }

    @Test
    void anIdleConnectionIsClosedInOrder() throws Exception {
        try (Stand stand = Stand.serving(
                        settings -> settings.idleTimeout(Duration.ofMillis(50)),
                        (request, exchange) -> TestEntry.text(200, ""));
                Http2Client client = new Http2Client(stand.address())) {
            client.closed.await();

            assertThat(Http2Client.stats(stand)).contains("http.test.downstream_cx_idle_timeout: 1");
            Waiting.until(() -> stand.listener().connections() == 0);
        }
    }

    @Test
    void isNotSpokenWhereOnlyHttp1Is() throws Exception {
        try (Stand stand = Stand.serving(settings -> settings.codec(CodecType.HTTP1), ECHO);
                RawClient client = stand.connect()) {
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

            assertThat(client.readHead().status()).isEqualTo(400);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    private static String text(@Nullable ByteBuffer part) {
        byte[] bytes = new byte[part.remaining()];
        part.get(bytes);
        return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
    }

    /** Gives a text, and then breaks off. */
    static final class BrokenBody implements Body.Streaming {
        private @Nullable String text;

        BrokenBody(String text) {
            this.text = text;
        }

        @Override
        public long length() {
            return -1;
        }

        @Override
        public @Nullable ByteBuffer read() throws IOException {
            if (text == null) {
                throw new IOException("broken");
            }
            ByteBuffer part = Http2Client.bytes(text);
            text = null;
            return part;
        }

        @Override
        public HttpFields trailers() {
            return HttpFields.EMPTY;
        }

        @Override
        public void close() {}
    }
}
