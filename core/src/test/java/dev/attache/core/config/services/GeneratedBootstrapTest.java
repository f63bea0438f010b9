package dev.attache.core.config.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.LocalReplyConfig;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.envoy.EnvoyBootstrap;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Reading;
import dev.attache.core.config.yaml.Yaml;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The oracle: what the deployment's own generators made of their lists, read as Envoy bootstraps, is what this form
 * must mean.
 */
class GeneratedBootstrapTest {

    private static final Path FOLDER = Path.of(System.getProperty("attache.root", "."), "..", "shared", "wmf")
            .normalize();

    private static final Node HOST =
            Yaml.parse("host.yaml", "profile::tlsproxy::envoy::upstream_addr: mw1234.eqiad.wmnet");

    @BeforeEach
    void filesAreAtHand() {
        assumeTrue(Files.isDirectory(FOLDER), () -> "no real files in " + FOLDER);
    }

    @Test
    void meansForAHostWhatItsGeneratorWrote() {
        ProxyConfig generated = bootstrap("host-mw-appserver");
        Load load = Load.of(List.of(
                Yaml.read(FOLDER.resolve("services-proxy-listeners.2024.yaml")),
                Yaml.read(FOLDER.resolve("service-catalog.yaml")),
                Yaml.read(FOLDER.resolve("roles/mediawiki_appserver.yaml")),
                HOST));

        assertThat(load.errors()).isEmpty();
        sameEgress(load.config(), generated);
    }

    @Test
    void endsTlsForAHostAsItsGeneratorWrote() {
        ProxyConfig generated = bootstrap("host-mw-appserver");
        Load load = Load.of(List.of(
                Yaml.read(FOLDER.resolve("tlsproxy-envoy-defaults.yaml")),
                Yaml.read(FOLDER.resolve("roles/mediawiki_appserver.yaml")),
                HOST));

        ListenerConfig expected = terminator(generated);
        ListenerConfig actual = terminator(load.config());
        assertThat(actual.toBuilder().name("").build()).isEqualTo(expected);
        assertThat(clusters(load.config())).containsOnlyKeys("local_port_80");
        assertThat(clusters(load.config()).get("local_port_80"))
                .isEqualTo(clusters(generated).get("local_port_80"));
    }

    /** The listener on 443, without the error page, which is a file of the host. */
    private static ListenerConfig terminator(ProxyConfig config) {
        ListenerConfig listener = config.listeners().stream()
                .filter(it -> it.address().toString().equals("0.0.0.0:443"))
                .findFirst()
                .orElseThrow();
        List<FilterChainConfig> chains = listener.filterChains().stream()
                .map(chain -> chain.toBuilder()
                        .protocol(((HttpConfig) chain.protocol())
                                .toBuilder().localReplies(LocalReplyConfig.NONE).build())
                        .build())
                .toList();
        return listener.toBuilder().filterChains(chains).build();
    }

    @Test
    void meansForAReleaseWhatTheChartWrote() {
        ProxyConfig generated = bootstrap("mw-debug");
        String names = egress(generated).values().stream()
                .map(http -> http.routes().virtualHosts().getFirst().name())
                .distinct()
                .collect(Collectors.joining(", "));
        Load load = Load.of(List.of(
                Yaml.read(FOLDER.resolve("services-proxy.k8s.yaml")),
                Yaml.parse("release.yaml", "discovery: {listeners: [" + names + "]}")));

        assertThat(load.problems()).isEmpty();
        sameEgress(load.config(), generated);
    }

    private static void sameEgress(ProxyConfig config, ProxyConfig generated) {
        Map<String, HttpConfig> expected = egress(generated);
        Map<String, HttpConfig> actual = egress(config);
        assertThat(actual.keySet()).isEqualTo(expected.keySet()).hasSizeGreaterThan(60);
        expected.forEach(
                (address, http) -> assertThat(actual.get(address)).as(address).isEqualTo(http));

        Map<String, ClusterConfig> clusters = clusters(generated);
        clusters(config).forEach((name, cluster) -> assertThat(cluster).as(name).isEqualTo(clusters.get(name)));
    }

    private static ProxyConfig bootstrap(String name) {
        Reading reading = EnvoyBootstrap.reading();
        return EnvoyBootstrap.read(
                reading.root(Yaml.read(FOLDER.resolve("bootstrap/" + name + ".envoy.yaml"))), new Positions());
    }

    /** The egress listeners by address. */
    private static Map<String, HttpConfig> egress(ProxyConfig config) {
        Map<String, HttpConfig> byAddress = new TreeMap<>();
        for (ListenerConfig listener : config.listeners()) {
            if (listener.filterChains().getFirst().protocol() instanceof HttpConfig http
                    && http.statPrefix().endsWith("_egress")) {
                byAddress.put(
                        listener.address().toString(),
                        http.toBuilder().noTracing().build());
            }
        }
        return byAddress;
    }

    private static Map<String, ClusterConfig> clusters(ProxyConfig config) {
        return config.clusters().stream().collect(Collectors.toMap(ClusterConfig::name, it -> it));
    }
}
