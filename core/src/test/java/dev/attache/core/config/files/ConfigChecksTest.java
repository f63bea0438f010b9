package dev.attache.core.config.files;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Address;
import dev.attache.core.config.AdminConfig;
import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.Defaults;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.OcspPolicy;
import dev.attache.core.config.PathMatch;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.RuntimeFraction;
import dev.attache.core.config.Source;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.fixtures.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigChecksTest {

    private final Positions positions = new Positions();

    @Test
    void findsNothingInASoundConfiguration() {
        assertThat(check(ProxyConfig.builder()
                        .cluster(ClusterConfig.to("a", "a.example.org", 443)
                                .tls()
                                .build())
                        .listener(listener(Address.loopback(6000), ForwardConfig.to("a")))
                        .build()))
                .isEmpty();
    }

    @Test
    void tellsAnUnknownClusterWithItsPlaceAndACloseName() {
        ForwardConfig forward = ForwardConfig.to("searhc").build();
        positions.put(forward, new Source("envoy.yaml", 7, 9), "routes[0].route");
        ListenerConfig listener = ListenerConfig.http(
                        Address.loopback(6000),
                        HttpConfig.forwarding("a", forward).build())
                .build();

        assertThat(check(ProxyConfig.builder()
                        .cluster(ClusterConfig.to("search", "10.0.0.1", 80).build())
                        .listener(listener)
                        .build()))
                .extracting(ConfigProblem::toString)
                .containsExactly("envoy.yaml:7:9: routes[0].route: unknown cluster searhc (expected: the name of a"
                        + " cluster); did you mean search?");
    }

    @Test
    void tellsAClusterThatIsGivenTwice() {
        assertThat(check(ProxyConfig.builder()
                        .cluster(ClusterConfig.to("a", "10.0.0.1", 80).build())
                        .cluster(ClusterConfig.to("a", "10.0.0.2", 80).build())
                        .build()))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.isError()).isTrue();
                    assertThat(problem.found()).isEqualTo("cluster a for the second time");
                });
    }

    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1, true",
        "127.0.0.1, 127.0.0.2, false",
        "127.0.0.1, 0.0.0.0, true",
        "0.0.0.0, 10.0.0.1, true",
        "0.0.0.0, ::, false",
        "0.0.0.0, ::+4, true",
        "127.0.0.1, ::+4, true",
        "127.0.0.1, ::, false",
        "::1, ::, true",
        "::1, 0:0:0:0:0:0:0:1, true",
        "::1, 127.0.0.1, false",
        "localhost, localhost, true",
    })
    void tellsAddressesThatBindWouldRefuse(String first, String second, boolean conflict) {
        assertThat(TakenAddresses.conflict(socket(first, 6000), socket(second, 6000)))
                .isEqualTo(conflict);
        assertThat(TakenAddresses.conflict(socket(second, 6000), socket(first, 6000)))
                .isEqualTo(conflict);
        assertThat(TakenAddresses.conflict(socket(first, 6000), socket(second, 6001)))
                .isFalse();
        assertThat(TakenAddresses.conflict(socket(first, 0), socket(second, 0))).isFalse();
    }

    @Test
    void tellsAUnixSocketThatIsGivenTwice() {
        assertThat(TakenAddresses.conflict(
                        new Address.Pipe(Path.of("/run/a.sock")), new Address.Pipe(Path.of("/run/x/../a.sock"), 0600)))
                .isTrue();
    }

    @Test
    void tellsTwoListenersOnOneAddressWithBothPlaces() {
        ListenerConfig first = listener(Address.loopback(6012), ForwardConfig.to("a"));
        ListenerConfig second = listener(Address.loopback(6012), ForwardConfig.to("a")).toBuilder()
                .name("second")
                .build();
        positions.put(first, new Source("list.yaml", 3, 5), "listeners[0]");
        positions.put(second, new Source("list.yaml", 9, 5), "listeners[1]");

        assertThat(check(ProxyConfig.builder()
                        .cluster(ClusterConfig.to("a", "10.0.0.1", 80).build())
                        .listener(first)
                        .listener(second)
                        .build()))
                .extracting(ConfigProblem::toString)
                .containsExactly("list.yaml:9:5: listeners[1]: address 127.0.0.1:6012 is taken by listener a"
                        + " (first at list.yaml:3:5) (expected: an address of its own)");
    }

    @Test
    void tellsFilterChainsThatServerNamesDoNotTellApart() {
        HttpConfig http =
                HttpConfig.forwarding("a", ForwardConfig.to("a").build()).build();
        FilterChainConfig named = FilterChainConfig.builder(http)
                .serverNames(List.of("a.test", "b.test"))
                .build();
        FilterChainConfig again =
                FilterChainConfig.builder(http).serverNames(List.of("b.test")).build();
        FilterChainConfig rest = FilterChainConfig.builder(http).build();

        assertThat(check(ProxyConfig.builder()
                        .cluster(ClusterConfig.to("a", "10.0.0.1", 80).build())
                        .listener(ListenerConfig.builder(
                                        Address.loopback(0),
                                        List.of(
                                                named,
                                                again,
                                                rest,
                                                rest.toBuilder().build()))
                                .build())
                        .build()))
                .extracting(ConfigProblem::found)
                .containsExactly(
                        "server name b.test for the second time",
                        "a filter chain that is never reached: another takes all server names");
    }

    @Test
    void allowsTheSameAddressWhereNothingIsBound() {
        ListenerConfig unbound = listener(Address.loopback(6012), ForwardConfig.to("a")).toBuilder()
                .bindToPort(false)
                .build();

        assertThat(check(ProxyConfig.builder()
                        .cluster(ClusterConfig.to("a", "10.0.0.1", 80).build())
                        .listener(unbound)
                        .listener(unbound)
                        .build()))
                .isEmpty();
    }

    @Test
    void tellsAnAdminInterfaceOnTheAddressOfAListener() {
        assertThat(check(ProxyConfig.builder()
                        .cluster(ClusterConfig.to("a", "10.0.0.1", 80).build())
                        .listener(listener(new Address.Socket("0.0.0.0", 9631), ForwardConfig.to("a")))
                        .admin(AdminConfig.builder(Address.loopback(9631)).build())
                        .build()))
                .singleElement()
                .satisfies(problem -> assertThat(problem.path()).isEqualTo("admin.address"));
    }

    @Test
    void acceptsCertificatesAndKeysThatAreThere(@TempDir Path folder) throws IOException {
        Certificates ca = Certificates.in(folder);
        Certificates.Leaf leaf = ca.issue("client.test");
        Path bundle = Files.writeString(
                folder.resolve("bundle.pem"),
                "# some text, as bundles have it\r\n" + Files.readString(ca.bundle()) + Files.readString(ca.bundle()));

        assertThat(check(withTls(UpstreamTlsConfig.builder()
                        .trustedCa(bundle)
                        .clientCertificate(CertificateFiles.of(leaf.chain(), leaf.key())))))
                .isEmpty();
    }

    @Test
    void tellsEveryCertificateFileThatCannotBeUsed(@TempDir Path folder) throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.pem"));
        Path damaged = Files.writeString(
                folder.resolve("damaged.pem"), "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");

        assertThat(found(UpstreamTlsConfig.builder().trustedCa(folder.resolve("none.pem"))))
                .endsWith("none.pem: does not exist");
        assertThat(found(UpstreamTlsConfig.builder().trustedCa(folder))).endsWith("is a directory");
        assertThat(found(UpstreamTlsConfig.builder().trustedCa(empty))).endsWith("holds no certificate");
        assertThat(found(UpstreamTlsConfig.builder().trustedCa(damaged))).contains("certificate 1 is damaged");
        Path chain = Certificates.in(folder).bundle();
        assertThat(found(UpstreamTlsConfig.builder().clientCertificate(CertificateFiles.of(chain, chain))))
                .endsWith("holds no private key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"rw-r-----", "rw-r--r--", "rw----r--"})
    void warnsOfAKeyThatOthersMayRead(String rights, @TempDir Path folder) throws IOException {
        Certificates.Leaf leaf = Certificates.in(folder).issue("client.test");
        Files.setPosixFilePermissions(leaf.key(), PosixFilePermissions.fromString(rights));

        List<ConfigProblem> problems = check(
                withTls(UpstreamTlsConfig.builder().clientCertificate(CertificateFiles.of(leaf.chain(), leaf.key()))));

        assertThat(problems).extracting(ConfigProblem::isError).containsExactly(false);
        assertThat(problems.getFirst().found()).contains(leaf.key() + ": may be read by its group or by all");
    }

    @Test
    void tellsRevocationListsThatCannotBeUsed(@TempDir Path folder) {
        Certificates ca = Certificates.in(folder);

        assertThat(check(withTls(
                        UpstreamTlsConfig.builder().trustedCa(ca.bundle()).crl(ca.revocationList()))))
                .isEmpty();
        assertThat(found(UpstreamTlsConfig.builder().trustedCa(ca.bundle()).crl(ca.bundle())))
                .endsWith("holds no revocation list");
    }

    @ParameterizedTest
    @CsvSource({
        "LENIENT, false, '', ''",
        "LENIENT, true, is without effect, ''",
        "STRICT, false, '', ''",
        "STRICT, true, is without effect, no staple can be shown",
        "MUST_STAPLE, false, '', no staple can be shown"
    })
    void promisesNoStaples(OcspPolicy policy, boolean stapled, String warning, String error, @TempDir Path folder)
            throws IOException {
        Path staple = Files.write(folder.resolve("staple.der"), new byte[] {0x30, 0x03, 0x0a, 0x01, 0x00});
        Certificates.Leaf leaf = Certificates.in(folder).issue("svc.test");
        CertificateFiles pair =
                CertificateFiles.of(leaf.chain(), leaf.key()).stapled(stapled ? Optional.of(staple) : Optional.empty());
        DownstreamTlsConfig tls =
                DownstreamTlsConfig.builder(List.of(pair)).ocspPolicy(policy).build();
        HttpConfig http =
                HttpConfig.forwarding("a", ForwardConfig.to("a").build()).build();
        FilterChainConfig chain = FilterChainConfig.builder(http).tls(tls).build();

        List<ConfigProblem> problems = check(ProxyConfig.builder()
                .cluster(ClusterConfig.to("a", "10.0.0.1", 80).build())
                .listener(ListenerConfig.builder(Address.loopback(0), List.of(chain))
                        .build())
                .build());

        assertThat(problems).hasSize((warning.isEmpty() ? 0 : 1) + (error.isEmpty() ? 0 : 1));
        for (ConfigProblem problem : problems) {
            assertThat(problem.found()).contains(problem.isError() ? error : warning);
        }
    }

    @Test
    void tellsADomainThatIsGivenTwice() {
        List<RouteConfig> routes = List.of(route(new PathMatch.Prefix("/")));
        HttpConfig http = HttpConfig.builder(
                        "a",
                        RouteTableConfig.builder()
                                .virtualHosts(List.of(
                                        VirtualHostConfig.builder("one", List.of("a.test", "*"), routes)
                                                .build(),
                                        VirtualHostConfig.builder("two", List.of("A.test"), routes)
                                                .build()))
                                .build())
                .build();

        assertThat(check(with(http)))
                .extracting(ConfigProblem::found)
                .containsExactly("domain A.test for the second time");
    }

    @ParameterizedTest
    @CsvSource({
        "prefix /, prefix /a, true",
        "prefix /, regex /b.*, true",
        "prefix /a, prefix /ab, true",
        "prefix /a, exact /abc, true",
        "prefix /a, exact /b, false",
        "prefix /a, prefix /, false",
        "prefix /a, regex /a.*, false",
        "prefix /a, prefix /a, true",
        "exact /a, exact /a, true",
        "exact /a, prefix /a, false",
        "regex /a.*, regex /a.*, true",
        "regex /.*, exact /x, true",
        "separated /a, exact /a, true",
        "separated /a, exact /ab, false",
        "separated /a, prefix /a, false",
        "separated /a, prefix /a/b, true",
        "separated /a, separated /a/b, true",
        "prefix /, connect -, false",
        "connect -, prefix /, false",
        "connect -, connect -, true",
    })
    void warnsOfARouteThatAnotherHides(String first, String second, boolean hidden) {
        HttpConfig http = HttpConfig.builder(
                        "a", RouteTableConfig.of("a", List.of(route(path(first)), route(path(second)))))
                .build();

        List<ConfigProblem> problems = check(with(http));

        assertThat(problems).noneMatch(ConfigProblem::isError);
        assertThat(problems.stream().map(ConfigProblem::found))
                .containsExactlyElementsOf(
                        hidden ? List.of("route 2 is never reached: route 1 takes all its requests") : List.of());
    }

    @Test
    void knowsThatAShareOfTheRequestsHidesNothing() {
        RouteConfig share = RouteConfig.builder(
                        RouteMatch.builder(new PathMatch.Prefix("/"))
                                .fraction(new RuntimeFraction(100, 100, "a"))
                                .build(),
                        ForwardConfig.to("a").build())
                .build();
        HttpConfig http = HttpConfig.builder(
                        "a", RouteTableConfig.of("a", List.of(share, route(new PathMatch.Prefix("/")))))
                .build();

        assertThat(check(with(http))).isEmpty();
    }

    @ParameterizedTest(name = "gRPC alone {0} then {1}: {2}")
    @CsvSource({"true, false, false", "false, true, true", "true, true, true", "false, false, true"})
    void knowsThatARouteForGrpcHidesNoOther(boolean first, boolean second, boolean hidden) {
        HttpConfig http = HttpConfig.builder(
                        "a", RouteTableConfig.of("a", List.of(grpcAlone(first), grpcAlone(second))))
                .build();

        assertThat(check(with(http))).hasSize(hidden ? 1 : 0);
    }

    private static RouteConfig grpcAlone(boolean grpc) {
        RouteMatch match =
                RouteMatch.builder(new PathMatch.Prefix("/")).grpc(grpc).build();
        return RouteConfig.builder(match, ForwardConfig.to("a").build()).build();
    }

    @Test
    void warnsOfAnAttemptAsLongAsTheWholeRoute() {
        ForwardConfig.Builder forward = ForwardConfig.to("a")
                .timeout(Duration.ofSeconds(20))
                .retry(RetryPolicyConfig.builder()
                        .retryOn(Set.of("5xx"))
                        .perTryTimeout(Duration.ofMillis(20_500))
                        .build());

        assertThat(check(with(HttpConfig.forwarding("a", forward.build()).build())))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.isError()).isFalse();
                    assertThat(problem.found())
                            .startsWith("per_try_timeout 20.5s is not below the route's timeout 20s");
                });
        assertThat(check(with(HttpConfig.forwarding(
                                "a", forward.timeout(Duration.ZERO).build())
                        .build())))
                .isEmpty();
    }

    @Test
    void listsTheClustersWithoutANameCheckInOneWarning() {
        UpstreamTlsConfig noName = UpstreamTlsConfig.builder().verifyHost(false).build();

        assertThat(check(ProxyConfig.builder()
                        .cluster(ClusterConfig.to("a", "10.0.0.1", 443)
                                .tls(noName)
                                .build())
                        .cluster(ClusterConfig.to("b", "10.0.0.1", 443).tls().build())
                        .cluster(ClusterConfig.to("c", "10.0.0.1", 443)
                                .tls(noName)
                                .build())
                        .cluster(ClusterConfig.to("d", "10.0.0.1", 443)
                                .tls(Defaults.ENVOY.tls().build())
                                .build())
                        .build()))
                .extracting(ConfigProblem::found)
                .containsExactly(
                        "TLS without any check of the peer's certificate: cluster d",
                        "TLS without a check of the name in the peer's certificate: clusters a, c");
    }

    private List<ConfigProblem> check(ProxyConfig config) {
        return ConfigChecks.check(config, positions);
    }

    private String found(UpstreamTlsConfig.Builder tls) {
        List<ConfigProblem> errors =
                check(withTls(tls)).stream().filter(ConfigProblem::isError).toList();
        assertThat(errors).hasSize(1);
        return errors.getFirst().found();
    }

    private static ProxyConfig withTls(UpstreamTlsConfig.Builder tls) {
        return ProxyConfig.builder()
                .cluster(ClusterConfig.to("a", "10.0.0.1", 443).tls(tls.build()).build())
                .build();
    }

    private static ProxyConfig with(HttpConfig http) {
        return ProxyConfig.builder()
                .cluster(ClusterConfig.to("a", "10.0.0.1", 80).build())
                .listener(ListenerConfig.http(Address.loopback(0), http).build())
                .build();
    }

    private static ListenerConfig listener(Address address, ForwardConfig.Builder forward) {
        return ListenerConfig.http(
                        address, HttpConfig.forwarding("a", forward.build()).build())
                .build();
    }

    private static RouteConfig route(PathMatch path) {
        return RouteConfig.builder(
                        RouteMatch.builder(path).build(), ForwardConfig.to("a").build())
                .build();
    }

    private static PathMatch path(String text) {
        String[] parts = text.split(" ", 2);
        return switch (parts[0]) {
            case "prefix" -> new PathMatch.Prefix(parts[1]);
            case "separated" -> new PathMatch.SeparatedPrefix(parts[1]);
            case "exact" -> new PathMatch.Exact(parts[1]);
            case "regex" -> new PathMatch.Regex(parts[1]);
            case "connect" -> new PathMatch.Connect();
            default -> throw new IllegalArgumentException(text);
        };
    }

    private static Address socket(String text, int port) {
        boolean both = text.endsWith("+4");
        return new Address.Socket(both ? text.substring(0, text.length() - 2) : text, port, both);
    }
}
