package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is refused of a configuration that no file has held. */
class RefusedRecordsTest {

    private static ListenerConfig listener(String name, String cluster) {
        RouteConfig route = RouteConfig.builder(
                        RouteMatch.prefix("/"), ForwardConfig.to(cluster).build())
                .build();
        HttpConfig http = HttpConfig.builder(name, RouteTableConfig.of(name, List.of(route)))
                .build();
        return ListenerConfig.http(Address.loopback(0), http).name(name).build();
    }

    private static void refuses(ProxyConfig config, String message) {
        assertThatThrownBy(() -> Attache.builder(config).start())
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(message);
    }

    @Test
    void aClusterThatNobodyDefinesIsRefused() {
        ProxyConfig config =
                ProxyConfig.builder().listener(listener("a", "nobody")).build();
        refuses(config, "unknown cluster nobody (expected: the name of a cluster)");

        ProxyConfig good = ProxyConfig.builder()
                .listener(listener("a", "one"))
                .cluster(ClusterConfig.to("one", "127.0.0.1", 1).build())
                .build();
        try (Attache proxy = Attache.builder(good).start()) {
            assertThatThrownBy(() -> proxy.update(config))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("unknown cluster nobody");
        }
    }

    @Test
    void twoListenersOfOneNameAreRefused() {
        ProxyConfig config = ProxyConfig.builder()
                .listener(listener("a", "one"))
                .listener(listener("a", "two"))
                .cluster(ClusterConfig.to("one", "127.0.0.1", 1).build())
                .cluster(ClusterConfig.to("two", "127.0.0.1", 1).build())
                .build();
        refuses(config, "listener a for the second time (expected: unique names)");
    }
}
