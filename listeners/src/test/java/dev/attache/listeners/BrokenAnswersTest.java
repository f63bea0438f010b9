package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.ProxyConfig;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.BrokenBodyException;
import dev.attache.core.http.HttpFilter;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Response;
import dev.attache.core.stats.StatsFilter;
import dev.attache.core.stats.TextStats;
import dev.attache.tls.Tls;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that break before anything of them has been written: the client is told, and the connection goes on. */
@Timeout(60)
class BrokenAnswersTest {

    private static final String OK = "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";

    private static Attache proxy(RawUpstream upstream, HttpFilter filter) {
        ProxyConfig config = Embedded.config(Embedded.listener("demo", 0, upstream.port(), ""));
        return Attache.builder(config, Tls.provider()).filter(filter).start();
    }

    private static String stats(Attache proxy) throws IOException {
        StringBuilder text = new StringBuilder();
        TextStats.write(proxy.stats(), StatsFilter.ALL, text);
        return text.toString();
    }

    /** A body that is here, and broken. */
    private static Body breaking(IOException broken, AtomicBoolean closed) {
        return new Body.Streaming() {
            @Override
            public long length() {
                return -1;
            }

            @Override
            public boolean available() {
                return true;
            }

            @Override
            public ByteBuffer read() throws IOException {
                throw broken;
            }

            @Override
            public HttpFields trailers() {
                return HttpFields.EMPTY;
            }

            @Override
            public void close() {
                closed.set(true);
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"zz\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n", "5\nhello\n0\n\n", "5;\0\r\nhello\r\n"})
    void aBadChunkThatComesWithTheHeadIsA502(String chunks) throws Exception {
        String bad = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + chunks;
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        peer.send(head.startsWith("GET /bad ") ? bad : OK);
                    }
                });
                Attache proxy = proxy(upstream, (request, exchange, next) -> next.handle(request, exchange));
                RawClient client = RawClient.connect(Embedded.port(proxy, "demo"))) {
            RawClient.Answer answer = Embedded.get(client, "/bad");

            assertThat(answer.status()).isEqualTo(502);
            assertThat(answer.body()).contains("protocol error");
            assertThat(Embedded.get(client, "/good").body()).isEqualTo("ok");
        }
    }

    @Test
    void timeThatRunsOutBetweenHeadAndBodyIsA504() throws Exception {
        AtomicBoolean closed = new AtomicBoolean();
        LocalReply late = new LocalReply(504, "upstream request timeout", "upstream_response_timeout");
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.answering(OK));
                Attache proxy = proxy(
                        upstream,
                        (request, exchange, next) -> request.target().equals("/late")
                                ? new Response(
                                        200,
                                        HttpFields.build().add("x-a", "b"),
                                        breaking(new BrokenBodyException(late, new IOException("late")), closed))
                                : next.handle(request, exchange));
                RawClient client = RawClient.connect(Embedded.port(proxy, "demo"))) {
            RawClient.Answer answer = Embedded.get(client, "/late");

            assertThat(answer.status()).isEqualTo(504);
            assertThat(answer.body()).isEqualTo("upstream request timeout");
            assertThat(answer.head().header("x-a")).isNull();
            assertThat(closed).isTrue();
            assertThat(Embedded.get(client, "/good").body()).isEqualTo("ok");
            assertThat(stats(proxy)).contains("downstream_rq_5xx: 1\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\r\nb", "\u4e2d", "a\0"})
    void anAnswerThatCannotBeWrittenIsA500(String value) throws Exception {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.answering(OK, OK));
                Attache proxy = proxy(upstream, (request, exchange, next) -> {
                    Response response = next.handle(request, exchange);
                    if (request.target().equals("/bad")) {
                        response.headers().put("x-bad", value);
                    }
                    return response;
                });
                RawClient client = RawClient.connect(Embedded.port(proxy, "demo"))) {
            assertThat(Embedded.get(client, "/bad").status()).isEqualTo(500);
            assertThat(Embedded.get(client, "/good").body()).isEqualTo("ok");
            assertThat(stats(proxy)).contains("downstream_rq_5xx: 1\n");
        }
    }

    @Test
    void aLengthThatIsNoneIsA500() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.answering(OK));
                Attache proxy = proxy(upstream, (request, exchange, next) -> {
                    Response response = next.handle(request, exchange);
                    response.headers().put("content-length", "many");
                    return response;
                });
                RawClient client = RawClient.connect(Embedded.port(proxy, "demo"))) {
            assertThat(Embedded.get(client, "/").status()).isEqualTo(500);
        }
    }
}
