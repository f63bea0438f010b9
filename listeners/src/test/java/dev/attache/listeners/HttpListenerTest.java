package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.RawClient;
import dev.attache.core.http.Body;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HttpListenerTest {

    @Test
    void answersARequestOnAVirtualThread() throws Exception {
        AtomicReference<Thread> thread = new AtomicReference<>();
        try (Stand stand = Stand.serving((request, exchange) -> {
                    thread.set(Thread.currentThread());
                    return TestEntry.text(200, "hello");
                });
                RawClient client = stand.connect()) {
            RawClient.Answer answer = client.send("GET /a?b=c HTTP/1.1\r\nHost: h:1\r\nX-A: b\r\n\r\n")
                    .readAnswer();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("hello");
            assertThat(answer.head().header("x-from")).isEqualTo("entry");
            assertThat(answer.head().header("server")).isNull();
            assertThat(thread.get().isVirtual()).isTrue();
            Request request = stand.entry.requests.take();
            assertThat(request.method()).isEqualTo("GET");
            assertThat(request.target()).isEqualTo("/a?b=c");
            assertThat(request.authority()).isEqualTo("h:1");
            assertThat(request.headers().get("x-a")).isEqualTo("b");
            assertThat(request.headers().contains("host")).isFalse();
        }
    }

    @Test
    void servesManyRequestsOnOneConnectionInOrder() throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(200, request.target()));
                RawClient client = stand.connect()) {
            client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readAnswer().body()).isEqualTo("/1");
            assertThat(client.readAnswer().body()).isEqualTo("/2");
            client.send("POST /3 HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc");
            assertThat(client.readAnswer().body()).isEqualTo("/3");
        }
    }

    @Test
    void handsOnASmallBodyThatIsHereAsAWhole() throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(200, ""));
                RawClient client = stand.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello");
            client.readAnswer();
            Request request = stand.entry.requests.take();
            assertThat(request.body()).isInstanceOf(Body.Buffered.class);
            assertThat(request.body().length()).isEqualTo(5);
        }
    }

    @Test
    void keepsTheResponsesOwnFramingForHeadAndNotModified() throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> switch (request.target()) {
                    case "/304" -> new Response(304, HttpFields.build().add("etag", "\"a\""), Body.EMPTY);
                    case "/204" -> new Response(204, HttpFields.build(), Body.EMPTY);
                    case "/length" -> new Response(200, HttpFields.build().add("content-length", "7"), Body.EMPTY);
                    default -> new Response(200, HttpFields.build(), Body.EMPTY);
                });
                RawClient client = stand.connect()) {
            client.send("GET /304 HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead().header("content-length")).isNull();
            client.send("GET /204 HTTP/1.1\r\nHost: h\r\n\r\n");
            RawClient.Head none = client.readHead();
            assertThat(none.header("content-length")).isNull();
            assertThat(none.header("transfer-encoding")).isNull();
            client.send("HEAD /length HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead().header("content-length")).isEqualTo("7");
            client.send("HEAD /unknown HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead().header("content-length")).isNull();
            client.send("GET /last HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readHead().header("content-length")).isEqualTo("0");
        }
    }

    @Test
    void refusesWhatIsNoHttpAndCloses() throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(200, ""));
                RawClient client = stand.connect()) {
            RawClient.Answer answer =
                    client.send("GET / HTTP/1.1\r\nNo Host\r\n\r\n").readAnswer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.head().header("connection")).isEqualTo("close");
            client.shutdownOutput();
            assertThat(client.read()).isEqualTo(-1);
            assertThat(stand.entry.rejections.take().status()).isEqualTo(400);
            assertThat(stand.entry.ended.poll(10, TimeUnit.SECONDS)).isNotNull();
            assertThat(stand.entry.requests).isEmpty();
        }
    }
}
