package dev.attache.core.upstream.http1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that go over to another protocol, and those that do not. */
@Timeout(60)
class UpgradeTest {

    private static final String SWITCH =
            "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\nx-key: v\r\n\r\n";

    private final ScriptedBody sent = new ScriptedBody(-1);

    private Request websocket() {
        HttpFields headers = HttpFields.build().add("sec-websocket-key", "asked");
        return new Request("GET", "http", "a.test", "/chat", headers, sent).withUpgrade("websocket");
    }

    private static String next(Response response) throws IOException {
        return StandardCharsets.ISO_8859_1.decode(response.body().read()).toString();
    }

    @Test
    void goesOverWithTheUpstreamAndSendsNothingBefore() throws Exception {
        sent.add("early");
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    assertThat(peer.readHead())
                            .isEqualTo("GET /chat HTTP/1.1\r\nhost: a.test\r\nsec-websocket-key: asked\r\n"
                                    + "connection: Upgrade\r\nupgrade: websocket\r\n\r\n");
                    peer.send("HTTP/1.1 103 Early Hints\r\n\r\n");
                    assertThat(peer.in().available()).isZero();
                    peer.send(SWITCH + "first");
                    assertThat(peer.readBody(9)).asString().isEqualTo("earlylate");
                    peer.send("second");
                    peer.awaitEnd();
                });
                Http1Fixture http = Http1Fixture.to(upstream);
                Response response = http.answered(websocket())) {
            assertThat(response.status()).isEqualTo(101);
            assertThat(response.headers().toString()).isEqualToIgnoringNewLines("x-key: v");
            assertThat(response.body()).isInstanceOf(Body.Streaming.class);
            assertThat(response.body().length()).isEqualTo(-1);
            assertThat(next(response)).isEqualTo("first");
            sent.add("late");
            assertThat(next(response)).isEqualTo("second");
        }
    }

    @Test
    void asksForTheProofThatAClientOfHttp2DoesNotKnow() throws Exception {
        BlockingQueue<String> heads = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    heads.add(peer.readHead());
                    peer.send(SWITCH.replace("x-key: v", "Sec-WebSocket-Accept: proof"));
                    peer.awaitEnd();
                });
                Http1Fixture http = Http1Fixture.to(upstream);
                Response response = http.answered(websocket().withHeaders(HttpFields.EMPTY))) {
            assertThat(response.status()).isEqualTo(101);
            assertThat(response.headers().size()).isZero();
            assertThat(RawUpstream.next(heads)).containsPattern("\r\nsec-websocket-key: [^\r]{22}==\r\n");
        }
    }

    @Test
    void passesTheEndOfEachDirectionOnByItself() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send(SWITCH);
                    assertThat(peer.in().readAllBytes()).asString().isEqualTo("all");
                    peer.send("after the end");
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Response response = http.answered(websocket());
            sent.add("all").end();
            assertThat(next(response)).isEqualTo("after the end");
            assertThat(response.body().read()).isNull();
            response.close();
            assertThat(http.stats.upstreamCxActive.value()).isZero();
            assertThat(http.limits.connections().used()).isZero();
        }
    }

    @Test
    void goesOnWithItsOwnDirectionAfterTheUpstreamHasEndedIts() throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send(SWITCH);
                    peer.shutdownOutput();
                    received.add(new String(peer.in().readAllBytes(), StandardCharsets.ISO_8859_1));
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Response response = http.answered(websocket());
            assertThat(response.body().read()).isNull();
            sent.add("still ").add("here").end();
            response.close(); // Waits for the last bytes.
            assertThat(RawUpstream.next(received)).isEqualTo("still here");
        }
    }

    @Test
    void resetsTheUpstreamWhenTheTunnelBreaks() throws Exception {
        BlockingQueue<Throwable> seen = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send(SWITCH);
                    try {
                        peer.in().read();
                    } catch (IOException reset) {
                        seen.add(reset);
                    }
                });
                Http1Fixture http = Http1Fixture.to(upstream);
                Response response = http.answered(websocket())) {
            sent.breaks(new IOException("client is gone"));
            assertThatThrownBy(response.body()::read).hasMessage("client is gone");
            assertThat(RawUpstream.next(seen)).hasMessageContaining("reset");
        }
    }

    @Test
    void aRefusalIsAnAnswerLikeAnyOtherButEndsTheConnection() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.answering(
                        "HTTP/1.1 426 Upgrade Required\r\nupgrade: other\r\ncontent-length: 2\r\n\r\nno",
                        "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nbad"));
                Http1Fixture http = Http1Fixture.to(upstream)) {
            sent.add("GET /smuggled HTTP/1.1\r\nhost: a.test\r\n\r\n");
            try (Response response = http.answered(websocket())) {
                assertThat(response.status()).isEqualTo(426);
                assertThat(next(response)).isEqualTo("no");
                assertThat(response.body().read()).isNull();
            }
            Http1Fixture.eventually("closed", () -> upstream.open() == 0);
            assertThat(sent.reader()).isNull();
            assertThat(http.stats.upstreamCxActive.value()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Connection: Upgrade\r\nUpgrade: other\r\n",
                "Connection: Upgrade\r\nUpgrade: websocket, other\r\n",
                "Connection: Upgrade\r\n",
                "Upgrade: websocket\r\n",
                ""
            })
    void aSwitchToAnythingElseIsMalformed(String headers) {
        try (RawUpstream upstream =
                        RawUpstream.start(RawUpstream.answering("HTTP/1.1 101 x\r\n" + headers + "\r\nbytes"));
                Http1Fixture http = Http1Fixture.to(upstream)) {
            assertThat(Http1Fixture.failed(http.send(websocket()))).isEqualTo(Failure.PROTOCOL_ERROR);
            assertThat(sent.reader()).isNull();
        }
    }

    @Test
    void goesOverOnAFreshConnectionWhereAnIdleOneHasJustClosed() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    if (peer.number() == 0) {
                        peer.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
                        peer.readHead();
                        return;
                    }
                    peer.send(SWITCH + "here");
                    peer.awaitEnd();
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            http.get("/");
            try (Response response = http.answered(websocket())) {
                assertThat(next(response)).isEqualTo("here");
                assertThat(upstream.connections()).isEqualTo(2);
            }
        }
    }

    @Test
    void isGivenUpWithItsExchange() throws Exception {
        Exchange exchange = Exchange.begin();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send(SWITCH);
                    peer.awaitEnd();
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Outcome outcome = http.send(websocket(), exchange);
            try (Response response = Http1Fixture.answered(outcome)) {
                var read = Http1Fixture.async(() -> response.body().read());
                exchange.cancellation().cancel(Cancellation.Cause.STREAM_IDLE_TIMEOUT);
                assertThatThrownBy(() -> read.get()).hasMessageContaining("STREAM_IDLE_TIMEOUT");
            }
            assertThat(sent.closed()).isTrue();
            Http1Fixture.eventually("closed", () -> upstream.open() == 0);
        }
    }
}
