package dev.attache.core.config.envoy;

import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.yaml.Reading;
import dev.attache.core.config.yaml.Yaml;
import java.util.List;

/** Reads bootstraps of tests. */
final class Bootstraps {

    private Bootstraps() {}

    /** What was read, and what was noted on the way. */
    record Outcome(ProxyConfig config, Positions positions, List<ConfigProblem> problems) {
        List<String> told() {
            return problems.stream().map(ConfigProblem::toString).toList();
        }
    }

    static Outcome read(String text) {
        Reading reading = EnvoyBootstrap.reading();
        Positions positions = new Positions();
        ProxyConfig config = EnvoyBootstrap.read(reading.root(Yaml.parse("envoy.yaml", text)), positions);
        reading.reportUnknownKeys();
        return new Outcome(config, positions, reading.problems());
    }

    /** A bootstrap whose one listener's HTTP connection manager says this besides what it must, in flow style. */
    static String withHttp(String members) {
        return """
            static_resources:
              listeners:
                - address: {socket_address: {address: 127.0.0.1, port_value: 1}}
                  filter_chains:
                    - filters:
                        - typed_config:
                            "@type": type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager
                            stat_prefix: test
                            http_filters: [{name: envoy.filters.http.router}]
            %s\
            """.formatted(indented(members, 16));
    }

    /** A bootstrap with one route of this text. */
    static String withRoute(String route) {
        return withHttp("route_config:\n  virtual_hosts:\n    - name: all\n      domains: '*'\n      routes:\n"
                + indented("- " + indented(route, 2).strip(), 8));
    }

    /** A bootstrap with one cluster that says this besides its name and its address. */
    static String withCluster(String members) {
        return """
            static_resources:
              clusters:
                - name: one
                  load_assignment:
                    endpoints: {lb_endpoints: {endpoint: {address: {socket_address: {address: 127.0.0.1, port_value: 1}}}}}
            %s\
            """.formatted(indented(members, 6));
    }

    private static String indented(String text, int by) {
        return text.lines().map(line -> " ".repeat(by) + line + "\n").reduce("", String::concat);
    }
}
