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
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import dev.attache.core.http.Response;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestBodyTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String HELLO = OK + "content-length: 5\r\n\r\nhello";
    private static final long MIB = 1024 * 1024;

    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    /** So many zero bytes, in parts of 64 KiB. */
    private static final class Zeros implements Body.Streaming {
        private final long length;
        private final boolean announced;
        private long left;

        Zeros(long length, boolean announced) {
            this.length = length;
            this.announced = announced;
            this.left = length;
        }

        @Override
        public long length() {
            return announced ? length : -1;
        }

        @Override
        public ByteBuffer read() {
            int size = (int) Math.min(left, 64 * 1024);
            left -= size;
            return size == 0 ? null : ByteBuffer.allocate(size);
        }

        @Override
        public HttpFields trailers() {
            return HttpFields.EMPTY;
        }

        @Override
        public void close() {
            left = 0;
        }
    }

    @Test
    void sendsABodyOfUnknownLengthInChunksWithItsTrailers() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        received.add(head);
                        received.add(new String(peer.readChunks(), StandardCharsets.ISO_8859_1));
                        received.add(peer.readLine() + "|" + peer.readLine());
                        peer.send(HELLO);
                    }
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            for (int i = 0; i < 3; i++) {
                ScriptedBody body = new ScriptedBody(-1)
                        .add("hello ")
                        .add("")
                        .add("world")
                        .end(HttpFields.build()
                                .add("x-sum", "7")
                                .add("content-length", "1")
                                .asImmutable());
                Exchange exchange = Exchange.begin();
                assertThat(text(answered(http.send(request("POST", body), exchange))))
                        .isEqualTo("hello");
                assertThat(received.remove())
                        .contains("transfer-encoding: chunked\r\n")
                        .doesNotContain("length");
                assertThat(received.remove()).isEqualTo("hello world");
                assertThat(received.remove()).isEqualTo("x-sum: 7|");
                assertThat(exchange.reached(Phase.US_TX_END)).isTrue();
                assertThat(body.closed()).isFalse();
            }
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void sendsNoTrailersWhereTheyAreOff() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.readChunks();
                    received.add(peer.readLine());
                    peer.send(HELLO);
                });
                Http1Fixture http = Http1Fixture.to(upstream, settings -> settings.enableTrailers(false))) {
            ScriptedBody body = new ScriptedBody(-1)
                    .add("x")
                    .end(HttpFields.build().add("x-sum", "7").asImmutable());
            text(http.answered(request("POST", body)));
            assertThat(received.remove()).isEmpty();
        }
    }

    @Test
    void sendsABodyOfKnownLengthAsItComes() throws IOException {
        BlockingQueue<String> parts = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        parts.add(new String(peer.readBody(3), StandardCharsets.ISO_8859_1));
                        parts.add(new String(peer.readBody(3), StandardCharsets.ISO_8859_1));
                        peer.send(HELLO);
                    }
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            for (int i = 0; i < 3; i++) {
                ScriptedBody body = new ScriptedBody(6).add("abc");
                CompletableFuture<Response> response = async(() -> http.answered(request("PUT", body)));
                // The first part is there before the second one exists.
                assertThat(RawUpstream.next(parts)).isEqualTo("abc");
                body.add("def").end();
                assertThat(text(await(response))).isEqualTo("hello");
                assertThat(RawUpstream.next(parts)).isEqualTo("def");
            }
            assertThat(upstream.connections()).isEqualTo(1);
            http.assertNothingLeaks();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void echoesALargeBodyBothWaysAtOnce(boolean announced) throws IOException {
        long size = 64 * MIB;
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        peer.send(OK + "transfer-encoding: chunked\r\n\r\n");
                        if (announced) {
                            byte[] part = new byte[128 * 1024];
                            for (long left = size; left > 0; ) {
                                int n = peer.in().read(part, 0, (int) Math.min(left, part.length));
                                left -= n;
                                peer.send(Integer.toHexString(n) + "\r\n");
                                peer.out().write(part, 0, n);
                                peer.send("\r\n");
                            }
                        } else {
                            for (int n = Integer.parseInt(peer.readLine(), 16);
                                    n > 0;
                                    n = Integer.parseInt(peer.readLine(), 16)) {
                                byte[] part = peer.readBody(n);
                                peer.readLine();
                                peer.send(Integer.toHexString(n) + "\r\n");
                                peer.out().write(part);
                                peer.send("\r\n");
                            }
                            peer.readLine();
                        }
                        peer.send("0\r\n\r\n");
                    }
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            for (int i = 0; i < 2; i++) {
                Response response = http.answered(request("POST", new Zeros(size, announced)));
                long echoed = 0;
                for (ByteBuffer part = response.body().read();
                        part != null;
                        part = response.body().read()) {
                    assertThat(part.remaining()).isLessThanOrEqualTo(32 * 1024);
                    echoed += part.remaining();
                }
                response.close();
                assertThat(echoed).isEqualTo(size);
            }
            assertThat(upstream.connections()).isEqualTo(1);
            http.assertNothingLeaks();
        }
    }

    @Test
    void stopsReadingTheBodyWhileTheUpstreamDoesNotTakeIt() throws IOException {
        AtomicLong produced = new AtomicLong();
        CountDownLatch goOn = new CountDownLatch(1);
        Zeros zeros = new Zeros(64 * MIB, true);
        Body.Streaming counted = new Body.Streaming() {
            @Override
            public long length() {
                return zeros.length();
            }

            @Override
            public ByteBuffer read() {
                ByteBuffer part = zeros.read();
                produced.addAndGet(part == null ? 0 : part.remaining());
                return part;
            }

            @Override
            public HttpFields trailers() {
                return HttpFields.EMPTY;
            }

            @Override
            public void close() {}
        };
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send("HTTP/1.1 103 Early Hints\r\n\r\n");
                    goOn.await();
                    peer.in().skipNBytes(64 * MIB);
                    peer.send(HELLO);
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Exchange exchange = Exchange.begin();
            CompletableFuture<Outcome> outcome = async(() -> http.send(request("POST", counted), exchange));
            // Sockets hold some of it; then nothing moves any more.
            eventually("the pump waits", () -> {
                long before = produced.get();
                for (int i = 0; i < 2000; i++) {
                    Thread.yield();
                }
                return before > 0 && before == produced.get();
            });
            assertThat(produced.get()).isLessThan(32 * MIB);
            goOn.countDown();
            assertThat(text(answered(await(outcome)))).isEqualTo("hello");
            assertThat(produced.get()).isEqualTo(64 * MIB);
        }
    }

    @Test
    void deliversAnAnswerThatComesBeforeTheEndOfTheUpload() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.readBody(64 * 1024);
                    peer.send("HTTP/1.1 413 Content Too Large\r\ncontent-length: 3\r\n\r\nbig");
                    peer.awaitEnd();
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            ScriptedBody body = new ScriptedBody(10 * MIB).add("x".repeat(64 * 1024));
            Response response = http.answered(request("POST", body));
            assertThat(response.status()).isEqualTo(413);
            assertThat(text(response)).isEqualTo("big");
            assertThat(body.closed()).isTrue();
            assertThat(body.reader().isAlive()).isFalse();
            http.assertNothingLeaks();
        }
    }

    @Test
    void deliversAnAnswerThatComesWhileTheUpstreamTakesNothing() throws IOException {
        CountDownLatch answeredAlready = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send("HTTP/1.1 413 Content Too Large\r\ncontent-length: 3\r\n\r\nbig");
                    answeredAlready.await();
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Response response = http.answered(request("POST", new Zeros(64 * MIB, false)));
            assertThat(response.status()).isEqualTo(413);
            assertThat(text(response)).isEqualTo("big");
            answeredAlready.countDown();
            http.assertNothingLeaks();
        }
    }

    @Test
    void deliversAnAnswerToASmallBodyThatTheUpstreamDidNotRead() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.send("HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
                    peer.shutdownOutput();
                    peer.awaitEnd();
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            try (Response response = http.answered(post("x".repeat(60_000)))) {
                assertThat(response.status()).isEqualTo(400);
            }
        }
    }

    @Test
    void abortsTheRequestWhenItsBodyBreaksAndBlamesTheClient() {
        BlockingQueue<Integer> ends = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.readLine();
                    ends.add(peer.readBody(3).length);
                    peer.readLine();
                    ends.add(peer.in().read());
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            ScriptedBody body = new ScriptedBody(-1).add("abc").breaks(new IOException("bad chunk"));
            assertThat(http.send(request("POST", body)))
                    .isEqualTo(new Outcome.Failed(Failure.DOWNSTREAM_PROTOCOL_ERROR, "bad chunk"));
            assertThat(RawUpstream.next(ends)).isEqualTo(3);
            assertThat(RawUpstream.next(ends)).as("no last chunk").isEqualTo(-1);
            http.assertNothingLeaks();
        }
    }

    @Test
    void saysWhoGaveUpWhenTheBodyBreaksOffForThat() {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.Peer::awaitEnd);
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Exchange exchange = Exchange.begin();
            exchange.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
            assertThat(failed(http.send(request("POST", new ScriptedBody(-1)), exchange)))
                    .isEqualTo(Failure.DOWNSTREAM_GONE);
            Exchange second = Exchange.begin();
            ScriptedBody body = new ScriptedBody(-1).add("abc");
            CompletableFuture<Outcome> outcome = async(() -> http.send(request("POST", body), second));
            eventually("the body is read", () -> body.reader() != null);
            second.cancellation().cancel(Cancellation.Cause.REQUEST_TIMEOUT);
            assertThat(failed(await(outcome))).isEqualTo(Failure.REQUEST_TIMEOUT);
            assertThat(body.closed()).isTrue();
            http.assertNothingLeaks();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 6})
    void refusesABodyThatIsNotAsLongAsAnnounced(int length) {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.Peer::awaitEnd);
                Http1Fixture http = Http1Fixture.to(upstream)) {
            ScriptedBody body = new ScriptedBody(length).add("abcde").end();
            assertThat(failed(http.send(request("POST", body)))).isEqualTo(Failure.DOWNSTREAM_PROTOCOL_ERROR);
            http.assertNothingLeaks();
        }
    }

    @Test
    void breaksTheResponseWhenTheBodyBreaksLater() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send(OK + "content-length: 50\r\n\r\nhello");
                    peer.awaitEnd();
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            ScriptedBody body = new ScriptedBody(-1);
            try (Response response = http.answered(request("POST", body))) {
                assertThat(response.body().read().remaining()).isEqualTo(5);
                body.breaks(new IOException("bad chunk"));
                assertThatThrownBy(() -> response.body().read()).hasMessage("bad chunk");
            }
            http.assertNothingLeaks();
        }
    }

    @Test
    void stopsThePumpWhenTheResponseIsGivenUp() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send(OK + "content-length: 50\r\n\r\nhello");
                    peer.awaitEnd();
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            ScriptedBody body = new ScriptedBody(-1);
            http.answered(request("POST", body)).close();
            assertThat(body.closed()).isTrue();
            assertThat(body.reader() == null || !body.reader().isAlive()).isTrue();
            http.assertNothingLeaks();
        }
    }

    @Test
    void pumpsTheResponseOfAnotherExchangeAndGivesItUpFromAnotherThread() throws IOException {
        try (RawUpstream source = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send(OK + "content-length: 50\r\n\r\nhello");
                    peer.awaitEnd();
                });
                RawUpstream target = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.readBody(5);
                    peer.send("HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n");
                    peer.awaitEnd();
                });
                Http1Fixture from = Http1Fixture.to(source);
                Http1Fixture to = Http1Fixture.to(target)) {
            Response download = from.answered(request("GET", Body.EMPTY));
            // The pump waits for the rest of the download when the answer to the upload ends it.
            try (Response answer = to.answered(request("POST", download.body()))) {
                assertThat(answer.status()).isEqualTo(403);
            }
            assertThatThrownBy(() -> download.body().read()).isInstanceOf(IOException.class);
            to.assertNothingLeaks();
            from.assertNothingLeaks();
        }
    }
}
