package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Calls of the host application to a listener by its name. */
@Timeout(120)
class ServiceTest {

    @TempDir
    private Path folder;

    @Test
    void findsAListenerByNameOrElseByStatPrefix() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling())) {
            ProxyConfig named = Embedded.config(Embedded.listener("demo", 0, upstream.port(), ""));
            ListenerConfig nameless =
                    named.listeners().getFirst().toBuilder().name("").build();
            ProxyConfig prefixed =
                    named.toBuilder().listeners(List.of(nameless)).build();
            for (ProxyConfig config : List.of(named, prefixed)) {
                try (Attache proxy = Attache.builder(config).start()) {
                    Embedded.Answer answer = Embedded.call(
                            proxy.service(config == named ? "demo" : "demo_egress"), Request.get("/here"));

                    assertThat(answer.status()).isEqualTo(200);
                    assertThat(answer.body()).endsWith(" /here -");
                }
            }
        }
    }

    @Test
    void tellsWhichNamesThereAre() {
        ProxyConfig config =
                Embedded.config(Embedded.listener("one", 0, 1, "") + Embedded.listener("two", 6101, 1, ""));
        List<ListenerConfig> same = new ArrayList<>();
        config.listeners()
                .forEach(listener -> same.add(
                        listener.toBuilder().name("same").bindToPort(false).build()));
        ProxyConfig unbound = config.toBuilder()
                .listeners(config.listeners().stream()
                        .map(listener -> listener.toBuilder().bindToPort(false).build())
                        .toList())
                .build();
        Attache.Builder ambiguous =
                Attache.builder(config.toBuilder().listeners(same).build());
        try (Attache proxy = Attache.builder(unbound).start()) {
            assertThatThrownBy(() -> proxy.service("three"))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("service three: unknown (expected: one of [one, two])");
            assertThatThrownBy(ambiguous::start)
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("listener same for the second time");
            assertThat(proxy.listeners()).isEmpty();
        }
    }

    @Test
    void countsAndLogsACallLikeARequestOverTheSocket() throws Exception {
        Path log = folder.resolve("access.log");
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling());
                Attache proxy = Attache.builder(Embedded.config(
                                Embedded.listener("demo", 0, upstream.port(), ", min_log_code: 0"),
                                "access_log_path: " + log))
                        .start()) {
            Embedded.call(proxy.service("demo"), Request.get("/called"));
            Waiting.until(() -> lines(log).size() == 1);
            Embedded.get(Embedded.port(proxy, "demo"), "/requested");

            Waiting.until(() -> lines(log).size() == 2);
            assertThat(lines(log).get(0)).contains("\"GET /called HTTP/1.1\" 200 - ");
            assertThat(lines(log).get(1)).contains("\"GET /requested HTTP/1.1\" 200 - ");
            var http = proxy.stats().http("demo_egress");
            assertThat(http.counter("downstream_rq_total").value()).isEqualTo(2);
            assertThat(http.counter("downstream_rq_2xx").value()).isEqualTo(2);
            assertThat(proxy.stats()
                            .cluster("demo")
                            .counter("upstream_rq_total")
                            .value())
                    .isEqualTo(2);
        }
    }

    @Test
    void followsAnUpdate() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling());
                Attache proxy = Attache.builder(Embedded.config(Embedded.listener("demo", 0, upstream.port(), "")))
                        .start()) {
            HttpService service = proxy.service("demo");
            assertThat(Embedded.call(service, Request.get("/a")).body()).isEqualTo("0 /a -");

            proxy.update(Embedded.config(
                    Embedded.listener("demo", 0, upstream.port(), ", request_headers: {set: {x-version: \"2\"}}")));

            assertThat(Embedded.call(service, Request.get("/b")).body()).isEqualTo("0 /b 2");
        }
    }

    static Stream<Request> malformed() {
        return Stream.of(
                request("GET /x HTTP/1.1\r\nx: ", "/", HttpFields.EMPTY),
                request("BAD METHOD", "/", HttpFields.EMPTY),
                request("", "/", HttpFields.EMPTY),
                request("GET", "/a b", HttpFields.EMPTY),
                request("GET", "/a\r\nx: y", HttpFields.EMPTY),
                request("GET", "elsewhere", HttpFields.EMPTY),
                request("GET", "/", field("x-evil", "a\r\nx-more: b")),
                request("GET", "/", field("x-evil\r\nx-more", "b")),
                request("GET", "/", field("x evil", "b")),
                request("GET", "/", field("host", "a\r\nx-more: b")),
                new Request("GET", "http", "a b", "/", HttpFields.EMPTY, Body.EMPTY));
    }

    @ParameterizedTest
    @MethodSource("malformed")
    void refusesWhatAParserWouldRefuse(Request malformed) throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling());
                Attache proxy = Attache.builder(Embedded.config(Embedded.listener("demo", 0, upstream.port(), "")))
                        .start()) {
            Embedded.Answer answer = Embedded.call(proxy.service("demo"), malformed);

            assertThat(answer.status()).isEqualTo(400);
            assertThat(upstream.connections()).isZero();
        }
    }

    private static Request request(String method, String target, HttpFields headers) {
        return new Request(method, "http", "demo", target, headers, Body.EMPTY);
    }

    private static HttpFields field(String name, String value) {
        return HttpFields.build().add(new HttpField(name, value));
    }

    private static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
