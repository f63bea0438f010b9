package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.UnderscoresInHeaders;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests of HTTP/1 pass, in which form, and when a connection goes on. */
@Timeout(60)
class Http1RulesTest {

    private static Stand old() throws Exception {
        return Stand.serving(settings -> settings.acceptHttp10(true), (request, exchange) -> TestEntry.text(200, "ok"));
    }

    private static Stand forwarding(
            RawUpstream upstream, UnaryOperator<HttpConfig.Builder> settings, HeaderCase upstreamCase)
            throws Exception {
        Stand stand = new Stand();
        stand.entry =
                stand.entry(settings, new Forwarder(upstream.address(), upstreamCase, stand.stats, stand.deadlines));
        stand.listen();
        return stand;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "FOO | 400",
                "GET | 400",
                "GET / | 400",
                "GET /a b | 400",
                "GET /a b HTTP/1.1 | 400",
                "GET / HTTP/1.12 | 400",
                "GET / http/1.1 | 400",
                "GET / HTTP/3.0 | 505",
                "GET / HTTP/0.9 | 505",
                "GET / HTTP/1.1~Connection: \"x | 400",
                "GET / HTTP/1.1~Connection: keep-a\"live | 400",
                "GET / HTTP/1.1~Connection: upgrade~Upgrade: \"x | 400",
                "GET / HTTP/1.1~Connection: upgrade~Upgrade: a/b/c | 400",
                "GET http://[ HTTP/1.1 | 400"
            })
    void whatIsNoHeadIsAnsweredCountedAndCloses(String head, int status) throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(200, "ok"));
                RawClient client = stand.connect()) {
            // Behind a good one, so that what is in front of it in the buffer is no excuse.
            String bad = head.replace("~", "\r\n") + "\r\nHost: h\r\n\r\n";
            client.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n" + bad);

            assertThat(client.readAnswer().status()).isEqualTo(200);
            RawClient.Answer answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(status);
            assertThat(answer.head().header("connection")).isEqualTo("close");
            client.shutdownOutput();
            assertThat(client.readAll()).isEmpty();
            assertThat(stand.entry.requests).hasSize(1);
            assertThat(stand.entry.connections().protocolError.value()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a:+80", "a:-1", "a:0", "::1", "[::1]:+1", "a b", "a,b", "\u00e9"})
    void whatIsNoAuthorityIsRefused(String host) throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(200, "ok"));
                RawClient client = stand.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: " + host + "\r\n\r\n");
            assertThat(client.readAnswer().status()).isEqualTo(400);
        }
    }

    @Test
    void anAbsoluteTargetThatIsNoneIsRefusedWithoutAHostAsWell() throws Exception {
        try (Stand stand = old();
                RawClient client = stand.connect()) {
            client.send("GET http://[ HTTP/1.0\r\n\r\n");
            assertThat(client.readAnswer().status()).isEqualTo(400);
        }
    }

    @Test
    void octetsOfTargetsAndValuesGoThroughOneToOne() throws Exception {
        BlockingQueue<String> heads = new LinkedBlockingQueue<>();
        String odd = "caf\u00c3\u00a9 \u00e9\u00ff";
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    heads.add(peer.readHead());
                    peer.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx-v: " + odd + "\r\n\r\n");
                });
                Stand stand = forwarding(upstream, settings -> settings, HeaderCase.LOWER);
                RawClient client = stand.connect()) {
            client.send("GET /caf\u00c3\u00a9/\u00e9?\u00ff HTTP/1.1\r\nHost: h\r\nx-v: " + odd + "\r\n\r\n");

            assertThat(client.readAnswer().head().header("x-v")).isEqualTo(odd);
            assertThat(RawUpstream.next(heads))
                    .startsWith("GET /caf\u00c3\u00a9/\u00e9?\u00ff HTTP/1.1\r\n")
                    .contains("\r\nx-v: " + odd + "\r\n");
        }
    }

    static Stream<Arguments> namesThatNeverHaveUnderscores() {
        List<String> names = List.of("Transfer_Encoding", "transfer_encoding", "Content_Length", "content_length");
        return Stream.of(UnderscoresInHeaders.values())
                .flatMap(action -> names.stream().map(name -> Arguments.of(action, name)));
    }

    @ParameterizedTest
    @MethodSource("namesThatNeverHaveUnderscores")
    void refusesNamesThatWouldFrameARequestIfFolded(UnderscoresInHeaders action, String name) throws Exception {
        try (Stand stand = Stand.serving(
                        settings -> settings.underscores(action), (request, exchange) -> TestEntry.text(200, "ok"));
                RawClient client = stand.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n" + name + ": 5\r\n\r\n");
            assertThat(client.readAnswer().status()).isEqualTo(400);
            assertThat(client.read()).isEqualTo(-1);
            assertThat(stand.entry.requests).isEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({"ALLOW,          'x_a=1,x-b=2'", "DROP_HEADER,    'x-b=2'", "REJECT_REQUEST, 'x-b=2'"})
    void treatsTrailersWithUnderscoresAsHeadersAndDropsThoseThatFrame(UnderscoresInHeaders action, String passed)
            throws Exception {
        BlockingQueue<String> trailers = new LinkedBlockingQueue<>();
        try (Stand stand = Stand.serving(settings -> settings.underscores(action), (request, exchange) -> {
                    trailers.add(String.join(
                            ",",
                            request.body().trailers().stream()
                                    .map(field -> field.getName() + "=" + field.getValue())
                                    .toList()));
                    return TestEntry.text(200, "ok");
                });
                RawClient client = stand.connect()) {
            client.send("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n"
                    + "2\r\nhi\r\n0\r\nx_a: 1\r\nx-b: 2\r\ntransfer_encoding: chunked\r\nContent_Length: 3\r\n"
                    + "Host: evil\r\n\r\n");
            assertThat(client.readAnswer().status()).isEqualTo(200);
            assertThat(trailers.take()).isEqualTo(passed);
            long dropped = action == UnderscoresInHeaders.ALLOW ? 0 : 1;
            assertThat(LimitsTest.underscores(stand, "http1")).containsExactly(dropped, 0L);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "1.1, '',                                            true",
        "1.1, 'Connection: keep-alive',                      true",
        "1.1, 'Proxy-Connection: close',                     true",
        "1.1, 'Connection: x-hop',                           true",
        "1.1, 'Connection: close',                           false",
        "1.1, 'Connection: CLOSE',                           false",
        "1.1, 'Connection: keep-alive, close',               false",
        "1.1, 'Connection: keep-alive|Connection: close',    false",
        "1.0, '',                                            false",
        "1.0, 'Connection: Keep-Alive',                      true",
        "1.0, 'Proxy-Connection: keep-alive',                false",
        "1.0, 'Connection: close, keep-alive',               false"
    })
    void goesOnWithAConnectionAsItsClientAsks(String version, String headers, boolean goesOn) throws Exception {
        String lines = headers.isEmpty() ? "" : headers.replace("|", "\r\n") + "\r\n";
        String request = "GET / HTTP/" + version + "\r\nHost: h\r\n" + lines + "\r\n";
        try (Stand stand = old();
                RawClient client = stand.connect()) {
            client.send(request + request);
            RawClient.Answer answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(200);
            if (!goesOn) {
                assertThat(answer.head().text()).contains("connection: close");
                assertThat(client.read()).isEqualTo(-1);
                return;
            }
            assertThat(answer.head().text().contains("connection: keep-alive")).isEqualTo(version.equals("1.0"));
            assertThat(client.readAnswer().status()).isEqualTo(200);
        }
    }

    @Test
    void answersPipelinedRequestsInOrderUntilOneIsTheLast() throws Exception {
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(200, request.target()));
                RawClient client = stand.connect()) {
            client.send("GET /1 HTTP/1.1\r\nHost: h\r\n\r\n"
                            + "POST /2 HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nGET "
                            + "POST /3 HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n"
                            + "\r\nGET /4 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
                            + "GET /5 HTTP/1.1\r\nHost: h\r\n\r\n")
                    .shutdownOutput();
            for (String path : List.of("/1", "/2", "/3", "/4")) {
                assertThat(client.readAnswer().body()).isEqualTo(path);
            }
            assertThat(client.read()).isEqualTo(-1);
            assertThat(stand.entry.requests).hasSize(4);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET,     http://h,            1.1, h,      h,      /",
        "GET,     http://h?q,          1.1, h,      h,      /?q",
        "GET,     http://h:81/a/../b,  1.1, h:81,   h:81,   /a/../b",
        "GET,     HTTP://h/a,          1.1, h,      h,      /a",
        "GET,     https://h/a,         1.1, h,      h,      /a",
        "OPTIONS, http://h,            1.1, h,      h,      *",
        "OPTIONS, http://h/,           1.1, h,      h,      /",
        "OPTIONS, *,                   1.1, h,      h,      *",
        "GET,     http://named/a,      1.0, '',     named,  /a",
        "GET,     http://[::1]:81/a,   1.0, '',     [::1]:81, /a"
    })
    void readsAbsoluteTargets(String method, String target, String version, String host, String authority, String path)
            throws Exception {
        try (Stand stand = old();
                RawClient client = stand.connect()) {
            client.send(method + " " + target + " HTTP/" + version + "\r\n" + (host.isEmpty() ? "" : "Host: " + host)
                    + (host.isEmpty() ? "\r\n" : "\r\n\r\n"));
            assertThat(client.readAnswer().status()).isEqualTo(200);
            var request = stand.entry.requests.take();
            assertThat(request.authority()).isEqualTo(authority);
            assertThat(request.target()).isEqualTo(path);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.0\r\n\r\n",
                "GET http://u@h/ HTTP/1.0\r\n\r\n",
                "GET http:///a HTTP/1.0\r\n\r\n",
                "GET http://h/ HTTP/1.1\r\n\r\n",
                "GET http://h/ HTTP/1.1\r\nHost: other\r\n\r\n",
                "OPTIONS ftp://h HTTP/1.1\r\nHost: h\r\n\r\n"
            })
    void refusesATargetWithoutOneClearAuthority(String request) throws Exception {
        try (Stand stand = old();
                RawClient client = stand.connect()) {
            assertThat(client.send(request).readAnswer().status()).isEqualTo(400);
            assertThat(client.read()).isEqualTo(-1);
            assertThat(stand.entry.requests).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "authorization",
                "x-forwarded-for",
                "x-forwarded-client-cert",
                "X-Forwarded-Proto",
                "forwarded",
                "via",
                "x-real-ip",
                "x-request-id",
                "traceparent",
                "x-envoy-max-retries",
                "content-type"
            })
    void doesNotLetAClientHaveWhatOthersRelyOnRemoved(String name) throws Exception {
        try (Stand stand = old();
                RawClient client = stand.connect()) {
            client.send("GET / HTTP/1.1\r\nHost: h\r\nConnection: x-hop," + name + "\r\nX-Hop: 1\r\n" + name
                    + ": value\r\n\r\n");
            assertThat(client.readAnswer().status()).isEqualTo(200);
            HttpFields headers = stand.entry.requests.take().headers();
            assertThat(headers.get(name)).isEqualTo("value");
            assertThat(headers.contains("x-hop")).isFalse();
        }
    }

    @Test
    void sendsAnHttp10ClientABodyOfUnknownLengthUntilTheEnd() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.answering(
                        "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n"));
                Stand stand = forwarding(upstream, settings -> settings.acceptHttp10(true), HeaderCase.LOWER);
                RawClient client = stand.connect()) {
            client.send("GET / HTTP/1.0\r\nHost: h\r\nConnection: keep-alive\r\n\r\n");
            String answer = client.readAll();
            assertThat(answer).endsWith("\r\n\r\nonetwo").contains("connection: close");
            assertThat(answer).doesNotContain("transfer-encoding", "content-length");
        }
    }

    @ParameterizedTest
    @EnumSource(HeaderCase.class)
    void writesNamesInTheSameCaseInBothDirections(HeaderCase headerCase) throws Exception {
        BlockingQueue<String> received = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    received.add(peer.readHead());
                    peer.readBody(2);
                    peer.send("HTTP/1.1 200 OK\r\nETAG: x\r\nx-ODD-name: y\r\ncontent-LENGTH: 0\r\n\r\n");
                });
                Stand stand = forwarding(upstream, settings -> settings.headerCase(headerCase), headerCase);
                RawClient client = stand.connect()) {
            client.send("POST / HTTP/1.1\r\nHOST: h\r\nUSER-agent: u\r\nx-MY-name: v\r\ncontent-LENGTH: 2\r\n\r\nhi");
            String answer = client.readHead().text();
            String request = received.take();
            switch (headerCase) {
                case LOWER -> {
                    assertThat(request).contains("\r\nhost: ", "\r\nuser-agent: ", "\r\nx-my-name: ");
                    assertThat(request).contains("\r\ncontent-length: 2");
                    assertThat(answer).contains("\r\netag: ", "\r\nx-odd-name: ", "\r\ncontent-length: 0");
                }
                case PROPER_CASE_WORDS -> {
                    assertThat(request).contains("\r\nHost: ", "\r\nUser-Agent: ", "\r\nX-My-Name: ");
                    assertThat(request).contains("\r\nContent-Length: 2");
                    assertThat(answer).contains("\r\nEtag: ", "\r\nX-Odd-Name: ", "\r\nContent-Length: 0");
                }
                case PRESERVE -> {
                    // What frames a message, and its host, are the proxy's own.
                    assertThat(request).contains("\r\nHost: ", "\r\nUSER-agent: ", "\r\nx-MY-name: ");
                    assertThat(request).contains("\r\nContent-Length: 2");
                    assertThat(answer).contains("\r\nETAG: ", "\r\nx-ODD-name: ", "\r\nContent-Length: 0");
                }
            }
        }
    }
}
