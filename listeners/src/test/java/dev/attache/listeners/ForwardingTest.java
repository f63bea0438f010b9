package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Response;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies in both directions, between a raw client and a raw upstream or a scripted body. */
@Timeout(120)
class ForwardingTest {

    private static final int MIB = 1024 * 1024;
    private static final String POST = "POST / HTTP/1.1\r\nHost: h\r\n";

    private static Stand to(RawUpstream upstream) throws IOException {
        Stand stand = new Stand();
        Forwarder forwarder = new Forwarder(upstream.address(), stand.stats, stand.deadlines);
        stand.entry = stand.entry(UnaryOperator.identity(), forwarder);
        stand.listen();
        return stand;
    }

    /** Answers each request's body with itself, as it comes. */
    private static void echo(RawUpstream.Peer peer) throws IOException {
        while (peer.readHead() != null) {
            peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            for (String size = peer.readLine(); ; size = peer.readLine()) {
                int length = Integer.parseInt(size, 16);
                peer.send(size + "\r\n");
                peer.out().write(peer.readBody(length));
                peer.out().write(peer.readBody(2));
                peer.out().flush();
                if (length == 0) {
                    break;
                }
            }
        }
    }

    @Test
    void echoesManyMebibytesInBothDirectionsAtOnce() throws Exception {
        int chunks = 64 * 16;
        byte[] chunk = new byte[64 * 1024];
        for (int i = 0; i < chunk.length; i++) {
            chunk[i] = (byte) ('a' + i % 26);
        }
        try (RawUpstream upstream = RawUpstream.start(ForwardingTest::echo);
                Stand stand = to(upstream);
                RawClient client = stand.connect()) {
            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n");
            Thread sender = Thread.ofVirtual().start(() -> {
                try {
                    for (int i = 0; i < chunks; i++) {
                        client.send("10000\r\n").send(chunk).send("\r\n");
                    }
                    client.send("0\r\n\r\n");
                } catch (IOException failed) {
                    throw new AssertionError(failed);
                }
            });
            assertThat(client.readHead().status()).isEqualTo(200);
            long received = 0;
            for (int size = chunkSize(client); size > 0; size = chunkSize(client)) {
                byte[] part = client.readBytes(size);
                assertThat(part[0]).isEqualTo(chunk[(int) (received % chunk.length)]);
                received += size;
                client.readLine();
            }
            client.readLine();
            sender.join();
            assertThat(received).isEqualTo(64L * MIB);
        }
    }

    private static int chunkSize(RawClient client) throws IOException {
        return Integer.parseInt(client.readLine(), 16);
    }

    @Test
    void deliversARefusalThatComesBeforeTheEndOfTheUpload() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.readBody(64 * 1024);
                    peer.send("HTTP/1.1 413 Content Too Large\r\ncontent-length: 3\r\n\r\nbig");
                });
                Stand stand = to(upstream);
                RawClient client = stand.connect()) {
            client.send(POST + "Content-Length: " + 64 * MIB + "\r\n\r\n");
            Thread sender = Thread.ofVirtual().start(() -> {
                byte[] part = new byte[64 * 1024];
                try {
                    for (int i = 0; i < 64 * 16; i++) {
                        client.send(part);
                    }
                } catch (IOException closed) {
                    // As it should be.
                }
            });
            RawClient.Answer answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.body()).isEqualTo("big");
            sender.join();
        }
    }

    @Test
    void carriesTrailersButThoseThatFrameOrRoute() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(ForwardingTest::echoTrailers);
                Stand stand = to(upstream);
                RawClient client = stand.connect()) {
            client.send(POST + "Transfer-Encoding: chunked\r\nTrailer: x-t\r\n\r\n"
                    + "2\r\nhi\r\n0\r\nX-T: 1\r\nHost: evil\r\nContent-Length: 9\r\nAuthorization: x\r\n\r\n");
            assertThat(client.readAnswer().body()).isEqualTo("2\r\nhi\r\n0\r\nx-t: 1\r\n\r\n\nx-up: 2");
        }
    }

    /** Answers with all of the request's body, its framing included, and trailers. */
    private static void echoTrailers(RawUpstream.Peer peer) throws IOException {
        while (peer.readHead() != null) {
            StringBuilder framed = new StringBuilder();
            String line = peer.readLine();
            framed.append(line).append("\r\n");
            while (!line.isEmpty()) {
                line = peer.readLine();
                framed.append(line).append("\r\n");
            }
            peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-up\r\n\r\n"
                    + Integer.toHexString(framed.length()) + "\r\n" + framed
                    + "\r\n0\r\nx-up: 2\r\ncontent-length: 1\r\nset-cookie: a\r\n\r\n");
        }
    }

    @Test
    void showsThatAResponseIsCut() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
            String head = peer.readHead();
            peer.send(
                    head.startsWith("GET /chunked")
                            ? "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel"
                            : "HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nhel");
        })) {
            try (Stand stand = to(upstream);
                    RawClient chunked = stand.connect();
                    RawClient length = stand.connect()) {
                chunked.send("GET /chunked HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(chunked.readAll())
                        .contains("HTTP/1.1 200 OK")
                        .endsWith("hel\r\n")
                        .doesNotContain("\r\n0\r\n");
                length.send("GET /length HTTP/1.1\r\nHost: h\r\n\r\n");
                assertThat(length.readAll()).contains("content-length: 50").endsWith("hel");
            }
        }
    }

    @Test
    void resetsAnHttp10ClientWhoseResponseIsCut() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n");
                });
                Stand stand = new Stand()) {
            Forwarder forwarder = new Forwarder(upstream.address(), stand.stats, stand.deadlines);
            stand.entry = stand.entry(settings -> settings.acceptHttp10(true), forwarder);
            stand.listen();
            try (RawClient client = stand.connect()) {
                client.send("GET / HTTP/1.0\r\nHost: h\r\n\r\n");
                assertThat(client.readHead().status()).isEqualTo(200);
                boolean reset = false;
                try {
                    while (client.read() >= 0) {}
                } catch (IOException connectionReset) {
                    reset = true;
                }
                assertThat(reset).as("ended by a reset").isTrue();
            }
        }
    }

    @Test
    void answersExpectAtOnceAndDoesNotPassItOn() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    String head = peer.readHead();
                    byte[] body = peer.readBody(5);
                    peer.send("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-expect: "
                            + head.toLowerCase(java.util.Locale.ROOT).contains("expect") + "\r\n\r\n");
                    peer.out().write(body);
                    peer.out().flush();
                });
                Stand stand = to(upstream);
                RawClient client = stand.connect()) {
            client.send(POST + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(100);
            RawClient.Answer answer = client.send("hello").readAnswer();
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("hello");
            assertThat(answer.head().header("x-expect")).isEqualTo("false");
        }
    }

    @Test
    void sendsNoContinueWhereTheAnswerIsCertain() throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(404, "no"));
                RawClient client = stand.connect()) {
            client.send(POST + "Expect: 100-continue\r\nContent-Length: 5\r\n\r\n");
            RawClient.Answer answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.head().header("connection")).isEqualTo("close");
        }
    }

    @Test
    void forwardsEarlyHints() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send("HTTP/1.1 103 Early Hints\r\nlink: </a>\r\nconnection: x\r\n\r\n"
                            + "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                });
                Stand stand = to(upstream);
                RawClient client = stand.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            RawClient.Head hints = client.readHead();
            assertThat(hints.status()).isEqualTo(103);
            assertThat(hints.header("link")).isEqualTo("</a>");
            assertThat(hints.header("connection")).isNull();
            assertThat(client.readAnswer().status()).isEqualTo(200);
        }
    }

    @Test
    void keepsTheConnectionWhenASmallRestOfTheRequestIsUnread() throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(404, "no"));
                RawClient client = stand.connect()) {
            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
            assertThat(client.readAnswer().status()).isEqualTo(404);
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readAnswer().status()).isEqualTo(404);
        }
    }

    @Test
    void closesBehindAnAnswerToAnUnfinishedRequest() throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(404, "no"));
                RawClient client = stand.connect()) {
            client.send(POST + "Content-Length: 500000\r\n\r\nhello");
            RawClient.Answer answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.head().header("connection")).isEqualTo("close");
            assertThat(client.read()).isEqualTo(-1);
        }
    }

    @Test
    void writesAHeadBeforeTheBodyHasBegunAndPartsAsTheyCome() throws Exception {
        CountDownLatch second = new CountDownLatch(1);
        try (Stand stand = Stand.serving((request, exchange) ->
                        new Response(200, HttpFields.build(), new ScriptedBody(part -> switch (part) {
                            case 0 -> "data: 1\n\n";
                            case 1 -> {
                                second.await();
                                yield "data: 2\n\n";
                            }
                            default -> null;
                        })));
                RawClient client = stand.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead().header("transfer-encoding")).isEqualTo("chunked");
            assertThat(chunkSize(client)).isEqualTo(9);
            client.readBytes(9); // Its line end comes with the next one.
            second.countDown();
            client.readLine();
            assertThat(chunkSize(client)).isEqualTo(9);
        }
    }

    @Test
    void readsNoMoreThanTheClientTakes() throws Exception {
        AtomicLong produced = new AtomicLong();
        String part = "x".repeat(64 * 1024);
        int parts = 2048; // 128 MiB: more than socket buffers hold
        CompletableFuture<Exchange> stalled = new CompletableFuture<>();
        try (Stand stand = Stand.serving((request, exchange) -> {
                    stalled.complete(exchange);
                    return new Response(200, HttpFields.build(), new ScriptedBody(n -> {
                        produced.incrementAndGet();
                        return n < parts ? part : null;
                    }));
                });
                RawClient client = stand.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(200);
            stalled.get(20, TimeUnit.SECONDS);
            Waiting.untilSteady(produced::get);
            assertThat(produced.get()).isLessThan(parts / 2);
            long received = 0;
            for (int size = chunkSize(client); size > 0; size = chunkSize(client)) {
                client.readBytes(size + 2);
                received += size;
            }
            assertThat(received).isEqualTo((long) parts * part.length());
        }
    }

    @Test
    void cancelsTheExchangeWhenTheClientIsGone() throws Exception {
        CompletableFuture<Exchange> begun = new CompletableFuture<>();
        try (Stand stand = Stand.serving((request, exchange) -> {
                    begun.complete(exchange);
                    return new Response(200, HttpFields.build(), new ScriptedBody(n -> "x".repeat(64 * 1024)));
                });
                RawClient client = stand.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
            client.readHead();
            client.reset();
            Exchange ended = stand.entry.ended.poll(30, TimeUnit.SECONDS);
            assertThat(ended).isNotNull();
            assertThat(ended.cancellation().cause()).isEqualTo(Cancellation.Cause.DOWNSTREAM_GONE);
            Waiting.until(() -> stand.listener().connections() == 0);
        }
    }

    @Test
    void knowsAClientThatLeavesInTheMiddleOfItsUpload() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    begun.countDown();
                    peer.awaitEnd();
                });
                Stand stand = to(upstream);
                RawClient client = stand.connect()) {
            client.send(POST + "Content-Length: 100\r\n\r\nhello");
            begun.await();
            client.reset();
            Exchange ended = stand.entry.ended.poll(30, TimeUnit.SECONDS);
            assertThat(ended).isNotNull();
            assertThat(ended.cancellation().cause()).isEqualTo(Cancellation.Cause.DOWNSTREAM_GONE);
        }
    }

    @Test
    void failsTheReadOfABodyThatTheClientBreaksOff() throws Exception {
        CompletableFuture<IOException> failure = new CompletableFuture<>();
        CountDownLatch begun = new CountDownLatch(1);
        try (Stand stand = Stand.serving((request, exchange) -> {
                    begun.countDown();
                    try {
                        while (request.body().read() != null) {}
                    } catch (IOException broken) {
                        failure.complete(broken);
                    }
                    return TestEntry.text(400, "bad request");
                });
                RawClient client = stand.connect()) {
            client.send(POST + "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n");
            begun.await();
            client.send("XX\r\n");
            RawClient.Answer answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.head().header("connection")).isEqualTo("close");
            assertThat(failure.get(20, TimeUnit.SECONDS)).hasMessageContaining("request body");
        }
    }

    @Test
    void givesUpARequestThatDoesNotComeToItsEndInTime() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.Peer::awaitEnd);
                Stand stand = new Stand()) {
            Forwarder forwarder = new Forwarder(upstream.address(), stand.stats, stand.deadlines);
            stand.entry = stand.entry(settings -> settings.requestTimeout(Duration.ofMillis(100)), forwarder);
            stand.listen();
            try (RawClient client = stand.connect()) {
                client.send(POST + "Content-Length: 100\r\n\r\nhello");
                RawClient.Answer answer = client.readAnswer();
                assertThat(answer.status()).isEqualTo(408);
                assertThat(answer.head().header("connection")).isEqualTo("close");
                assertThat(client.read()).isEqualTo(-1);
            }
        }
    }

    @Test
    void wakesAReaderOfTheBodyWhenTheExchangeIsCancelled() throws Exception {
        CompletableFuture<Exchange> begun = new CompletableFuture<>();
        try (Stand stand = Stand.serving((request, exchange) -> {
                    begun.complete(exchange);
                    try {
                        while (request.body().read() != null) {}
                        return TestEntry.text(200, "");
                    } catch (IOException cancelled) {
                        return TestEntry.text(408, "request timeout");
                    }
                });
                RawClient client = stand.connect()) {
            client.send(POST + "Content-Length: 100\r\n\r\nhello");
            begun.get(20, TimeUnit.SECONDS).cancellation().cancel(Cancellation.Cause.REQUEST_TIMEOUT);
            assertThat(client.readAnswer().status()).isEqualTo(408);
            assertThat(client.read()).isEqualTo(-1);
        }
    }

    /** A body made part by part; null ends it. */
    private record ScriptedBody(Part parts, AtomicLong next) implements Body.Streaming {

        interface Part {
            String make(int number) throws Exception;
        }

        ScriptedBody(Part parts) {
            this(parts, new AtomicLong());
        }

        @Override
        public long length() {
            return -1;
        }

        @Override
        public ByteBuffer read() throws IOException {
            try {
                String part = parts.make((int) next.getAndIncrement());
                return part == null ? null : ByteBuffer.wrap(part.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException broken) {
                throw broken;
            } catch (Exception failed) {
                throw new IOException(failed);
            }
        }

        @Override
        public HttpFields trailers() {
            return HttpFields.EMPTY;
        }

        @Override
        public void close() {}
    }
}
