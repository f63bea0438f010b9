package dev.attache.admin.served;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.admin.served.TlsStandIn.Received;
import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.files.ConfigFiles;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.DnsServer;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A deployment's real listener list, served by one proxy in this process, with one TLS upstream for all of it.
 *
 * <p>The list and the catalogue are read as they stand. A further file enables the listeners that have a catalogued
 * service, each port once, and replaces what would leave this machine: listeners on 127.0.0.1, the CA bundle, the DNS
 * servers, the access log's folder, and the connect timeout of 0.25 s, which a busy machine may not meet. In what was
 * read from them, the listeners' ports become free ones and the endpoints' ports the stand-in's. Nothing else is
 * changed.
 */
class RealListServedTest {

    private static final String OWN_HOST = "en.wikipedia.org";

    @TempDir
    private static Path folder;

    private static List<RealEntry> entries;
    private static DnsServer dns;
    private static TlsStandIn upstream;
    private static Served served;

    static Stream<RealEntry> entries() {
        return entries.stream();
    }

    @BeforeAll
    static void serve() throws IOException {
        assumeTrue(Files.isRegularFile(RealEntry.LIST), () -> "no real files at " + RealEntry.LIST);
        entries = RealEntry.servable();
        Certificates ca = Certificates.in(folder);
        upstream = TlsStandIn.with(ca.issue("a.name.that.nobody.asks.for"));
        dns = DnsServer.start();
        entries.forEach(entry -> dns.name(entry.upstream()).addresses("127.0.0.1"));
        ProxyConfig real = ConfigFiles.read(RealEntry.LIST, RealEntry.CATALOGUE, further(ca));
        List<ClusterConfig> clusters = real.clusters().stream()
                .map(cluster -> cluster.toBuilder()
                        .discovery(toStandIn(cluster.discovery()))
                        .build())
                .toList();
        served = Served.config(real.toBuilder().clusters(clusters).build());
    }

    private static Path further(Certificates ca) throws IOException {
        Path empty = Files.createFile(folder.resolve("empty"));
        String names = entries.stream().map(RealEntry::name).collect(Collectors.joining(", "));
        return Files.writeString(
                folder.resolve("further.yaml"), """
                    profile::services_proxy::envoy::enabled_listeners: [%s]
                    listen_address: 127.0.0.1
                    trusted_ca: %s
                    access_log_path: %s/{name}.log
                    connect_timeout: 10s
                    dns: {servers: ["%s"], search: [], hosts_file: %s, resolv_conf: %s}
                    """.formatted(names, ca.bundle(), folder, dns.address(), empty, empty));
    }

    private static DiscoveryConfig toStandIn(DiscoveryConfig real) {
        DiscoveryConfig.StrictDns names = (DiscoveryConfig.StrictDns) real;
        List<EndpointConfig> endpoints = names.endpoints().stream()
                .map(endpoint -> new EndpointConfig(
                        new Address.Socket(((Address.Socket) endpoint.address()).host(), upstream.port())))
                .toList();
        return new DiscoveryConfig.StrictDns(endpoints, names.refresh());
    }

    @AfterAll
    static void close() {
        if (served != null) {
            served.close();
            upstream.close();
            dns.close();
        }
    }

    @Test
    void servesEveryListenerThatIsEnabled() {
        assertThat(served.proxy().listeners())
                .extracting(bound -> bound.config().name())
                .containsExactlyElementsOf(entries.stream().map(RealEntry::name).toList())
                .hasSizeGreaterThan(75);
    }

    @ParameterizedTest
    @MethodSource("entries")
    void forwardsWithTheHeadersOfItsEntry(RealEntry entry) throws IOException {
        String path = "/w/" + entry.name() + "/AC%2FDC//x|y?a=b&c=%20";

        RawClient.Answer answer = served.get(entry.name(), path, "x-request-id: 0000-1", "x-forwarded-proto: gopher");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(answer.head().header("server")).isEqualTo("envoy");
        assertThat(answer.head().header("x-envoy-upstream-service-time")).matches("\\d+");
        Received seen = only(path);
        assertThat(seen.values("host")).containsExactly(entry.host(OWN_HOST));
        assertThat(seen.values("x-forwarded-proto")).containsExactly(entry.xfp().orElse("gopher"));
        assertThat(seen.values("x-request-id")).containsExactly("0000-1");
        assertThat(seen.values("x-forwarded-for")).isEmpty();
        assertThat(seen.values("x-envoy-attempt-count")).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("entries")
    void tellsTheUpstreamTheSchemeAndTheTimeoutOfItsEntry(RealEntry entry) throws IOException {
        String path = "/plain/" + entry.name();

        assertThat(served.get(entry.name(), path).status()).isEqualTo(200);

        Received seen = only(path);
        assertThat(seen.values("x-forwarded-proto")).containsExactly(entry.xfp().orElse("http"));
        Duration limit = entry.tryTimeout().compareTo(entry.timeout()) < 0 ? entry.tryTimeout() : entry.timeout();
        assertThat(seen.values("x-envoy-expected-rq-timeout-ms")).containsExactly(String.valueOf(limit.toMillis()));
    }

    @ParameterizedTest
    @MethodSource("entries")
    void speaksTheTlsOfTheGeneratorWithAServerNameOnlyWhereTheEntrySaysSo(RealEntry entry) throws IOException {
        RealEntry first = firstOfCluster(entry);
        String path = "/sni/" + entry.name();

        assertThat(served.get(entry.name(), path).status()).isEqualTo(200);

        assertThat(only(path).tls()).isEqualTo("TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384");
        assertThat(only(path).serverNames())
                .containsExactlyElementsOf(first.setsSni() ? List.of(first.upstream()) : List.of());
    }

    @ParameterizedTest
    @MethodSource("entries")
    void triesAgainAsOftenAsItsEntrySaysWithTheBody(RealEntry entry) throws IOException {
        String path = "/503/" + entry.name();

        RawClient.Answer answer;
        try (RawClient client = served.connect(entry.name())) {
            client.send("POST " + path + " HTTP/1.1\r\nhost: h\r\ncontent-length: 6\r\n\r\nevent!");
            answer = client.readAnswer();
        }

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.body()).isEqualTo("hello");
        assertThat(upstream.received(path))
                .hasSize(entry.attempts())
                .allMatch(attempt -> attempt.body().equals("event!"));
    }

    @ParameterizedTest
    @MethodSource("entries")
    void keepsConnectionsAsTheFirstEntryOfItsClusterSays(RealEntry entry) throws IOException {
        String path = "/keep/" + entry.name();
        try (RawClient client = served.connect(entry.name())) {
            assertThat(Served.get(client, path).status()).isEqualTo(200);
            assertThat(Served.get(client, path).status()).isEqualTo(200);
        }

        assertThat(upstream.received(path).stream().map(Received::connection).distinct())
                .hasSize(1);
        RealEntry first = firstOfCluster(entry);
        ClusterConfig cluster = served.cluster(entry.cluster()).config();
        assertThat(cluster.idleTimeout()).isEqualTo(first.keepalive().orElse(Duration.ofHours(1)));
        assertThat(cluster.maxRequestsPerConnection())
                .isEqualTo(first.keepalive().isPresent() ? 1000 : 0);
    }

    @ParameterizedTest
    @MethodSource("entries")
    void endsACallAtItsDeadlineAndLogsIt(RealEntry entry) throws IOException {
        String path = "/hang/" + entry.name();

        RawClient.Answer answer = served.get(entry.name(), path, "x-envoy-upstream-rq-timeout-ms: 40");

        assertThat(answer.status()).isEqualTo(504);
        assertThat(answer.body()).isEqualTo("upstream request timeout");
        // What is left of the 40 ms when the request is sent.
        assertThat(only(path).values("x-envoy-expected-rq-timeout-ms"))
                .singleElement()
                .satisfies(left -> assertThat(Integer.parseInt(left)).isBetween(1, 40));
        Path log = folder.resolve(entry.name() + ".log");
        Waiting.until("a log line", () -> lines(log).stream().anyMatch(line -> line.contains(path)));
        assertThat(lines(log))
                .filteredOn(line -> line.contains(path))
                .singleElement(STRING)
                .matches("\\[.+Z\\] \"GET " + path + " HTTP/1\\.1\" 504 UT 0 24 \\d+ - .*" + " \"127\\.0\\.0\\.1:"
                        + upstream.port() + "\"");
    }

    @Test
    void givesAConnectionUpAfterAThousandRequestsWhereTheEntryHasAKeepalive() throws IOException {
        RealEntry kept = entries.stream()
                .filter(entry -> firstOfCluster(entry).keepalive().isPresent())
                .findFirst()
                .orElseThrow();
        String path = "/many/" + kept.name();
        try (RawClient client = served.connect(kept.name())) {
            for (int i = 0; i < 1001; i++) {
                assertThat(Served.get(client, path).status()).isEqualTo(200);
            }
        }

        assertThat(upstream.received(path).stream().map(Received::connection).distinct())
                .hasSize(2);
    }

    private static Received only(String path) {
        List<Received> seen = upstream.received(path);
        assertThat(seen).hasSize(1);
        return seen.getFirst();
    }

    private static RealEntry firstOfCluster(RealEntry entry) {
        return entries.stream()
                .filter(other -> other.cluster().equals(entry.cluster()))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> lines(Path log) {
        try {
            return Files.exists(log) ? Files.readAllLines(log) : List.of();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
