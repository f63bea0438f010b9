package dev.attache.core.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.InternalAddressConfig;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ForwardingHeadersTest {

    private static HttpConfig.Builder config() {
        return HttpConfig.builder("test", RouteTableConfig.builder().build())
                .internalAddresses(new InternalAddressConfig(true, List.of("10.0.0.0/8", "::1/128")));
    }

    private static Exchange from(String peer) {
        InetSocketAddress address = new InetSocketAddress(InetAddress.ofLiteral(peer), 4711);
        return Exchange.begin(new Exchange.Downstream(address, address, address, "HTTP/1.1"));
    }

    private static Request request(String... headers) {
        HttpFields.Mutable fields = HttpFields.build();
        for (int i = 0; i < headers.length; i += 2) {
            fields.add(headers[i], headers[i + 1]);
        }
        return new Request("GET", "http", "example.org", "/", fields, Body.EMPTY);
    }

    @ParameterizedTest
    @CsvSource({"'', http", "https, https", "http, http"})
    void forwardsWithTheSchemeThatIsAskedForAndTellsThatOfTheClient(String overwritten, String forwarded) {
        HttpConfig config = config().scheme(overwritten).build();

        Request request = new ForwardingHeaders(config).apply(request(), from("192.0.2.9"));

        assertThat(request.scheme()).isEqualTo(forwarded);
        assertThat(request.headers().get("x-forwarded-proto")).isEqualTo("http");
    }

    private static String remote(Exchange exchange) {
        return ((InetSocketAddress) exchange.downstream().remote()).getAddress().getHostAddress();
    }

    @ParameterizedTest
    @CsvSource({
        "false, 0, '',                          192.0.2.9",
        "false, 0, '203.0.113.1',               203.0.113.1",
        "false, 0, '203.0.113.1, 203.0.113.2',  203.0.113.2",
        "false, 1, '203.0.113.1, 203.0.113.2',  203.0.113.1",
        "false, 2, '203.0.113.1, 203.0.113.2',  192.0.2.9",
        "true,  0, '203.0.113.1, 203.0.113.2',  192.0.2.9",
        "true,  1, '203.0.113.1, 203.0.113.2',  203.0.113.2",
        "true,  2, '203.0.113.1, 203.0.113.2',  203.0.113.1",
        "true,  3, '203.0.113.1, 203.0.113.2',  192.0.2.9",
        "false, 0, 'not an address',            192.0.2.9"
    })
    void findsTheClientByEnvoysTable(boolean useRemoteAddress, int hops, String forwardedFor, String client) {
        HttpConfig config =
                config().useRemoteAddress(useRemoteAddress).xffTrustedHops(hops).build();
        Exchange exchange = from("192.0.2.9");
        Request request = forwardedFor.isEmpty() ? request() : request("x-forwarded-for", forwardedFor);

        new ForwardingHeaders(config).apply(request, exchange);

        assertThat(remote(exchange)).isEqualTo(client);
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // append, remote, hops, sent, seen
                "false, true,  0, -,    -",
                "false, true,  0, 1234, 1234",
                "true,  true,  0, -,    8443",
                "true,  true,  0, 1234, 8443",
                "true,  true,  1, -,    8443",
                "true,  true,  1, 1234, 1234",
                "true,  false, 0, -,    8443",
                "true,  false, 0, 1234, 1234",
            })
    void tellsThePortThatTheClientHasReachedUnlessATrustedProxyHas(
            boolean append, boolean useRemoteAddress, int hops, @Nullable String sent, @Nullable String seen) {
        HttpConfig config = config().appendXForwardedPort(append)
                .useRemoteAddress(useRemoteAddress)
                .xffTrustedHops(hops)
                .build();
        InetSocketAddress peer = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.9"), 4711);
        InetSocketAddress reached = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.1"), 8443);
        Exchange exchange = Exchange.begin(new Exchange.Downstream(peer, reached, peer, "HTTP/1.1"));
        Request request = sent == null ? request() : request("X-Forwarded-Port", sent);

        Request forwarded = new ForwardingHeaders(config).apply(request, exchange);

        assertThat(forwarded.headers().getValuesList("x-forwarded-port"))
                .isEqualTo(seen == null ? List.of() : List.of(seen));
    }

    @Test
    void tellsNoPortWhereThereIsNone() {
        HttpConfig config = config().appendXForwardedPort(true).build();

        Request forwarded = new ForwardingHeaders(config).apply(request(), Exchange.begin());

        assertThat(forwarded.headers().get("x-forwarded-port")).isNull();
    }

    /**
     * What Envoy does with the headers that tell of the client. A request of {@code peer} comes with {@code xffIn}, with
     * {@code xfpIn} and with all the headers that only the internal may send.
     */
    @ParameterizedTest
    @CsvSource(delimiter = '|', nullValues = "-", textBlock = """
        # remote | hops | skip  | scheme | peer      | xffIn              | xfpIn | xffOut                    | xfpOut | kind
          false  | 0    | false | http   | 192.0.2.9 | -                  | -     | -                         | http   | hop
          false  | 0    | false | https  | 192.0.2.9 | -                  | -     | -                         | https  | hop
          false  | 0    | false | http   | 10.1.2.3  | -                  | -     | -                         | http   | hop
          false  | 0    | false | http   | 192.0.2.9 | 203.0.113.1        | https | 203.0.113.1               | https  | hop
          false  | 0    | false | https  | 192.0.2.9 | 203.0.113.1        | http  | 203.0.113.1               | http   | hop
          false  | 0    | false | http   | 192.0.2.9 | 10.9.9.9           | -     | 10.9.9.9                  | http   | internal
          false  | 0    | false | http   | 192.0.2.9 | 10.9.9.9, 10.9.9.8 | -     | 10.9.9.9, 10.9.9.8        | http   | hop
          false  | 1    | false | http   | 192.0.2.9 | 10.9.9.9, 10.9.9.8 | -     | 10.9.9.9, 10.9.9.8        | http   | hop
          true   | 0    | false | http   | 10.1.2.3  | -                  | https | 10.1.2.3                  | http   | internal
          true   | 0    | false | https  | 10.1.2.3  | -                  | http  | 10.1.2.3                  | https  | internal
          true   | 0    | true  | http   | 10.1.2.3  | -                  | -     | -                         | http   | internal
          true   | 0    | false | http   | 10.1.2.3  | 10.9.9.9           | -     | 10.9.9.9,10.1.2.3         | http   | edge
          true   | 0    | false | http   | 192.0.2.9 | -                  | https | 192.0.2.9                 | http   | edge
          true   | 0    | false | https  | 192.0.2.9 | 10.9.9.9           | http  | 10.9.9.9,192.0.2.9        | https  | edge
          true   | 0    | true  | http   | 192.0.2.9 | 10.9.9.9           | -     | 10.9.9.9                  | http   | edge
          true   | 1    | false | http   | 10.1.2.3  | -                  | https | 10.1.2.3                  | https  | internal
          true   | 1    | false | http   | 10.1.2.3  | -                  | -     | 10.1.2.3                  | http   | internal
          true   | 1    | false | http   | 192.0.2.9 | 203.0.113.1        | https | 203.0.113.1,192.0.2.9     | https  | edge
          true   | 2    | false | http   | 192.0.2.9 | 203.0.113.1        | -     | 203.0.113.1,192.0.2.9     | http   | edge
        """)
    void tellsOfTheClientAsEnvoyDoes(
            boolean useRemoteAddress,
            int hops,
            boolean skip,
            String scheme,
            String peer,
            @Nullable String xffIn,
            @Nullable String xfpIn,
            @Nullable String xffOut,
            String xfpOut,
            String kind) {
        HttpFields.Mutable received = HttpFields.build()
                .add("x-request-id", "mine")
                .add("x-envoy-internal", "true")
                .add("x-envoy-external-address", "198.51.100.1")
                .add("x-envoy-max-retries", "9")
                .add("x-envoy-decorator-operation", "op")
                .add("x-Secret", "1")
                .add("x-other", "2");
        if (xffIn != null) {
            received.add("x-forwarded-for", xffIn);
        }
        if (xfpIn != null) {
            received.add("x-forwarded-proto", xfpIn);
        }
        HttpConfig config = config().useRemoteAddress(useRemoteAddress)
                .xffTrustedHops(hops)
                .skipXffAppend(skip)
                .routes(RouteTableConfig.builder()
                        .internalOnlyHeaders(Set.of("X-Secret"))
                        .build())
                .build();
        Exchange exchange = from(peer);

        HttpFields sent = new ForwardingHeaders(config)
                .apply(new Request("GET", scheme, "example.org", "/", received, Body.EMPTY), exchange)
                .headers();

        boolean internal = kind.equals("internal");
        boolean edge = kind.equals("edge");
        assertThat(sent.getValuesList("x-forwarded-for")).isEqualTo(xffOut == null ? List.of() : List.of(xffOut));
        assertThat(sent.getValuesList("x-forwarded-proto")).containsExactly(xfpOut);
        assertThat(sent.getValuesList("x-envoy-internal")).isEqualTo(internal ? List.of("true") : List.of());
        assertThat(sent.contains("x-secret")).isEqualTo(internal);
        assertThat(sent.get("x-other")).isEqualTo("2");
        assertThat(sent.contains("x-envoy-max-retries")).isNotEqualTo(edge);
        assertThat(sent.contains("x-envoy-decorator-operation")).isNotEqualTo(edge);
        assertThat(sent.get("x-request-id").equals("mine")).isNotEqualTo(edge);
        assertThat(sent.getValuesList("x-envoy-external-address"))
                .containsExactly(edge ? remote(exchange) : "198.51.100.1");
    }

    @Test
    void takesTheClientOfTheProxyProtocolForThePeer() {
        InetSocketAddress balancer = new InetSocketAddress(InetAddress.ofLiteral("10.1.2.3"), 4711);
        InetSocketAddress client = new InetSocketAddress(InetAddress.ofLiteral("192.0.2.9"), 4712);
        Exchange exchange = Exchange.begin(new Exchange.Downstream(balancer, balancer, client, "HTTP/1.1"));

        HttpFields sent = new ForwardingHeaders(config().useRemoteAddress(true).build())
                .apply(request("x-envoy-max-retries", "9"), exchange)
                .headers();

        assertThat(sent.get("x-forwarded-for")).isEqualTo("192.0.2.9");
        assertThat(sent.get("x-envoy-external-address")).isEqualTo("192.0.2.9");
        assertThat(sent.contains("x-envoy-max-retries")).isFalse();
        assertThat(exchange.downstream().direct()).isEqualTo(balancer);
    }

    @Test
    void keepsARequestIdAndMakesOneWhereThereIsNone() {
        ForwardingHeaders forwarding = new ForwardingHeaders(config().build());

        assertThat(forwarding
                        .apply(request("x-request-id", "mine"), from("192.0.2.9"))
                        .headers()
                        .get("x-request-id"))
                .isEqualTo("mine");
        assertThat(forwarding.apply(request(), from("192.0.2.9")).headers().get("x-request-id"))
                .matches("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}");
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1, true",
        "10.0.0.0/8, 11.0.0.1, false",
        "10.0.0.0/9, 10.127.255.255, true",
        "10.0.0.0/9, 10.128.0.0, false",
        "0.0.0.0/0, 192.0.2.1, true",
        "127.0.0.1/32, 127.0.0.1, true",
        "127.0.0.1/32, 127.0.0.2, false",
        "::1/128, ::1, true",
        "::/0, 192.0.2.1, false"
    })
    void matchesAddressRanges(String range, String address, boolean inside) {
        InternalAddresses ranges = new InternalAddresses(new InternalAddressConfig(false, List.of(range)));

        assertThat(ranges.contains(new InetSocketAddress(InetAddress.ofLiteral(address), 1)))
                .isEqualTo(inside);
    }

    @Test
    void saysWhichRangeIsNone() {
        assertThatThrownBy(() -> new InternalAddresses(new InternalAddressConfig(false, List.of("10.0.0.0/99"))))
                .hasMessageContaining("10.0.0.0/99")
                .hasMessageContaining("expected");
    }

    private static HttpFields cookies(String protocol, String... crumbs) {
        HttpFields.Mutable headers = HttpFields.build().add("x-first", "1");
        for (String crumb : crumbs) {
            headers.add("cookie", crumb);
        }
        headers.add("x-last", "2");
        Exchange exchange = Exchange.begin(new Exchange.Downstream(null, null, null, protocol));
        HttpConfig config =
                HttpConfig.builder("test", RouteTableConfig.builder().build()).build();
        return new ForwardingHeaders(config)
                .apply(new Request("GET", "http", "a", "/", headers, Body.EMPTY), exchange)
                .headers();
    }

    @Test
    void joinsTheCrumbsOfACookieThatCameOverHttp2() {
        HttpFields headers = cookies("HTTP/2", "a=1", "b=2; c=3", "d=4");

        assertThat(headers.getValuesList("cookie")).containsExactly("a=1; b=2; c=3; d=4");
        assertThat(headers.getFieldNamesCollection()).startsWith("x-first").contains("x-last");
    }

    @Test
    void leavesOtherCookiesAsTheyCame() {
        assertThat(cookies("HTTP/2", "a=1").getValuesList("cookie")).containsExactly("a=1");
        assertThat(cookies("HTTP/2").contains("cookie")).isFalse();
        assertThat(cookies("HTTP/1.1", "a=1", "b=2").getValuesList("cookie")).containsExactly("a=1", "b=2");
    }
}
