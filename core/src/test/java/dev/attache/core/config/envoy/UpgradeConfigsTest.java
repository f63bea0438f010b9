package dev.attache.core.config.envoy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RouteConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UpgradeConfigsTest {

    private static RouteConfig route(Bootstraps.Outcome read) {
        HttpConfig http = (HttpConfig)
                read.config().listeners().getFirst().filterChains().getFirst().protocol();
        return http.routes().virtualHosts().getFirst().routes().getFirst();
    }

    @Test
    void readsAConnectThatEndsHere() {
        Bootstraps.Outcome read = Bootstraps.read(Bootstraps.withRoute("""
            match: {connect_matcher: {}}
            route: {cluster: db, upgrade_configs: [{upgrade_type: CONNECT, connect_config: {}}]}
            """));

        assertThat(read.told()).isEmpty();
        assertThat(route(read).match().path()).isEqualTo(new PathMatch.Connect());
        assertThat(((ForwardConfig) route(read).action()).upgrades()).isEqualTo(Map.of("connect", true));
        assertThat(((ForwardConfig) route(read).action()).connect()).isTrue();
    }

    @Test
    void readsAConnectThatIsForwarded() {
        Bootstraps.Outcome read = Bootstraps.read(Bootstraps.withRoute("""
            match: {connect_matcher: {}}
            route: {cluster: db, upgrade_configs: {upgrade_type: CONNECT}}
            """));

        assertThat(read.told()).isEmpty();
        assertThat(((ForwardConfig) route(read).action()).connect()).isFalse();
    }

    @Test
    void refusesWhatIsNoTunnelOfBytes() {
        Bootstraps.Outcome read = Bootstraps.read(Bootstraps.withRoute("""
            match: {connect_matcher: {}}
            route: {cluster: db, upgrade_configs: [{upgrade_type: CONNECT-UDP}, {upgrade_type: CONNECT, \
            connect_config: {allow_post: true}}]}
            """));

        assertThat(read.told())
                .hasSize(2)
                .anySatisfy(line -> assertThat(line).contains("connect-udp is not supported"))
                .anySatisfy(line -> assertThat(line).contains("connect_config.allow_post: not supported"));
    }
}
