package dev.attache.core.config.services;

import static org.assertj.core.api.Assertions.assertThatCode;

import dev.attache.core.config.Source;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Yaml;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever stands in place of a value, it is told and never thrown. */
class MalformedTest {

    private static final String NATIVE = """
        enabled_listeners: [a]
        listen_ipv6: true
        listen_address: [127.0.0.1]
        local_otel_reporting_pct: 1.5
        trusted_ca: /etc/ca.pem
        access_log_path: /tmp/{name}.log
        connect_timeout: 1s
        dns: {servers: ["127.0.0.1:53"], search: [a], hosts_file: /h, resolv_conf: /r, refresh_rate: 5s,
              respect_ttl: true, family: ALL}
        runtime: {a: {b: 1}}
        admin: {address: {pipe: {path: /a, mode: 0600}}, access_log_path: /b}
        stats: {graphite: {address: "g:2003", prefix: p, interval: 1s}}
        services: {s: {port: 1, encryption: true}}
        listeners:
          - name: a
            port: 6000
            timeout: 1s
            idle_timeout: 1s
            service: s
            upstream: [h, "h:1", /sock]
            http_host: h
            xfp: http
            retry: {retry_on: 5xx, num_retries: 1, retry_back_off: {base_interval: 1s}}
            keepalive: 1s
            sets_sni: true
            sni_rewrites_host_header: true
            tcp_keepalive: {keepalive_time: 1}
            split: {service: s, percentage: 1}
            splits: [{name: b, host_regex: x, service: s}]
            encryption: true
            verify_host: true
            sni: x
            circuit_breaker: {max_requests: 1}
            failure_breaker: {failure_rate: 1, window: 1s, probes: 1}
            listen_address: "::1"
            bind_to_port: true
            min_log_code: 1
            filters: [f]
            request_headers: {set: {a: b}, add: {c: d}, remove: [e]}
        """;

    private static final String KUBERNETES = """
        discovery: {listeners: [a], ratelimit_listeners: {a: {domain: d, by: user-agent}}}
        services_proxy:
          a:
            port: 6000
            timeout: 1s
            http_host: h
            xfp: http
            retry_policy: {retry_on: 5xx}
            ratelimit: {domain: d}
            tracing_enabled: true
            upstream: {ips: [a], address: h, port: 1, encryption: true, sets_sni: true, keepalive: 1s}
            split: {percentage: 1, upstream: {address: h, port: 1}}
        """;

    @ParameterizedTest
    @ValueSource(strings = {NATIVE, KUBERNETES})
    void neverThrowsForAValueOfTheWrongKind(String text) {
        Node root = Yaml.parse("a.yaml", text);
        for (Node wrong : wrongs()) {
            replacements(root, wrong)
                    .forEach(document -> assertThatCode(() -> Load.of(List.of(document)))
                            .as(document.toString())
                            .doesNotThrowAnyException());
        }
    }

    private static List<Node> wrongs() {
        Source source = new Source("wrong.yaml", 1, 1);
        Node text = new Node.Scalar("\u0000: -1/%{", Node.Type.STRING, source);
        Node number = new Node.Scalar("-99999999999999999999", Node.Type.INTEGER, source);
        return List.of(
                new Node.Null(source),
                new Node.Scalar("", Node.Type.STRING, source),
                text,
                new Node.Scalar("/a\0", Node.Type.STRING, source),
                number,
                new Node.Sequence(List.of(text, new Node.Null(source)), source),
                new Node.Mapping(Map.of("x", new Node.Entry("x", source, text)), source));
    }

    /** Every tree in which one node of {@code tree} is {@code wrong}. */
    private static Stream<Node> replacements(Node tree, Node wrong) {
        List<Node> all = new ArrayList<>();
        all.add(wrong);
        switch (tree) {
            case Node.Mapping mapping ->
                mapping.entries()
                        .forEach((key, entry) -> replacements(entry.value(), wrong)
                                .forEach(value -> {
                                    Map<String, Node.Entry> entries = new LinkedHashMap<>(mapping.entries());
                                    entries.put(key, new Node.Entry(key, entry.keySource(), value));
                                    all.add(new Node.Mapping(entries, mapping.source()));
                                }));
            case Node.Sequence list -> {
                for (int i = 0; i < list.items().size(); i++) {
                    int index = i;
                    replacements(list.items().get(i), wrong).forEach(value -> {
                        List<Node> items = new ArrayList<>(list.items());
                        items.set(index, value);
                        all.add(new Node.Sequence(items, list.source()));
                    });
                }
            }
            case Node.Scalar _, Node.Null _ -> {}
        }
        return all.stream();
    }
}
