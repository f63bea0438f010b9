package dev.attache.core.config.services;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every mistake is told, all at once, with its place. */
class ServicesErrorsTest {

    private static final String PREFIX = "profile::services_proxy::envoy::";

    @Test
    void tellsEverythingAtOnce() {
        Load load = Load.of("""
            profile::services_proxy::envoy::listeners:
              - name: alpha
                port: 80
                timeout: 3
                service: alpha
                keepalve: 4s
              - name: beta
                port: 6004
                timeout: 3s
                service: bta
              - name: gamma
                port: 6004
                timeout: 3s
                service: beta
                upstream: "beta:80"
              - port: 6005
                xfp: ftp
            profile::services_proxy::envoy::enabled_listeners:
              - beta
              - gamma
              - gama
              - beta
            profile::services_proxy::envoy::listen_ip6: true
            service::catalog: {beta: {port: 4000, encryption: true}}
            """);

        assertThat(load.messages())
                .containsExactly(
                        "0.yaml:3:11: profile::services_proxy::envoy::listeners[0].port: 80 (expected: 1024 to 65535)",
                        "0.yaml:4:14: profile::services_proxy::envoy::listeners[0].timeout: 3 (expected: a duration"
                                + " with its unit, such as 0.25s, 5ms, 250us, 2m or 1h)",
                        "0.yaml:6:5: profile::services_proxy::envoy::listeners[0].keepalve: unknown field; did you"
                                + " mean keepalive?",
                        "0.yaml:10:14: profile::services_proxy::envoy::listeners[1].service: service bta is not in the"
                                + " catalogue (expected: a service of service::catalog); did you mean beta?",
                        "0.yaml:12:11: profile::services_proxy::envoy::listeners[2].port: port 6004 of listener gamma"
                                + " is taken by listener beta (0.yaml:8:11) (expected: distinct ports)",
                        "0.yaml:15:15: profile::services_proxy::envoy::listeners[2].upstream: beta:80 (expected: a"
                                + " host, without a port)",
                        "0.yaml:16:5: profile::services_proxy::envoy::listeners[3].name: missing (expected: a name of"
                                + " letters, digits, dots, dashes and underscores)",
                        "0.yaml:16:5: profile::services_proxy::envoy::listeners[3].timeout: missing (expected: a"
                                + " duration such as 30s, or 0s for none)",
                        "0.yaml:16:5: profile::services_proxy::envoy::listeners[3].service: missing (expected: a"
                                + " service's name)",
                        "0.yaml:17:10: profile::services_proxy::envoy::listeners[3].xfp: ftp (expected: http or https)",
                        "0.yaml:21:5: profile::services_proxy::envoy::enabled_listeners[2]: unknown listener gama"
                                + " (expected: the name of a listener); did you mean gamma?",
                        "0.yaml:22:5: profile::services_proxy::envoy::enabled_listeners[3]: listener beta for the"
                                + " second time (expected: each name once)",
                        "0.yaml:23:1: profile::services_proxy::envoy::listen_ip6: unknown field; did you mean"
                                + " profile::services_proxy::envoy::listen_ipv6?");
    }

    @Test
    void tellsAPortAndANameThatAreGivenTwice() {
        assertThat(Load.of("""
            listeners:
              - {name: a, port: 6000, upstream: "127.0.0.1:1"}
              - {name: b, port: 6000, upstream: "127.0.0.1:1"}
              - {name: a, port: 6001, upstream: "127.0.0.1:1"}
            """).messages())
                .containsExactly(
                        "0.yaml:3:21: listeners[1].port: port 6000 of listener b is taken by listener a (0.yaml:2:21)"
                                + " (expected: distinct ports)",
                        "0.yaml:4:5: listeners[2].name: listener a for the second time (first at 0.yaml:2:5)"
                                + " (expected: unique names)");
    }

    @Test
    void refusesBothDialectsInOneLoad() {
        assertThat(Load.of(
                                "listeners: [{name: a, port: 6000, upstream: \"127.0.0.1:1\"}]",
                                "service::catalog: {a: {port: 1}}")
                        .messages())
                .containsExactly("0.yaml:1:1: listeners: a key of the native form beside service::catalog (1.yaml:1:1)"
                        + " (expected: plain keys alone, or Wikimedia's alone)");
    }

    static List<List<String>> mistakes() {
        return List.of(
                List.of("enabled_listeners: []", "an empty list"),
                List.of("enabled_listener: [a]", "did you mean enabled_listeners?"),
                List.of("connect_timeout: 0s", "more than zero"),
                List.of("listen_address: example.org", "an IP address"),
                List.of("dns: {servers: [example.org:53]}", "the IP address of a server"),
                List.of("dns: {servers: [/run/dns.sock]}", "the IP address of a server"),
                List.of("dns: {server: [127.0.0.1]}", "did you mean servers?"),
                List.of("admin: {port: 1}", "admin.address: missing"),
                List.of("admin: {address: 127.0.0.1:9631, mode: 0600}", "on a TCP address"),
                List.of("admin: {address: /run/a.sock, mode: 999}", "permission bits"),
                List.of("runtime: [1]", "runtime keys and their values"),
                List.of("local_otel_reporting_pct: 101", "a number from 0 to 100"),
                List.of("enabled_listeners: [a]\n" + PREFIX + "enabled_listeners: [a]", "one of the two"));
    }

    @ParameterizedTest
    @MethodSource("mistakes")
    void tellsMistakesOfTheTopLevel(List<String> mistake) {
        Load load = Load.of("listeners: [{name: a, port: 6000, upstream: \"127.0.0.1:1\"}]\n" + mistake.getFirst());

        assertThat(load.errors()).isNotEmpty();
        assertThat(load.messages()).anyMatch(message -> message.contains(mistake.getLast()));
    }

    @ParameterizedTest
    @MethodSource("listenerMistakes")
    void tellsMistakesOfAListener(List<String> mistake) {
        Load load =
                Load.of("listeners: [{name: a, port: 6000, upstream: \"127.0.0.1:1\", " + mistake.getFirst() + "}]");

        assertThat(load.messages()).singleElement().asString().contains(mistake.getLast());
    }

    static List<List<String>> listenerMistakes() {
        return List.of(
                List.of("sets_sin: true", "did you mean sets_sni?"),
                List.of("http_host: /a", "a host"),
                List.of("splits: [{name: x, host_regex: '(', upstream: 'h:1'}]", "an RE2 expression"),
                List.of("split: {percentage: 101, upstream: 'h:1'}", "0 to 100"),
                List.of("split: {percentage: 1, upstream: h}", "a key of services, or an upstream with its port"),
                List.of("circuit_breaker: {max_request: 1}", "did you mean max_requests?"),
                List.of("failure_breaker: {failure_rate: 0}", "1 to 100"),
                List.of("request_headers: {set: {host: x}}", "http_host sets Host"),
                List.of("request_headers: {remove: ['a b']}", "a header name"),
                List.of("service: s", "service s is not in the catalogue"),
                List.of("lb_policy: best", "one of ROUND_ROBIN, LEAST_REQUEST, RANDOM"),
                List.of("retry: {num_retry: 1}", "did you mean num_retries?"));
    }

    @Test
    void tellsAServiceThatSaysNothing() {
        assertThat(Load.of("""
            services: {s: }
            listeners: [{name: a, port: 6000, service: s, upstream: a.test}]
            """).messages()).containsExactly("0.yaml:1:11: services.s: missing (expected: a mapping)");
    }

    @Test
    void tellsANativeListenerWithoutUpstreamAndNothingThatFollowsFromIt() {
        assertThat(Load.of("""
            services: {s: {port: 80}}
            listeners:
              - {name: a, port: 6000, service: s, keepalive: 1s, split: {service: s, upstream: b.test, percentage: 5}}
              - {name: b, port: 6001, keepalive: 1s}
              - {name: c, port: 6002, service: s, upstream: "a b", sets_sni: true}
            """).messages())
                .hasSize(3)
                .allSatisfy(told -> assertThat(told).contains(".upstream: "));
    }

    @Test
    void tellsThatThereAreNoListeners() {
        assertThat(Load.of("listen_ipv6: true").messages())
                .containsExactly("0.yaml:1:1: no listeners (expected: a list of listeners, or a map services_proxy)");
    }
}
