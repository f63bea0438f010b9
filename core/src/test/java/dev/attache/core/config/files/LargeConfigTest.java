package dev.attache.core.config.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.ConfigException;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Time in proportion to the size of the text: what takes the square of it would not end within the time of a test. */
@Timeout(240)
class LargeConfigTest {

    private static final String HTTP = "{name: h, typed_config: {'@type':"
            + " type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager,"
            + " stat_prefix: s, http_filters: [{name: envoy.filters.http.router}], route_config: {virtual_hosts:"
            + " [{name: v, domains: ['*'], routes: [%s]}]}}}";
    private static final String ANSWER = "{match: {prefix: /}, direct_response: {status: 200}}";

    private static LoadedConfig load(String text) {
        return ConfigFiles.load(new ConfigOptions(List.of(), Optional.of(text), false));
    }

    private static String many(int count, IntFunction<String> each) {
        return IntStream.range(0, count).mapToObj(each).collect(Collectors.joining("\n"));
    }

    private static String listener(String address, String routes) {
        return "  - {name: '" + address + "', address: {socket_address: {address: " + address + ", port_value: 8080}},"
                + " filter_chains: [{filters: [" + HTTP.formatted(routes) + "]}]}";
    }

    @Test
    void readsAScalarOfFiveMillionCharacters() {
        assertThat(load("node: {id: " + "a".repeat(5_000_000) + "}\nadmin: {}").warnings())
                .isEmpty();
    }

    @Test
    void readsManyListenersOfOnePort() {
        String text = "static_resources:\n  listeners:\n"
                + many(8_000, i -> listener("127.1." + i / 250 + "." + (i % 250 + 1), ANSWER));
        assertThat(load(text).config().listeners()).hasSize(8_000);
    }

    @Test
    void readsManyRoutesOfOneHost() {
        String routes = many(
                30_000,
                i -> "{match: {prefix: /, headers: [{name: h, exact_match: v" + i
                        + "}]}, direct_response: {status: 200}},");
        String text = "static_resources:\n  listeners:\n" + listener("127.0.0.1", routes);
        assertThat(load(text).config().listeners()).hasSize(1);
    }

    @Test
    void tellsTheFirstOfManyProblemsAndHowManyThereAreMore() {
        String routes = many(20_000, i -> "{match: {path: /" + i + "}, route: {cluster: c" + i + "}},");
        String clusters = many(
                20_000,
                i -> "  - {name: d" + i + ", load_assignment: {endpoints: [{lb_endpoints: [{endpoint: {address:"
                        + " {socket_address: {address: 127.0.0.1, port_value: 80}}}}]}]}}");
        String text =
                "static_resources:\n  listeners:\n" + listener("127.0.0.1", routes) + "\n  clusters:\n" + clusters;
        assertThatThrownBy(() -> load(text))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("unknown cluster c0")
                .hasMessageEndingWith("and 19000 errors more");
    }

    @Test
    void tellsManyUnknownKeysAndLongOnesInBoundedText() {
        String text = "admin:\n" + many(50_000, i -> "  adress" + i + ": {}");
        assertThatThrownBy(() -> load(text)).hasMessageContaining("admin.adress0: unknown field");
        String key = "k".repeat(500);
        String deep = IntStream.range(0, 40).mapToObj(i -> key + ": {").collect(Collectors.joining())
                + String.join("", Collections.nCopies(40, "}"));
        assertThatThrownBy(() -> load("admin: {" + deep + "}"))
                .satisfies(refused -> assertThat(refused.getMessage().length()).isLessThan(1_000));
    }

    @Test
    void refusesExpressionsThatAreTooLarge() {
        String route = "{match: {safe_regex: {regex: '(.*){1,1000}x'}}, direct_response: {status: 200}}";
        assertThatThrownBy(() -> load("static_resources:\n  listeners:\n" + listener("127.0.0.1", route)))
                .hasMessageContaining("instructions where 2500 are allowed");
    }
}
