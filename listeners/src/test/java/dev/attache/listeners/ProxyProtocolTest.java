package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Address;
import dev.attache.core.config.ProxyProtocol;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.http.Exchange;
import java.io.IOException;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class ProxyProtocolTest {

    private static final String HEADER = "PROXY TCP4 203.0.113.9 198.51.100.2 1234 443\r\n";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

    private static Stand serving(ProxyProtocol mode) throws IOException {
        Stand stand = new Stand();
        stand.entry = stand.entry(UnaryOperator.identity(), (request, exchange) -> TestEntry.text(200, "ok"));
        stand.manager.start(List.of(new ListenerManager.Binding(
                stand.config("test", new Address.Socket("127.0.0.1", 0)).toBuilder()
                        .proxyProtocol(mode)
                        .build(),
                stand.entry)));
        return stand;
    }

    @Test
    void theClientIsWhomTheHeaderNames() throws Exception {
        try (Stand stand = serving(ProxyProtocol.REQUIRED);
                RawClient client = stand.connect()) {
            client.send(HEADER + GET + GET);
            assertThat(client.readAnswer().status()).isEqualTo(200);
            assertThat(client.readAnswer().status()).isEqualTo(200);

            Exchange.Downstream peer = stand.entry.exchanges.take().downstream();
            assertThat(peer.remote()).hasToString("/203.0.113.9:1234");
            assertThat(peer.local()).hasToString("/198.51.100.2:443");
            assertThat(peer.direct()).hasToString("" + client.channel().getLocalAddress());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {GET, "PROXY TCP4 x\r\n" + GET})
    void aConnectionWithoutAProperHeaderIsClosedAndCounted(String sent) throws Exception {
        try (Stand stand = serving(ProxyProtocol.REQUIRED);
                RawClient client = stand.connect()) {
            client.send(sent);

            assertThat(client.readAll()).isEmpty();
            assertThat(Http2Client.stats(stand)).contains("downstream_cx_proxy_proto_error: 1");
            assertThat(stand.entry.requests).isEmpty();
        }
    }

    @Test
    void whereItMayBeMissingTheConnectionItselfNamesTheClient() throws Exception {
        try (Stand stand = serving(ProxyProtocol.OPTIONAL);
                RawClient client = stand.connect()) {
            client.send(GET);
            assertThat(client.readAnswer().status()).isEqualTo(200);

            Exchange.Downstream peer = stand.entry.exchanges.take().downstream();
            assertThat(peer.remote()).hasToString("" + client.channel().getLocalAddress());
        }
    }
}
