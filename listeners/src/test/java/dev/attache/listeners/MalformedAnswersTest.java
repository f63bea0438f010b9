package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.UpstreamProtocol;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http2.ErrorCode;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.StreamResetException;
import dev.attache.core.stats.StatsFilter;
import dev.attache.core.stats.TextStats;
import dev.attache.listeners.RawHttp2Server.Answers;
import dev.attache.tls.Tls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Upstreams that speak HTTP/2, but badly. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class MalformedAnswersTest {

    private static final int END = RawHttp2Server.END_STREAM;
    private static final byte[] CONTENT = {'a', 'b', 'c'};

    private static final Map<String, Answers> WITHOUT_A_HEAD = Map.ofEntries(
            Map.entry("no status", onHead((stream, to) -> to.head(stream, 0, "x", "y"))),
            Map.entry("no status, and the end", onHead((stream, to) -> to.head(stream, END, "x", "y"))),
            Map.entry("status 99", onHead((stream, to) -> to.head(stream, END, ":status", "099"))),
            Map.entry("status 1000", onHead((stream, to) -> to.head(stream, END, ":status", "1000"))),
            Map.entry("the end behind 103", onHead((stream, to) -> to.head(stream, END, ":status", "103"))),
            Map.entry("content first", onHead((stream, to) -> to.frame(RawHttp2Server.DATA, 0, stream, CONTENT))),
            Map.entry(
                    "content first, and the end",
                    onHead((stream, to) -> to.frame(RawHttp2Server.DATA, END, stream, CONTENT))),
            Map.entry(
                    "a field of HTTP/1",
                    onHead((stream, to) -> to.head(stream, END, ":status", "200", "transfer-encoding", "chunked"))),
            Map.entry(
                    "two lengths",
                    onHead((stream, to) ->
                            to.head(stream, 0, ":status", "200", "content-length", "3", "content-length", "5"))),
            Map.entry(
                    "a length that is none",
                    onHead((stream, to) -> to.head(stream, 0, ":status", "200", "content-length", "-2"))),
            Map.entry(
                    "content announced that is not there",
                    onHead((stream, to) -> to.head(stream, END, ":status", "200", "content-length", "5"))));

    private static final Map<String, Answers> BROKEN_BEHIND_THE_HEAD = Map.of(
            "a second head",
            onHead((stream, to) -> {
                to.head(stream, 0, ":status", "200");
                to.head(stream, END, ":status", "200");
            }),
            "trailers in between",
            onHead((stream, to) -> {
                to.head(stream, 0, ":status", "200");
                to.frame(RawHttp2Server.DATA, 0, stream, CONTENT);
                to.head(stream, 0, "x", "y");
                to.frame(RawHttp2Server.DATA, END, stream, CONTENT);
            }));

    private interface Answer {
        void send(int stream, RawHttp2Server.Sender to) throws IOException;
    }

    private static Answers onHead(Answer answer) {
        return (frame, flags, stream, sender) -> {
            if (frame == RawHttp2Server.HEADERS) {
                answer.send(stream, sender);
            }
        };
    }

    private static Attache before(RawHttp2Server upstream) {
        return before(upstream, Duration.ofSeconds(15));
    }

    private static Attache before(RawHttp2Server upstream, Duration timeout) {
        HttpConfig http = HttpConfig.forwarding(
                        "front", ForwardConfig.to("up").timeout(timeout).build())
                .build();
        ProxyConfig config = ProxyConfig.builder()
                .cluster(ClusterConfig.to("up", "127.0.0.1", upstream.port())
                        .protocol(UpstreamProtocol.HTTP2)
                        .connectTimeout(Duration.ofSeconds(10))
                        .build())
                .listener(ListenerConfig.http(Address.loopback(0), http).build())
                .build();
        return Attache.builder(config, Tls.provider()).start();
    }

    private static InetSocketAddress address(Attache proxy) {
        return (InetSocketAddress) proxy.listeners().getFirst().addresses().getFirst();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "no status",
                "no status, and the end",
                "status 99",
                "status 1000",
                "the end behind 103",
                "content first",
                "content first, and the end",
                "a field of HTTP/1",
                "two lengths",
                "a length that is none",
                "content announced that is not there"
            })
    @Timeout(value = 10, threadMode = ThreadMode.SEPARATE_THREAD)
    void aMalformedHeadIsA502AtOnce(String what) throws Exception {
        try (RawHttp2Server upstream = new RawHttp2Server(WITHOUT_A_HEAD.get(what));
                Attache proxy = before(upstream);
                RawClient client = RawClient.connect(address(proxy))) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

            assertThat(client.readHead().status()).isEqualTo(502);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a second head", "trailers in between"})
    void whatIsOutOfOrderBehindTheHeadBreaksTheAnswerOff(String what) throws Exception {
        try (RawHttp2Server upstream = new RawHttp2Server(BROKEN_BEHIND_THE_HEAD.get(what));
                Attache proxy = before(upstream);
                Http2Client client = new Http2Client(address(proxy))) {
            Http2Stream stream = client.open("GET", "/", HttpFields.EMPTY, true);

            try {
                // It has come together with the head, of which nothing had gone out yet.
                assertThat(Http2Client.answer(stream).status()).isEqualTo(502);
            } catch (StreamResetException brokenOff) {
                assertThat(brokenOff.code()).isEqualTo(ErrorCode.INTERNAL_ERROR.code());
            }
        }
    }

    @Test
    void aBodyThatIsSentAgainIsSentAsAWhole() throws Exception {
        int size = 30_000; // Twice within the connection's window, of more than one frame.
        AtomicInteger heads = new AtomicInteger();
        Answers refusingOnce = (frame, flags, stream, sender) -> {
            if (frame == RawHttp2Server.HEADERS && heads.incrementAndGet() == 1) {
                sender.frame(
                        RawHttp2Server.RST_STREAM,
                        0,
                        stream,
                        ByteBuffer.allocate(4)
                                .putInt(ErrorCode.REFUSED_STREAM.code())
                                .array());
            } else if (frame == RawHttp2Server.DATA && (flags & END) != 0) {
                sender.head(stream, END, ":status", "200");
            }
        };
        try (RawHttp2Server upstream = new RawHttp2Server(refusingOnce);
                Attache proxy = before(upstream);
                RawClient client = RawClient.connect(address(proxy))) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + size + "\r\n\r\n" + "x".repeat(size));

            assertThat(client.readHead().status()).isEqualTo(200);
            assertThat(heads).hasValue(2);
        }
    }

    @Test
    void aRequestThatBreaksItsOwnLengthIsTakenBackFromTheUpstream() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        Answers silent = (frame, flags, stream, sender) -> {
            if (frame == RawHttp2Server.DATA) {
                begun.countDown();
            }
        };
        try (RawHttp2Server upstream = new RawHttp2Server(silent);
                Attache proxy = before(upstream);
                Http2Client client = new Http2Client(address(proxy))) {
            Http2Stream stream = client.open("POST", "/", HttpFields.build().add("content-length", "10"), false);
            stream.send(Http2Client.bytes("five "), false);
            begun.await();
            try {
                stream.send(Http2Client.bytes("and more than ten"), true);
            } catch (StreamResetException refused) {
                // As it is sent, or a little later.
            }

            assertThat(upstream.resets.take()).isEqualTo(ErrorCode.CANCEL.code());
        }
    }

    @Test
    void anUpstreamThatReadsNothingKeepsNoRequestPastItsTimeout() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        Answers stuck = (frame, flags, stream, sender) -> {
            try {
                never.await();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        };
        int requests = 200; // More than fits into the buffers of two sockets.
        try (RawHttp2Server upstream = new RawHttp2Server(stuck);
                Attache proxy = before(upstream, Duration.ofMillis(500))) {
            HttpFields large = HttpFields.build().add("x-large", "x".repeat(50_000));
            CountDownLatch answered = new CountDownLatch(requests);
            for (int i = 0; i < requests; i++) {
                Thread.ofVirtual().start(() -> {
                    Request request = Request.get("/").withHeaders(large);
                    try (Response answer = proxy.service("front").handle(request, Exchange.begin())) {
                        if (answer.status() >= 500) {
                            answered.countDown();
                        }
                    }
                });
            }

            assertThat(answered.await(40, TimeUnit.SECONDS)).isTrue();
        } finally {
            never.countDown();
        }
    }

    @Test
    void aConnectionThatTheUpstreamTakesLeaveOfHasNotHadItsRequests() throws Exception {
        Answers leaving = onHead((stream, to) -> {
            to.frame(
                    RawHttp2Server.GOAWAY,
                    0,
                    0,
                    ByteBuffer.allocate(8).putInt(stream).putInt(0).array());
            to.head(stream, END, ":status", "200");
        });
        try (RawHttp2Server upstream = new RawHttp2Server(leaving);
                Attache proxy = before(upstream);
                RawClient client = RawClient.connect(address(proxy))) {
            client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(client.readHead().status()).isEqualTo(200);

            Waiting.until(() -> stats(proxy).contains("cluster.up.upstream_cx_destroy: 1\n"));
            assertThat(stats(proxy)).contains("cluster.up.upstream_cx_max_requests: 0\n");
        }
    }

    private static String stats(Attache proxy) {
        StringBuilder text = new StringBuilder();
        try {
            TextStats.write(proxy.stats(), StatsFilter.ALL, text);
        } catch (IOException broken) {
            throw new AssertionError(broken);
        }
        return text.toString();
    }
}
