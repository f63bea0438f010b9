package dev.attache.core.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.EscapedSlashes;
import dev.attache.core.config.FilterConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.ServerHeader;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.fixtures.Waiting;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpFilter;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http.ResponseFlag;
import dev.attache.core.net.TlsProvider;
import dev.attache.core.policy.Outcome;
import dev.attache.core.stats.StatsFilter;
import dev.attache.core.stats.TextStats;
import dev.attache.core.upstream.Endpoint;
import dev.attache.core.upstream.UpstreamClient;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpPipelineTest {

    private static final TlsProvider NO_TLS = new TlsProvider() {
        @Override
        public UpstreamTls upstream(UpstreamTlsConfig config, String cluster) {
            throw new AssertionError("no TLS here");
        }

        @Override
        public DownstreamTls downstream(DownstreamTlsConfig config, String listener) {
            throw new AssertionError("no TLS here");
        }
    };

    private final Deque<Request> sent = new ArrayDeque<>();
    private final HttpFields.Mutable upstreamHeaders = HttpFields.build();
    private InProcess proxy;

    @AfterEach
    void close() {
        if (proxy != null) {
            proxy.close();
        }
    }

    private final class Upstream implements UpstreamClient {
        @Override
        public Outcome send(Request request, Endpoint endpoint, Exchange exchange, Cancellation cancellation) {
            sent.add(request);
            return new Outcome.Answered(new Response(200, HttpFields.build(upstreamHeaders), Body.EMPTY));
        }

        @Override
        public void removed(Endpoint endpoint) {}

        @Override
        public void close() {}
    }

    private Response call(UnaryOperator<HttpConfig.Builder> settings, Request request, HttpFilter... filters) {
        start(settings, filters);
        return proxy.service("test").handle(request, Exchange.begin());
    }

    private void start(UnaryOperator<HttpConfig.Builder> settings, HttpFilter... filters) {
        RouteConfig everything = RouteConfig.builder(
                        RouteMatch.prefix("/"), ForwardConfig.to("c").build())
                .build();
        RouteTableConfig routes = RouteTableConfig.builder()
                .virtualHosts(List.of(
                        VirtualHostConfig.builder("v", List.of("known.test", "localhost:8080"), List.of(everything))
                                .build()))
                .build();
        HttpConfig http = settings.apply(HttpConfig.builder("test", routes)).build();
        ProxyConfig config = ProxyConfig.builder()
                .clusters(List.of(ClusterConfig.to("c", "127.0.0.1", 1).build()))
                .listeners(List.of(ListenerConfig.http(Address.loopback(8080), http)
                        .bindToPort(false)
                        .build()))
                .build();
        InProcess.Builder builder = InProcess.builder(config, NO_TLS).upstream(_ -> new Upstream());
        List.of(filters).forEach(builder::filter);
        proxy = builder.start();
    }

    private static Request to(String target) {
        return Request.get(target).withAuthority("known.test");
    }

    @Test
    void countsRequestsByTheVersionInWhichTheyCame() throws IOException {
        start(settings -> settings);
        for (String protocol : List.of("HTTP/1.0", "HTTP/1.1", "HTTP/2", "HTTP/2", "HTTP/2")) {
            Exchange exchange = Exchange.begin(new Exchange.Downstream(null, null, null, protocol));
            proxy.service("test").handle(to("/"), exchange).close();
        }
        StringBuilder stats = new StringBuilder();
        TextStats.write(proxy.stats(), StatsFilter.ALL, stats);
        assertThat(stats.toString())
                .contains("downstream_rq_total: 5\n")
                .contains("downstream_rq_http1_total: 2\n")
                .contains("downstream_rq_http2_total: 3\n");
    }

    /** A filter of an application may wait for anything. */
    @Test
    void aRequestWhoseTimeIsOverIsAnsweredSoWhateverComesOfIt() throws IOException {
        HttpFilter slow = (request, exchange, next) -> {
            Waiting.until("given up", () -> exchange.cancellation().cause() != null);
            return new Response(200, HttpFields.build(), Body.EMPTY);
        };
        start(http -> http.maxStreamDuration(Duration.ofMillis(20)), slow);
        Exchange exchange = Exchange.begin();

        try (Response response = proxy.service("test").handle(to("/"), exchange)) {
            assertThat(response.status()).isEqualTo(408);
            assertThat(response.localReply().details()).isEqualTo("max_duration_timeout");
        }
        assertThat(exchange.details()).isEqualTo("max_duration_timeout");
        assertThat(exchange.flagged(ResponseFlag.DURATION_TIMEOUT)).isTrue();
        assertThat(proxy.stats()
                        .http("test")
                        .counter("downstream_rq_max_duration_reached")
                        .value())
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({
        "OVERWRITE, nginx, envoy",
        "OVERWRITE, '', envoy",
        "APPEND_IF_ABSENT, nginx, nginx",
        "APPEND_IF_ABSENT, '', envoy",
        "PASS_THROUGH, nginx, nginx",
        "PASS_THROUGH, '', "
    })
    void treatsTheServerHeaderAsConfigured(ServerHeader rule, String fromUpstream, String seen) {
        if (!fromUpstream.isEmpty()) {
            upstreamHeaders.add("server", fromUpstream);
        }
        try (Response response = call(http -> http.serverHeader(rule), to("/"))) {
            assertThat(response.headers().get("server")).isEqualTo(seen);
        }
    }

    @Test
    void keepsTheUpstreamsDateAndGivesOneWhereThereIsNone() {
        upstreamHeaders.add("date", "Tue, 15 Nov 1994 08:12:31 GMT");
        try (Response response = call(http -> http, to("/"))) {
            assertThat(response.headers().get("date")).isEqualTo("Tue, 15 Nov 1994 08:12:31 GMT");
        }
        upstreamHeaders.clear();
        try (Response response = proxy.service("test").handle(to("/"), Exchange.begin())) {
            assertThat(response.headers().get("date"))
                    .matches("(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \\d{2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} GMT");
        }
    }

    @Test
    void aClientThatIsGoneHasHadNoResponse() {
        Exchange exchange = Exchange.begin();
        start(http -> http, (request, current, next) -> {
            current.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
            return next.handle(request, current);
        });
        proxy.service("test").handle(to("/"), exchange).close();
        assertThat(exchange.status()).isZero();
        assertThat(exchange.flagged(ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION))
                .isTrue();
    }

    @Test
    void forwardsTheVeryPathThatItRoutedBy() {
        try (Response response = call(http -> http, to("/a/..;/AC%2FDC//x|y?q=%zz"))) {
            assertThat(response.status()).isEqualTo(200);
        }
        assertThat(sent.remove().target()).isEqualTo("/a/..;/AC%2FDC//x|y?q=%zz");
    }

    @Test
    void normalizesForRoutingAndForwardingAlikeWhereAsked() {
        try (Response response = call(http -> http.normalizePath(true).mergeSlashes(true), to("/a//b/../c?d=//"))) {
            assertThat(response.status()).isEqualTo(200);
        }
        assertThat(sent.remove().target()).isEqualTo("/a/c?d=//");
    }

    @Test
    void refusesOrRedirectsEscapedSlashesWhereAsked() {
        try (Response response = call(http -> http.escapedSlashes(EscapedSlashes.REJECT_REQUEST), to("/a%2Fb"))) {
            assertThat(response.status()).isEqualTo(400);
        }
        proxy.close();
        try (Response response =
                call(http -> http.escapedSlashes(EscapedSlashes.UNESCAPE_AND_REDIRECT), to("/a%2Fb?c"))) {
            assertThat(response.status()).isEqualTo(307);
            assertThat(response.headers().get("location")).isEqualTo("/a/b?c");
        }
        assertThat(sent).isEmpty();
    }

    @Test
    void takesThePortOffTheAuthorityWhereAsked() {
        Request request = Request.get("/").withAuthority("known.test:8080");
        try (Response response = call(http -> http, request)) {
            assertThat(response.status()).as("the port counts").isEqualTo(404);
        }
        proxy.close();
        try (Response response = call(http -> http.stripMatchingHostPort(true), request)) {
            assertThat(response.status()).isEqualTo(200);
        }
        assertThat(sent.remove().authority()).isEqualTo("known.test");
        proxy.close();
        Request other = Request.get("/").withAuthority("known.test:1");
        try (Response response = call(http -> http.stripMatchingHostPort(true), other)) {
            assertThat(response.status()).isEqualTo(404);
        }
        proxy.close();
        try (Response response = call(http -> http.stripAnyHostPort(true), other)) {
            assertThat(response.status()).isEqualTo(200);
        }
    }

    @Test
    void givesACallWithoutAuthorityTheListenersOwn() {
        try (Response response = call(http -> http, Request.get("/"))) {
            assertThat(response.status()).isEqualTo(200);
        }
        assertThat(sent.remove().authority()).isEqualTo("localhost:8080");
    }

    @Test
    void aFilterThatThrowsFailsItsRequestAndNothingElse() {
        HttpFilter broken = (request, exchange, next) -> {
            if (request.path().equals("/bug")) {
                throw new AssertionError("a bug of the application's");
            }
            return next.handle(request, exchange);
        };
        try (Response response = call(http -> http, to("/bug"), broken)) {
            assertThat(response.status()).isEqualTo(500);
        }
        try (Response response = proxy.service("test").handle(to("/"), Exchange.begin())) {
            assertThat(response.status()).isEqualTo(200);
        }
    }

    @Test
    void aRequestThatFindsNoMemoryFailsAndNothingElse() {
        HttpFilter greedy = (request, exchange, next) -> {
            if (request.path().equals("/greedy")) {
                throw new OutOfMemoryError("meant by the test");
            }
            return next.handle(request, exchange);
        };
        try (Response response = call(http -> http, to("/greedy"), greedy)) {
            assertThat(response.status()).isEqualTo(500);
        }
        try (Response response = proxy.service("test").handle(to("/"), Exchange.begin())) {
            assertThat(response.status()).isEqualTo(200);
        }
    }

    @Test
    void anUnknownServiceIsAnsweredWithTheListOfThoseThereAre() {
        start(http -> http);

        assertThatThrownBy(() -> proxy.service("nobody"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nobody")
                .hasMessageContaining("[test]");
    }

    @Test
    void aFilterThatNobodyHasIsAConfigurationError() {
        assertThatThrownBy(() -> start(http -> http.filters(List.of(new FilterConfig.Extension("no.such")))))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("no.such");
    }

    @Test
    void countsWhatWasTooLargeOnlyWhereItRefusedIt() throws Exception {
        start(http -> http, (request, exchange, next) -> {
            Response response = next.handle(request, exchange);
            response.status(413);
            return response;
        });
        proxy.service("test").handle(to("/"), Exchange.begin()).close();
        HttpEntry entry = proxy.graph().listeners().getFirst().entry();
        assertThat(counted()).doesNotContain("downstream_rq_too_large: 1");

        entry.rejected(Exchange.begin(), new LocalReply(431, "", "http1.headers_too_large"))
                .close();
        entry.rejected(Exchange.begin(), new LocalReply(408, "", "request_header_timeout"))
                .close();

        assertThat(counted()).contains("downstream_rq_too_large: 1", "downstream_rq_header_timeout: 1");
    }

    private String counted() throws IOException {
        StringBuilder text = new StringBuilder();
        TextStats.write(proxy.stats(), StatsFilter.ALL, text);
        return text.toString();
    }

    @Test
    void answersAGrpcCallWithStatus200AndLogsWhyNevertheless() throws Exception {
        start(http -> http);
        Exchange exchange = Exchange.begin();
        HttpFields grpc = HttpFields.build().put("content-type", "application/grpc+proto");

        try (Response response = proxy.service("test")
                .handle(new Request("POST", "http", "unknown.test", "/s/m", grpc, Body.EMPTY), exchange)) {
            assertThat(response.status()).isEqualTo(200);
            assertThat(response.headers().get("grpc-status")).isEqualTo("12");
        }
        assertThat(exchange.status()).isEqualTo(200);
        assertThat(exchange.flagged(ResponseFlag.NO_ROUTE_FOUND)).isTrue();
        assertThat(exchange.details()).isEqualTo("route_not_found");
        assertThat(counted()).contains("downstream_rq_2xx: 1");
    }

    @Test
    void countsCallsWhereTheConfigurationSaysSo() throws Exception {
        upstreamHeaders.add("grpc-status", "5");
        start(http -> http.filters(List.of(new FilterConfig.GrpcStats(true, Map.of(), false, false))));
        HttpFields grpc = HttpFields.build().put("content-type", "application/grpc");

        proxy.service("test")
                .handle(new Request("POST", "http", "known.test", "/s/m", grpc, Body.EMPTY), Exchange.begin())
                .close();

        assertThat(counted()).contains("cluster.c.grpc.s.m.5: 1", "cluster.c.grpc.s.m.failure: 1");
    }
}
