package dev.attache.core.upstream.http1;

import static dev.attache.core.upstream.http1.Http1Fixture.answered;
import static dev.attache.core.upstream.http1.Http1Fixture.failed;
import static dev.attache.core.upstream.http1.Http1Fixture.get;
import static dev.attache.core.upstream.http1.Http1Fixture.post;
import static dev.attache.core.upstream.http1.Http1Fixture.request;
import static dev.attache.core.upstream.http1.Http1Fixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http.ResponseFlag;
import dev.attache.core.policy.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class Http1ClientTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String HELLO = OK + "content-length: 5\r\n\r\nhello";

    private final BlockingQueue<String> heads = new LinkedBlockingQueue<>();

    private RawUpstream answering(String... responses) {
        return RawUpstream.start(peer -> {
            for (String response : responses) {
                String head = peer.readHead();
                if (head == null) {
                    return;
                }
                heads.add(head);
                peer.readBody(RawUpstream.contentLength(head));
                peer.send(response);
            }
        });
    }

    @Test
    void usesOneConnectionForManyRequests() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(upstream)) {
            for (int i = 0; i < 20; i++) {
                assertThat(http.get("/" + i)).isEqualTo("GET /" + i + " HTTP/1.1");
            }
            assertThat(upstream.connections()).isEqualTo(1);
            assertThat(http.stats.upstreamCxTotal.value()).isEqualTo(1);
            assertThat(http.stats.upstreamCxHttp1Total.value()).isEqualTo(1);
            assertThat(http.stats.upstreamCxActive.value()).isEqualTo(1);
            http.assertNothingLeaks();
            assertThat(http.stats.upstreamCxDestroy.value()).isEqualTo(1);
            assertThat(http.stats.upstreamCxDestroyLocal.value()).isEqualTo(1);
        }
    }

    @Test
    void writesTheRequestAsItIs() throws IOException {
        try (RawUpstream upstream = answering(HELLO);
                Http1Fixture http = Http1Fixture.to(upstream)) {
            HttpFields headers = HttpFields.build()
                    .add("X-Mixed-CASE", "a  b\tc")
                    .add("accept", "*/*")
                    .add("x-twice", "1")
                    .add("x-twice", "2")
                    .add("x-latin", "caf\u00e9")
                    .add("Connection", "close, x-secret")
                    .add("TE", "gzip")
                    .add("Transfer-Encoding", "chunked")
                    .add("Expect", "100-continue")
                    .add("HTTP2-Settings", "AAA")
                    .asImmutable();
            text(http.answered(get("/AC%2FDC//x|y?q={1}&\u00c3\u00a9", headers)));
            assertThat(heads.remove())
                    .isEqualTo("GET /AC%2FDC//x|y?q={1}&\u00c3\u00a9 HTTP/1.1\r\n"
                            + "host: a.test\r\n"
                            + "x-mixed-case: a  b\tc\r\n"
                            + "accept: */*\r\n"
                            + "x-twice: 1\r\n"
                            + "x-twice: 2\r\n"
                            + "x-latin: caf\u00e9\r\n\r\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "trailers, true, 'te: trailers\r\nconnection: te\r\n'",
        "'gzip, trailers', true, 'te: trailers\r\nconnection: te\r\n'",
        "gzip, true, ''",
        "trailers, false, ''"
    })
    void saysThatTrailersAreWelcomeWhereTheyAre(String te, boolean trailers, String written) throws IOException {
        try (RawUpstream upstream = answering(HELLO);
                Http1Fixture http = Http1Fixture.to(upstream, settings -> settings.enableTrailers(trailers))) {
            text(http.answered(get("/", HttpFields.build().add("TE", te).asImmutable())));

            assertThat(heads.remove()).isEqualTo("GET / HTTP/1.1\r\nhost: a.test\r\n" + written + "\r\n");
        }
    }

    @ParameterizedTest
    @EnumSource(HeaderCase.class)
    void writesHeaderNamesInTheConfiguredCase(HeaderCase headerCase) throws IOException {
        try (RawUpstream upstream = answering(HELLO);
                Http1Fixture http = Http1Fixture.to(upstream, settings -> settings.headerCase(headerCase))) {
            HttpFields headers = HttpFields.build().add("x-ONE-two", "v").asImmutable();
            text(http.answered(new Request("POST", "http", "a.test", "/", headers, Body.of(new byte[2]))));
            assertThat(heads.remove())
                    .isEqualTo("POST / HTTP/1.1\r\n"
                            + switch (headerCase) {
                                case LOWER -> "host: a.test\r\nx-one-two: v\r\ncontent-length: 2\r\n\r\n";
                                case PROPER_CASE_WORDS -> "Host: a.test\r\nX-One-Two: v\r\nContent-Length: 2\r\n\r\n";
                                case PRESERVE -> "Host: a.test\r\nx-ONE-two: v\r\nContent-Length: 2\r\n\r\n";
                            });
        }
    }

    @Test
    void keepsTheCaseOfResponseHeadersWhereAsked() throws IOException {
        try (RawUpstream upstream = answering(OK + "coNtent-tYpe: Text/PLAIN\r\nX-a: B\r\ncontent-length: 0\r\n\r\n");
                Http1Fixture http = Http1Fixture.to(upstream, settings -> settings.headerCase(HeaderCase.PRESERVE));
                Response response = http.answered(request("GET", Body.EMPTY))) {
            assertThat(response.headers().getField("content-type").getName()).isEqualTo("coNtent-tYpe");
            assertThat(response.headers().get("content-type")).isEqualTo("Text/PLAIN");
        }
    }

    @Test
    void keepsTheValuesOfResponseHeaders() throws IOException {
        try (RawUpstream upstream =
                        answering(OK + "Content-Type: Text/PLAIN\r\nX: \u00e9 \t\r\nset-cookie: a\r\nset-cookie: b\r\n"
                                + "content-length: 0\r\n\r\n");
                Http1Fixture http = Http1Fixture.to(upstream);
                Response response = http.answered(request("GET", Body.EMPTY))) {
            assertThat(response.headers().get("content-type")).isEqualTo("Text/PLAIN");
            assertThat(response.headers().get("x")).isEqualTo("\u00e9");
            assertThat(response.headers().getValuesList("set-cookie")).containsExactly("a", "b");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nx: y", "a\nb", "a\rb", "a\0b", "a\u007fb", "\u20ac"})
    void refusesHeaderValuesThatCannotBeWritten(String value) throws IOException {
        try (RawUpstream upstream = answering(HELLO);
                Http1Fixture http = Http1Fixture.to(upstream)) {
            HttpFields headers = HttpFields.build().add("x", value).asImmutable();
            assertThat(failed(http.send(get("/", headers)))).isEqualTo(Failure.UNSENDABLE);
            // The connection that it did not use serves the next one.
            assertThat(http.get("/")).isEqualTo("hello");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void refusesMethodsTargetsAndAuthoritiesThatWouldBreakTheHead() {
        try (RawUpstream upstream = answering(HELLO);
                Http1Fixture http = Http1Fixture.to(upstream)) {
            for (String[] bad : new String[][] {
                {"GET /x HTTP/1.1\r\n", "a", "/"},
                {"", "a", "/"},
                {"GET", "a", "/ HTTP/1.1"},
                {"GET", "a", "/\r\n"},
                {"GET", "a", ""},
                {"GET", "a", "/\u4e2d"},
                {"GET", "a\r\nx: y", "/"}
            }) {
                Request request = new Request(bad[0], "http", bad[1], bad[2], HttpFields.EMPTY, Body.EMPTY);
                assertThat(failed(http.send(request))).isEqualTo(Failure.UNSENDABLE);
            }
            assertThat(heads).isEmpty();
        }
    }

    @Test
    void sendsHeadAndSmallBodyTogether() throws IOException {
        BlockingQueue<Integer> arrived = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    byte[] bytes = new byte[4096];
                    arrived.add(peer.in().read(bytes));
                    peer.send(HELLO);
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            assertThat(text(http.answered(post("x".repeat(1000))))).isEqualTo("hello");
            assertThat(RawUpstream.next(arrived)).isGreaterThan(1000);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8000, 9000, 65536, 65537, 300_000})
    void sendsBufferedBodiesOfAnySize(int size) throws IOException {
        BlockingQueue<Integer> bodies = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        bodies.add(peer.readBody(RawUpstream.contentLength(head)).length);
                        peer.send(HELLO);
                    }
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            for (int i = 0; i < 3; i++) {
                assertThat(text(http.answered(post("x".repeat(size))))).isEqualTo("hello");
                assertThat(bodies.remove()).isEqualTo(size);
            }
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void saysThatAPostHasNoContentAndLeavesAGetAlone() throws IOException {
        try (RawUpstream upstream = answering(HELLO, HELLO, HELLO);
                Http1Fixture http = Http1Fixture.to(upstream)) {
            text(http.answered(request("POST", Body.EMPTY)));
            assertThat(heads.remove()).contains("\r\ncontent-length: 0\r\n");
            text(http.answered(request("GET", Body.EMPTY)));
            assertThat(heads.remove()).doesNotContain("content-length");
            text(http.answered(
                    get("/", HttpFields.build().add("content-length", "0").asImmutable())));
            assertThat(heads.remove()).contains("\r\ncontent-length: 0\r\n");
        }
    }

    @Test
    void namesTheEndpointAsHostWhereTheRequestNamesNone() throws IOException {
        try (RawUpstream upstream = answering(HELLO);
                Http1Fixture http = Http1Fixture.to(upstream)) {
            text(http.answered(Request.get("/")));
            assertThat(heads.remove()).contains("\r\nhost: up.test:" + upstream.port() + "\r\n");
        }
    }

    @Test
    void readsChunksAndTheirTrailers() throws IOException {
        try (RawUpstream upstream = answering(
                        OK
                                + "transfer-encoding: chunked\r\n"
                                + "trailer: x-sum\r\n\r\n"
                                + "5;ext=1\r\n"
                                + "hello\r\n"
                                + "6\r\n"
                                + " world\r\n"
                                + "0\r\n"
                                + "x-sum: 7\r\n"
                                + "authorization: no\r\n"
                                + "content-length: 3\r\n\r\n",
                        HELLO);
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Response response = http.answered(request("GET", Body.EMPTY));
            assertThat(response.body().length()).isEqualTo(-1);
            assertThat(response.headers().get("trailer")).isEqualTo("x-sum");
            assertThat(response.headers().get("transfer-encoding")).isNull();
            List<String> parts = new ArrayList<>();
            for (ByteBuffer part = response.body().read();
                    part != null;
                    part = response.body().read()) {
                parts.add(
                        java.nio.charset.StandardCharsets.US_ASCII.decode(part).toString());
            }
            assertThat(String.join("", parts)).isEqualTo("hello world");
            assertThat(response.body().trailers().asString()).isEqualTo("x-sum: 7\r\n\r\n");
            response.close();
            assertThat(http.get("/")).isEqualTo("hello");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void dropsTrailersWhereTheyAreOff() throws IOException {
        try (RawUpstream upstream = answering(
                        OK + "transfer-encoding: chunked\r\ntrailer: x\r\n\r\n5\r\nhello\r\n0\r\nx: y\r\n\r\n");
                Http1Fixture http = Http1Fixture.to(upstream, settings -> settings.enableTrailers(false))) {
            Response response = http.answered(request("GET", Body.EMPTY));
            assertThat(text(response)).isEqualTo("hello");
            assertThat(response.body().trailers().size()).isZero();
            assertThat(response.headers().get("trailer")).isNull();
        }
    }

    @Test
    void readsABodyThatEndsWithTheConnection() throws IOException {
        try (RawUpstream upstream = answering(OK + "\r\nhello");
                Http1Fixture http = Http1Fixture.to(upstream)) {
            assertThat(http.get("/")).isEqualTo("hello");
            assertThat(http.get("/")).isEqualTo("hello");
            assertThat(upstream.connections()).isEqualTo(2);
        }
    }

    @Test
    void readsNoBodyWhereThereCannotBeOne() throws IOException {
        try (RawUpstream upstream = answering(
                        OK + "content-length: 5\r\n\r\n",
                        "HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n",
                        "HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n",
                        OK + "transfer-encoding: chunked\r\n\r\n",
                        HELLO);
                Http1Fixture http = Http1Fixture.to(upstream)) {
            try (Response response = http.answered(request("HEAD", Body.EMPTY))) {
                assertThat(response.headers().get("content-length")).isEqualTo("5");
                assertThat(response.body().read()).isNull();
            }
            try (Response response = http.answered(request("GET", Body.EMPTY))) {
                assertThat(response.status()).isEqualTo(304);
                assertThat(response.headers().get("content-length")).isEqualTo("5");
                assertThat(response.body().read()).isNull();
            }
            try (Response response = http.answered(request("GET", Body.EMPTY))) {
                assertThat(response.status()).isEqualTo(204);
                assertThat(response.headers().get("content-length")).isNull();
                assertThat(response.body().read()).isNull();
            }
            try (Response response = http.answered(request("HEAD", Body.EMPTY))) {
                assertThat(response.body().read()).isNull();
            }
            assertThat(http.get("/")).isEqualTo("hello");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void removesWhatIsMeantForTheConnection() throws IOException {
        try (RawUpstream upstream = answering(
                        OK + "Connection: X-Hop, keep-alive, content-length\r\n"
                                + "X-Hop: 1\r\n"
                                + "Keep-Alive: timeout=5\r\n"
                                + "Proxy-Connection: x\r\n"
                                + "Upgrade: h2c\r\n"
                                + "TE: x\r\n"
                                + "X-Kept: 1\r\n"
                                + "content-length: 005\r\n\r\n"
                                + "hello",
                        HELLO);
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Response response = http.answered(request("GET", Body.EMPTY));
            assertThat(response.headers().asString()).isEqualToIgnoringCase("X-Kept: 1\r\ncontent-length: 5\r\n\r\n");
            assertThat(text(response)).isEqualTo("hello");
            assertThat(http.get("/")).isEqualTo("hello");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void doesNotReuseAConnectionThatTheUpstreamWillClose() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        peer.send(
                                peer.number() == 0
                                        ? OK + "connection: Close\r\ncontent-length: 5\r\n\r\nhello"
                                        : peer.number() == 1
                                                ? "HTTP/1.0 200 OK\r\ncontent-length: 5\r\n\r\nhello"
                                                : "HTTP/1.0 200 OK\r\n"
                                                        + "connection: keep-alive\r\n"
                                                        + "content-length: 5\r\n\r\n"
                                                        + "hello");
                    }
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            for (int i = 0; i < 5; i++) {
                assertThat(http.get("/")).isEqualTo("hello");
            }
            assertThat(upstream.connections()).isEqualTo(3);
        }
    }

    @Test
    void closesAConnectionAfterItsShareOfRequests() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(upstream, settings -> settings.maxRequestsPerConnection(3))) {
            for (int i = 0; i < 7; i++) {
                http.get("/");
            }
            assertThat(upstream.connections()).isEqualTo(3);
            assertThat(http.stats.upstreamCxMaxRequests.value()).isEqualTo(2);
            http.assertNothingLeaks();
        }
    }

    @Test
    void forwardsInterimResponsesButNotAContinue() throws IOException {
        try (RawUpstream upstream = answering("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n"
                        + "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\nconnection: y\r\ny: 1\r\ncontent-length: 9\r\n\r\n"
                        + HELLO);
                Http1Fixture http = Http1Fixture.to(upstream)) {
            List<String> interims = new ArrayList<>();
            Exchange exchange = Exchange.begin();
            exchange.interimSink((status, headers) ->
                    interims.add(status + " " + headers.asString().trim()));
            assertThat(text(answered(http.send(request("GET", Body.EMPTY), exchange))))
                    .isEqualTo("hello");
            assertThat(interims).hasSize(2);
            assertThat(interims.get(0)).isEqualTo("102 ");
            assertThat(interims.get(1)).isEqualToIgnoringCase("103 link: </x>");
        }
    }

    @Test
    void putsUpWithSixteenInterimResponses() throws IOException {
        String interim = "HTTP/1.1 103 Early Hints\r\n\r\n";
        try (RawUpstream upstream = answering(interim.repeat(16) + HELLO, interim.repeat(17) + HELLO);
                Http1Fixture http = Http1Fixture.to(upstream)) {
            assertThat(http.get("/")).isEqualTo("hello");
            assertThat(failed(http.send(request("GET", Body.EMPTY)))).isEqualTo(Failure.PROTOCOL_ERROR);
            http.assertNothingLeaks();
        }
    }

    @Test
    void reachesAnUpstreamOnAUnixSocket(@TempDir Path folder) throws IOException {
        Path path = folder.resolve("up.sock");
        try (RawUpstream upstream = RawUpstream.unix(path, RawUpstream.echoingTarget());
                Http1Fixture http = new Http1Fixture(
                        java.net.UnixDomainSocketAddress.of(path), path.toString(), 0, null, settings -> settings)) {
            assertThat(http.get("/a")).isEqualTo("GET /a HTTP/1.1");
            assertThat(http.get("/b")).isEqualTo("GET /b HTTP/1.1");
            assertThat(text(http.answered(Request.get("/c")))).isEqualTo("GET /c HTTP/1.1");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void notesThePhasesOfAnExchange() throws IOException {
        try (RawUpstream upstream = answering(HELLO, HELLO);
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Exchange exchange = Exchange.begin();
            text(answered(http.send(request("GET", Body.EMPTY), exchange)));
            long before = 0;
            for (Phase phase : List.of(
                    Phase.US_CX_BEG,
                    Phase.US_CX_END,
                    Phase.US_TX_BEG,
                    Phase.US_TX_END,
                    Phase.US_RX_BEG,
                    Phase.US_RX_BODY_BEG,
                    Phase.US_RX_END)) {
                assertThat(exchange.reached(phase)).as("%s", phase).isTrue();
                assertThat(before == 0 || exchange.nanos(phase) - before >= 0)
                        .as("%s", phase)
                        .isTrue();
                before = exchange.nanos(phase);
            }
            assertThat(exchange.upstreamLocalAddress()).isNotNull();
            Exchange second = Exchange.begin();
            text(answered(http.send(request("GET", Body.EMPTY), second)));
            assertThat(second.reached(Phase.US_CX_BEG)).isFalse();
            assertThat(second.upstreamLocalAddress()).isEqualTo(exchange.upstreamLocalAddress());
            assertThat(http.stats.upstreamCxRxBytesTotal.value()).isEqualTo(2 * HELLO.length());
            assertThat(http.stats.upstreamCxTxBytesTotal.value())
                    .isEqualTo(heads.remove().length() * 2L);
        }
    }

    @Test
    void saysWhyABodyBroke() throws IOException {
        try (RawUpstream upstream = answering(OK + "content-length: 50\r\n\r\nhello");
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Exchange exchange = Exchange.begin();
            try (Response response = answered(http.send(request("GET", Body.EMPTY), exchange))) {
                assertThat(response.body().read()).isNotNull();
                assertThatThrownBy(() -> response.body().read()).isInstanceOf(IOException.class);
                assertThatThrownBy(() -> response.body().read()).isInstanceOf(IOException.class);
            }
            assertThat(exchange.flagged(ResponseFlag.UPSTREAM_CONNECTION_TERMINATION))
                    .isTrue();
            http.assertNothingLeaks();
            assertThat(http.stats.upstreamCxDestroyRemote.value()).isEqualTo(1);
            assertThat(http.stats.upstreamCxDestroyWithActiveRq.value()).isEqualTo(1);
        }
    }
}
