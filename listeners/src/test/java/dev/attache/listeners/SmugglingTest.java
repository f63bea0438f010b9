package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.RawClient;
import dev.attache.core.http.Request;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Requests that two servers may read differently: none of them goes on, and none leaves a connection open. */
@Timeout(60)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SmugglingTest {

    private static final String CHUNKS = "5\r\nhello\r\n0\r\n\r\n";
    private static final String SECOND = "GET /second HTTP/1.1\r\nHost: h\r\n\r\n";

    private Stand stand;

    @BeforeAll
    void start() throws Exception {
        stand = Stand.serving((request, exchange) -> TestEntry.text(200, request.target()));
    }

    @AfterAll
    void stop() {
        stand.close();
    }

    static final List<String> FRAMING = Stream.of(
                    "Content-Length: 5\r\nTransfer-Encoding: chunked",
                    "Transfer-Encoding: chunked\r\nContent-Length: 5",
                    "Content-Length: 5\r\nContent-Length: 6",
                    "Content-Length: 5\r\nContent-Length: 5",
                    "Content-Length: 5, 5",
                    "Content-Length: +5",
                    "Content-Length: -5",
                    "Content-Length: 0x5",
                    "Content-Length: 5 5",
                    "Content-Length: 5, 6",
                    "Content-Length: 5.0",
                    "Content-Length: 5e0",
                    "Content-Length: 5a",
                    "Content-Length: 5_0",
                    "Content-Length: 5;",
                    "Content-Length: \"5\"",
                    "Content-Length: \u000b5",
                    "Content-Length: \u00a05",
                    "Content-Length:",
                    "Content-Length: 18446744073709551621",
                    "Content-Length : 5",
                    "Content-Length:\r\n 5",
                    "Content_Length: 5",
                    "Transfer-Encoding: gzip, chunked",
                    "Transfer-Encoding: chunked, gzip",
                    "Transfer-Encoding: chunked, chunked",
                    "Transfer-Encoding: identity",
                    "Transfer-Encoding: identity, chunked",
                    "Transfer-Encoding: gzip",
                    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
                    "Transfer-Encoding: chunked\u0000",
                    "Transfer-Encoding: \u000cchunked",
                    "Transfer-Encoding: \u00a0chunked",
                    "X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: 5",
                    "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
                    "Transfer-Encoding: xchunked",
                    "Transfer-Encoding: \"chunked\"",
                    "Transfer-Encoding: chunked;q=1",
                    "Transfer-Encoding: \u000bchunked",
                    "Transfer-Encoding : chunked",
                    "Transfer_Encoding: chunked",
                    "X: y\nTransfer-Encoding: chunked",
                    "X: y\rTransfer-Encoding: chunked")
            .map(headers -> "POST / HTTP/1.1\r\nHost: h\r\n" + headers + "\r\n\r\n" + CHUNKS + SECOND)
            .toList();

    static final List<String> CHUNKING = Stream.of(
                    "-5\r\nhello\r\n0\r\n\r\n",
                    "+5\r\nhello\r\n0\r\n\r\n",
                    "0x5\r\nhello\r\n0\r\n\r\n",
                    " 5\r\nhello\r\n0\r\n\r\n",
                    "5 x\r\nhello\r\n0\r\n\r\n",
                    "\r\nhello\r\n0\r\n\r\n",
                    "10000000000000005\r\nhello\r\n0\r\n\r\n",
                    "5\nhello\n0\n\n",
                    "5\r\nhello0\r\n\r\n",
                    "5\r\nhelloXX\r\n0\r\n\r\n",
                    "5;a\nhello\r\n0\r\n\r\n",
                    "5;\u0000\r\nhello\r\n0\r\n\r\n",
                    "5;a\rb\r\nhello\r\n0\r\n\r\n",
                    "5\rhello\r\n0\r\n\r\n",
                    "5,5\r\nhello\r\n0\r\n\r\n",
                    "0_5\r\nhello\r\n0\r\n\r\n",
                    "5\r\nhello\r\n0\r\n\n",
                    "5\r\nhello\r\n0\r\n" + SECOND,
                    "5\r\nhello\r\n0\r\nbad name: 1\r\n\r\n")
            .map(chunks -> "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks)
            .toList();

    static final List<String> HEADERS = Stream.of(
                    "Host: h\r\nHost: evil",
                    "Host: h\r\nHost: h",
                    "X: y",
                    "Host:",
                    "Host: a b",
                    "Host: a@b",
                    "Host: a/b",
                    "Host: a:bc",
                    "Host : h",
                    "Host: [::1",
                    "Host: a, b",
                    "Host: a:99999",
                    "Host: a\u0000b",
                    "Host: h\r\n X: folded",
                    "Host: h\r\nno colon",
                    "Host: h\r\n: v",
                    "Host: h\r\nX Y: v",
                    "Host: h\r\nX: a\u0000b",
                    "Host: h\r\nX\u0000: b",
                    "Host: h\nX: bare line feed",
                    "Host: h\r\n"
                            + "Expect_: x\r\n"
                            + "expect_: y\r\n"
                            + "Up_grade: z\r\n"
                            + "Transfer-Encoding_: q\r\n"
                            + "Connection: close\r"
                            + "X: y")
            .map(headers -> "GET / HTTP/1.1\r\n" + headers + "\r\n\r\n")
            .toList();

    /** What is no character of a token, and what looks like one. */
    static final List<String> HEADER_NAMES = "\"(),/;<=>?@[\\]{}\u0007\u000b\u001b\u007f\u00e9"
            .chars()
            .mapToObj(character -> "GET / HTTP/1.1\r\nHost: h\r\nX" + (char) character + "Y: b\r\n\r\n")
            .toList();

    static final List<String> REQUEST_LINES = Stream.of(
                    "GET / HTTP/1.2",
                    "GET / HTTP/2.0",
                    "GET / HTTP/1.1x",
                    "GET / HTTP/1.10",
                    "GET / HTTP/1",
                    "GET / HTTP/0.9",
                    "GET / http/1.1",
                    "GET  / HTTP/1.1",
                    "GET\t/\tHTTP/1.1",
                    " GET / HTTP/1.1",
                    "GET \\a HTTP/1.1",
                    "GET /",
                    "GET / HTTP/1.1 ",
                    "GET /a b HTTP/1.1",
                    "GET /a\u0000b HTTP/1.1",
                    "GET /a\u0001b HTTP/1.1",
                    "GET /a\u007fb HTTP/1.1",
                    "GET /a#b HTTP/1.1",
                    "GET /%zz HTTP/1.1",
                    "GET a HTTP/1.1",
                    "GET * HTTP/1.1",
                    "GET ?x HTTP/1.1",
                    "GE(T / HTTP/1.1",
                    "(GET / HTTP/1.1",
                    " / HTTP/1.1",
                    "GET http://evil/ HTTP/1.1",
                    "GET http://u:p@h/ HTTP/1.1",
                    "GET http:/// HTTP/1.1",
                    "GET ftp://h/ HTTP/1.1",
                    "PRI * HTTP/1.1")
            .map(line -> line + "\r\nHost: h\r\n\r\n")
            .toList();

    @ParameterizedTest
    @FieldSource({"FRAMING", "CHUNKING", "HEADERS", "HEADER_NAMES", "REQUEST_LINES"})
    void refusesAndCloses(String request) throws Exception {
        stand.entry.requests.clear();
        try (RawClient client = stand.connect()) {
            client.send(request).shutdownOutput();
            String answer = client.readAll();
            assertThat(answer).matches("(?s)HTTP/1\\.1 (400|417|426|501|505) .*");
            assertThat(answer.indexOf("HTTP/1.1", 1))
                    .as("one answer alone in %s", answer)
                    .isNegative();
            assertThat(answer.toLowerCase(java.util.Locale.ROOT)).contains("connection: close");
        }
        assertThat(stand.entry.requests).isEmpty();
    }

    @Test
    void passesOddPathsUnchanged() throws Exception {
        for (String path : List.of(
                "/AC%2FDC",
                "//a//b",
                "/a|b",
                "/a/..;/b",
                "/a/../b",
                "/a/%2e%2e/b",
                "/a;x=1",
                "/%c0%af",
                "/%252F",
                "/a\\b",
                "/%5C",
                "/{\"k\":1}",
                "/a?q={\"k\":[1]}&z=%00",
                "/\u00c3\u00a9",
                "/\u00ff")) {
            try (RawClient client = stand.connect()) {
                stand.entry.requests.clear();
                RawClient.Answer answer = client.send("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n")
                        .readAnswer();
                assertThat(answer.status()).as(path).isEqualTo(200);
                assertThat(stand.entry.requests.take().target()).isEqualTo(path);
            }
        }
    }

    @Test
    void takesAbsoluteFormWithTheSameHost() throws Exception {
        try (RawClient client = stand.connect()) {
            stand.entry.requests.clear();
            client.send("GET http://h:8080/a?b HTTP/1.1\r\nHost: h:8080\r\n\r\n")
                    .readAnswer();
            var request = stand.entry.requests.take();
            assertThat(request.target()).isEqualTo("/a?b");
            assertThat(request.authority()).isEqualTo("h:8080");
        }
    }

    @Test
    void answersMethodsThatArePartOfNoRoute() throws Exception {
        try (RawClient client = stand.connect()) {
            RawClient.Answer trace =
                    client.send("TRACE / HTTP/1.1\r\nHost: h\r\n\r\n").readAnswer();
            assertThat(trace.status()).isEqualTo(405);
        }
        try (RawClient client = stand.connect()) {
            stand.entry.requests.clear();
            client.send("CONNECT h:22 HTTP/1.1\r\nHost: h:22\r\n\r\nGET / HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readAnswer().head().header("connection")).isEqualTo("close");
            assertThat(client.read()).isEqualTo(-1);
            assertThat(stand.entry.requests.take().upgrade()).isEqualTo(Request.CONNECT);
            assertThat(stand.entry.requests).isEmpty();
        }
        try (RawClient client = stand.connect()) {
            stand.entry.requests.clear();
            client.send("OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readAnswer().status()).isEqualTo(200);
            assertThat(stand.entry.requests.take().target()).isEqualTo("*");
        }
    }

    @Test
    void removesWhatIsOfOneConnection() throws Exception {
        try (RawClient client = stand.connect()) {
            stand.entry.requests.clear();
            client.send("POST / HTTP/1.1\r\nHost: h\r\nConnection: X-Hop, Content-Length, Host, X-Forwarded-For\r\n"
                            + "X-Hop: 1\r\nKeep-Alive: 5\r\nProxy-Connection: keep-alive\r\nTE: gzip, trailers\r\n"
                            + "X-Forwarded-For: 1.1.1.1\r\nContent-Length: 005\r\n\r\nhello")
                    .readAnswer();
            var headers = stand.entry.requests.take().headers();
            assertThat(headers.get("x-hop")).isNull();
            assertThat(headers.get("keep-alive")).isNull();
            assertThat(headers.get("proxy-connection")).isNull();
            assertThat(headers.get("connection")).isNull();
            assertThat(headers.get("te")).isEqualTo("trailers");
            assertThat(headers.get("x-forwarded-for")).isEqualTo("1.1.1.1");
            assertThat(headers.get("content-length")).isEqualTo("5");
        }
    }

    @Test
    void servesTheOfferOfHttp2AsHttp1() throws Exception {
        try (RawClient client = stand.connect()) {
            stand.entry.requests.clear();
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
                    + "HTTP2-Settings: AAMAAABkAAQAAP__\r\n\r\n");
            assertThat(client.readAnswer().status()).isEqualTo(200);
            var headers = stand.entry.requests.take().headers();
            assertThat(headers.get("upgrade")).isNull();
            assertThat(headers.get("http2-settings")).isNull();
        }
    }

    @Test
    void readsNothingMoreWhereAnUpgradeWasRefused() throws Exception {
        try (RawClient client = stand.connect()) {
            stand.entry.requests.clear();
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
                    + "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readAnswer().head().header("connection")).isEqualTo("close");
            assertThat(client.read()).isEqualTo(-1);
        }
        assertThat(stand.entry.requests.take().upgrade()).isEqualTo("websocket");
        assertThat(stand.entry.requests).isEmpty();
    }

    @Test
    void doesNotGoOverToHttp2BehindARequest() throws Exception {
        try (RawClient client = stand.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\nPRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(200);
            assertThat(client.readAll()).contains("HTTP/1.1 400 ");
        }
    }

    @Test
    void doesNotTakeThePrefaceOfHttp2ForARequestWithFields() throws Exception {
        try (RawClient client = stand.connect()) {
            client.send("PRI * HTTP/2.0\r\nHost: a\r\n\r\nSM\r\n\r\n");
            assertThat(client.readAll()).startsWith("HTTP/1.1 400 ");
        }
    }
}
