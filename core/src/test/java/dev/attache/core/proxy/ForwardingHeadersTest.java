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
import org.eclipse.jetty.http.HttpFields;
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

    @Test
    void appendsThePeerOnlyWhereItIsTheClient() {
        Request request = request("x-forwarded-for", "203.0.113.1");

        assertThat(new ForwardingHeaders(config().build())
                        .apply(request, from("192.0.2.9"))
                        .headers()
                        .get("x-forwarded-for"))
                .isEqualTo("203.0.113.1");
        assertThat(new ForwardingHeaders(config().useRemoteAddress(true).build())
                        .apply(request, from("192.0.2.9"))
                        .headers()
                        .get("x-forwarded-for"))
                .isEqualTo("203.0.113.1,192.0.2.9");
        assertThat(new ForwardingHeaders(config().useRemoteAddress(true)
                                .skipXffAppend(true)
                                .build())
                        .apply(request, from("192.0.2.9"))
                        .headers()
                        .get("x-forwarded-for"))
                .isEqualTo("203.0.113.1");
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

    @Test
    void stripsControlHeadersOnlyFromExternalRequestsAtAnEdge() {
        Request request = request("x-envoy-max-retries", "9", "x-request-id", "mine", "x-envoy-internal", "true");
        ForwardingHeaders edge =
                new ForwardingHeaders(config().useRemoteAddress(true).build());

        HttpFields external = edge.apply(request, from("192.0.2.9")).headers();
        HttpFields internal = edge.apply(request, from("10.1.2.3")).headers();

        assertThat(external.contains("x-envoy-max-retries")).isFalse();
        assertThat(external.contains("x-envoy-internal")).isFalse();
        assertThat(external.get("x-request-id")).isNotEqualTo("mine");
        assertThat(external.get("x-envoy-external-address")).isEqualTo("192.0.2.9");
        assertThat(internal.get("x-envoy-max-retries")).isEqualTo("9");
        assertThat(internal.get("x-request-id")).isEqualTo("mine");
        assertThat(internal.get("x-envoy-internal")).isEqualTo("true");
    }

    @Test
    void keepsForwardedProtoUnlessThePeerIsTheClient() {
        Request request = request("x-forwarded-proto", "https");

        assertThat(new ForwardingHeaders(config().build())
                        .apply(request, from("192.0.2.9"))
                        .headers()
                        .get("x-forwarded-proto"))
                .isEqualTo("https");
        assertThat(new ForwardingHeaders(config().build())
                        .apply(request(), from("192.0.2.9"))
                        .headers()
                        .get("x-forwarded-proto"))
                .isEqualTo("http");
        assertThat(new ForwardingHeaders(config().useRemoteAddress(true).build())
                        .apply(request, from("192.0.2.9"))
                        .headers()
                        .get("x-forwarded-proto"))
                .isEqualTo("http");
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
}
