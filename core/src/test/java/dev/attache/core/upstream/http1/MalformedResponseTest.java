package dev.attache.core.upstream.http1;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import java.io.IOException;
import java.util.Locale;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is not HTTP is refused or cut off, and never reaches the next request. */
class MalformedResponseTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";
    private static final String CHUNKED = OK + "Transfer-Encoding: chunked\r\n\r\n";
    private static final String LENGTH_5 = "Content-Length: 5\r\n\r\nhello";
    private static final String SECOND = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";

    /** What becomes of a response. */
    private enum Fate {
        /** A failure that is answered with 502. */
        REFUSED,
        /** The connection ended before there was a response. */
        TERMINATED,
        /** The head is good, the body breaks. */
        CUT_OFF,
        /** It is answered with the good part, and the connection is not used again. */
        ANSWERED_AND_CLOSED,
        /** It is answered, and the connection is used again. */
        ANSWERED
    }

    /** One response, and whether the upstream closes the connection behind it. */
    private record Malformed(String name, String method, String bytes, boolean closes, Fate fate) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static Malformed open(Fate fate, String name, String bytes) {
        return new Malformed(name, "GET", bytes, false, fate);
    }

    private static Malformed closing(Fate fate, String name, String bytes) {
        return new Malformed(name, "GET", bytes, true, fate);
    }

    static Stream<Malformed> responses() {
        return Stream.of(
                // What is right, for comparison.
                open(Fate.ANSWERED, "with a length", OK + LENGTH_5),
                open(Fate.ANSWERED, "in chunks", CHUNKED + "5\r\nhello\r\n0\r\n\r\n"),
                closing(Fate.ANSWERED_AND_CLOSED, "until the end", OK + "\r\nhello"),
                open(
                        Fate.ANSWERED,
                        "early hints first",
                        "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK + LENGTH_5),
                open(Fate.ANSWERED, "kept open in 1.0", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n" + LENGTH_5),
                open(Fate.ANSWERED, "without a reason", "HTTP/1.1 200\r\n" + LENGTH_5),
                // More than was asked for.
                open(Fate.ANSWERED_AND_CLOSED, "a second response", OK + LENGTH_5 + SECOND),
                open(
                        Fate.ANSWERED_AND_CLOSED,
                        "a second response behind chunks",
                        CHUNKED + "5\r\nhello\r\n0\r\n\r\n" + SECOND),
                open(Fate.ANSWERED_AND_CLOSED, "a blank line too many", OK + LENGTH_5 + "\r\n"),
                open(Fate.ANSWERED_AND_CLOSED, "a second one behind 204", "HTTP/1.1 204 No Content\r\n\r\n" + SECOND),
                open(
                        Fate.ANSWERED_AND_CLOSED,
                        "a second one behind 304",
                        "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n" + SECOND),
                open(Fate.ANSWERED_AND_CLOSED, "204 with a body", "HTTP/1.1 204 No Content\r\n" + LENGTH_5),
                new Malformed("a body in answer to HEAD", "HEAD", OK + LENGTH_5, false, Fate.ANSWERED_AND_CLOSED),
                // Framing.
                open(
                        Fate.REFUSED,
                        "length and chunks",
                        OK + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
                open(
                        Fate.REFUSED,
                        "chunks and length",
                        OK + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
                open(Fate.REFUSED, "two lengths", OK + "Content-Length: 6\r\n" + LENGTH_5),
                open(Fate.REFUSED, "one length twice", OK + "Content-Length: 5\r\n" + LENGTH_5),
                open(Fate.REFUSED, "a negative length", OK + "Content-Length: -5\r\n\r\nhello"),
                open(Fate.REFUSED, "a length with a sign", OK + "Content-Length: +5\r\n\r\nhello"),
                open(Fate.REFUSED, "a list of lengths", OK + "Content-Length: 5, 5\r\n\r\nhello"),
                open(
                        Fate.REFUSED,
                        "a length past all bounds",
                        OK + "Content-Length: 99999999999999999999\r\n\r\nhello"),
                open(Fate.REFUSED, "a length in hex", OK + "Content-Length: 0x5\r\n\r\nhello"),
                open(Fate.REFUSED, "an empty length", OK + "Content-Length:\r\n\r\nhello"),
                closing(Fate.REFUSED, "an unknown coding", OK + "Transfer-Encoding: cow\r\n\r\nhello"),
                open(
                        Fate.REFUSED,
                        "a coding that would lose its label",
                        OK + "Transfer-Encoding: gzip, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
                open(
                        Fate.REFUSED,
                        "chunked twice",
                        OK + "Transfer-Encoding: chunked, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
                open(
                        Fate.REFUSED,
                        "chunks in 1.0",
                        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
                // Chunks.
                open(Fate.REFUSED, "a chunk size that is none", CHUNKED + "zz\r\nhello\r\n0\r\n\r\n"),
                open(Fate.REFUSED, "a negative chunk", CHUNKED + "-5\r\nhello\r\n0\r\n\r\n"),
                open(Fate.CUT_OFF, "a chunk longer than its size", CHUNKED + "3\r\nhello\r\n0\r\n\r\n"),
                open(
                        Fate.CUT_OFF,
                        "chunks without line ends between them",
                        CHUNKED + "5\r\nhello5\r\nworld\r\n0\r\n\r\n"),
                open(Fate.REFUSED, "chunks with bare line feeds", CHUNKED + "5\nhello\n0\n\n"),
                open(Fate.REFUSED, "a chunk size past all bounds", CHUNKED + "fffffffffffffffff\r\nhello"),
                open(
                        Fate.CUT_OFF,
                        "an endless chunk extension",
                        CHUNKED + "5;x=" + "y".repeat(70_000) + "\r\nhello\r\n0\r\n\r\n"),
                open(
                        Fate.CUT_OFF,
                        "endless trailers",
                        CHUNKED + "5\r\nhello\r\n0\r\n" + "x: y\r\n".repeat(20_000) + "\r\n"),
                open(
                        Fate.CUT_OFF,
                        "too many trailers",
                        CHUNKED + "5\r\nhello\r\n0\r\n" + "x: y\r\n".repeat(101) + "\r\n"),
                closing(Fate.CUT_OFF, "an end within a chunk", CHUNKED + "5\r\nhel"),
                closing(Fate.CUT_OFF, "an end between chunks", CHUNKED + "5\r\nhello\r\n"),
                closing(Fate.CUT_OFF, "an end within the last chunk", CHUNKED + "5\r\nhello\r\n0\r\n"),
                closing(Fate.CUT_OFF, "an end within the trailers", CHUNKED + "5\r\nhello\r\n0\r\nx: y\r\n"),
                closing(Fate.CUT_OFF, "an end before the length", OK + "Content-Length: 50\r\n\r\nhello"),
                // Header fields.
                open(Fate.REFUSED, "a bare line feed", OK + "X: a\nSet-Cookie: forged=1\r\n" + LENGTH_5),
                open(Fate.REFUSED, "a bare carriage return", OK + "X: a\rSet-Cookie: forged=1\r\n" + LENGTH_5),
                open(Fate.REFUSED, "bare line feeds alone", "HTTP/1.1 200 OK\nContent-Length: 5\n\nhello"),
                open(Fate.REFUSED, "a nul", OK + "X: a\0b\r\n" + LENGTH_5),
                open(Fate.REFUSED, "a folded line", OK + "X: a\r\n b\r\n" + LENGTH_5),
                open(Fate.REFUSED, "a space before the colon", OK + "Content-Length : 5\r\n\r\nhello"),
                open(Fate.REFUSED, "a line without colon", OK + "bogus\r\n" + LENGTH_5),
                open(Fate.REFUSED, "an empty name", OK + ": x\r\n" + LENGTH_5),
                open(Fate.REFUSED, "a name that is no token", OK + "a(b): x\r\n" + LENGTH_5),
                open(Fate.REFUSED, "a head past its limit", OK + "X: " + "y".repeat(100_000) + "\r\n" + LENGTH_5),
                open(Fate.REFUSED, "too many fields", OK + "X: y\r\n".repeat(101) + LENGTH_5),
                open(Fate.ANSWERED, "as many fields as there may be", OK + "X: y\r\n".repeat(99) + LENGTH_5),
                // Status line.
                open(Fate.REFUSED, "a status that is no number", "HTTP/1.1 2x0 OK\r\n" + LENGTH_5),
                open(Fate.REFUSED, "four digits", "HTTP/1.1 2000 OK\r\n" + LENGTH_5),
                open(Fate.REFUSED, "two digits", "HTTP/1.1 20 OK\r\n" + LENGTH_5),
                open(Fate.REFUSED, "a status below 100", "HTTP/1.1 099 OK\r\n" + LENGTH_5),
                open(Fate.REFUSED, "two spaces", "HTTP/1.1  200 OK\r\n" + LENGTH_5),
                open(Fate.REFUSED, "another version", "HTTP/2.0 200 OK\r\n" + LENGTH_5),
                open(Fate.REFUSED, "a version in small letters", "http/1.1 200 OK\r\n" + LENGTH_5),
                open(Fate.REFUSED, "a line before it", "XYZ\r\n" + OK + LENGTH_5),
                open(Fate.REFUSED, "another protocol", "SSH-2.0-x\r\n"),
                closing(Fate.REFUSED, "no head at all", "hello"),
                closing(Fate.TERMINATED, "nothing", ""),
                closing(Fate.TERMINATED, "half a head", OK + "X: a\r\n"),
                // Interim responses.
                open(
                        Fate.REFUSED,
                        "too many interim responses",
                        "HTTP/1.1 100 Continue\r\n\r\n".repeat(50) + OK + LENGTH_5),
                open(
                        Fate.REFUSED,
                        "an upgrade that nobody asked for",
                        "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: foo\r\n\r\n" + SECOND),
                open(
                        Fate.REFUSED,
                        "an interim response that is broken",
                        "HTTP/1.1 103 X\r\nX: \0\r\n\r\n" + OK + LENGTH_5));
    }

    private static final String LF_HEAD = "HTTP/1.1 200 OK\nX: a\n";

    @ParameterizedTest
    @ValueSource(
            strings = {
                LF_HEAD + "Content-Length: 5\n\nhello",
                LF_HEAD + "Content-Length: 5\r\n\nhello",
                "HTTP/1.1 103 Early\nY: z\n\n" + LF_HEAD + "Content-Length: 5\n\r\nhello",
                LF_HEAD + "Transfer-Encoding: chunked\n\n5\r\nhello\r\n0\r\n\r\n"
            })
    void takesLineFeedsAloneInAHeadWhereThatIsAskedFor(String answer) throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.answering(answer));
                Http1Fixture http = Http1Fixture.to(upstream, settings -> settings.acceptBareLf(true))) {
            Response response = http.answered(Http1Fixture.get("/", HttpFields.EMPTY));

            assertThat(response.headers().get("x")).isEqualTo("a");
            assertThat(Http1Fixture.text(response)).isEqualTo("hello");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 200 OK\rX: a\r\nContent-Length: 5\n\nhello",
                LF_HEAD + "Y: b\rSet-Cookie: forged=1\nContent-Length: 5\n\nhello",
                LF_HEAD + "Transfer-Encoding: chunked\n\n5\nhello\n0\n\n",
                LF_HEAD + " folded\nContent-Length: 5\n\nhello"
            })
    void refusesAllElseThatEndsNoLineAlsoThere(String answer) throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.answering(answer));
                Http1Fixture http = Http1Fixture.to(upstream, settings -> settings.acceptBareLf(true))) {
            assertThat(Http1Fixture.failed(http.send(Http1Fixture.get("/", HttpFields.EMPTY))))
                    .isEqualTo(Failure.PROTOCOL_ERROR);
        }
    }

    @ParameterizedTest
    @MethodSource("responses")
    void neverReachesTheNextRequest(Malformed malformed) throws IOException {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        String target = head.split(" ")[1];
                        if (target.equals("/malformed")) {
                            peer.send(malformed.bytes);
                            if (malformed.closes) {
                                return;
                            }
                        } else {
                            peer.send(OK + "Content-Length: " + target.length() + "\r\n\r\n" + target);
                        }
                    }
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            assertThat(http.get("/before")).isEqualTo("/before");
            check(malformed, http, upstream);
            for (int i = 0; i < 3; i++) {
                assertThat(http.get("/after" + i)).isEqualTo("/after" + i);
            }
            http.assertNothingLeaks();
        }
    }

    private static void check(Malformed malformed, Http1Fixture http, RawUpstream upstream) throws IOException {
        Request request = new Request(malformed.method, "http", "a.test", "/malformed", HttpFields.EMPTY, Body.EMPTY);
        Outcome outcome = http.send(request);
        switch (malformed.fate) {
            case REFUSED -> {
                assertThat(Http1Fixture.failed(outcome)).isEqualTo(Failure.PROTOCOL_ERROR);
                assertThat(http.stats.upstreamCxProtocolError.value()).isEqualTo(1);
                assertThat(http.stats.upstreamCxActive.value()).isZero();
            }
            case TERMINATED -> {
                assertThat(Http1Fixture.failed(outcome)).isEqualTo(Failure.CONNECTION_TERMINATION);
                assertThat(http.stats.upstreamCxActive.value()).isZero();
            }
            case CUT_OFF -> {
                try (Response response = Http1Fixture.answered(outcome)) {
                    assertThat(response.status()).isEqualTo(200);
                    IOException cutOff = null;
                    try {
                        while (response.body().read() != null) {
                            // Until it breaks.
                        }
                    } catch (IOException broken) {
                        cutOff = broken;
                    }
                    assertThat(cutOff)
                            .as("a body that is not whole must not end as if it were")
                            .isNotNull();
                }
                assertThat(http.stats.upstreamCxActive.value()).isZero();
            }
            case ANSWERED_AND_CLOSED, ANSWERED -> {
                Response response = Http1Fixture.answered(outcome);
                boolean empty = response.status() != 200 || malformed.method.equals("HEAD");
                assertThat(response.headers().asString().toLowerCase(Locale.ROOT))
                        .doesNotContain("forged");
                assertThat(Http1Fixture.text(response)).isEqualTo(empty ? "" : "hello");
                assertThat(http.stats.upstreamCxActive.value()).isEqualTo(malformed.fate == Fate.ANSWERED ? 1 : 0);
            }
        }
        assertThat(upstream.connections()).isLessThanOrEqualTo(2);
    }
}
