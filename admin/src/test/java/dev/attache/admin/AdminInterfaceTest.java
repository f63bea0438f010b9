package dev.attache.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.ConfigException;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.fixtures.Waiting;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The admin interface over TCP and over a unix socket, as an operator's curl sees it. */
@Timeout(120)
class AdminInterfaceTest {

    @TempDir
    private Path folder;

    private RawUpstream upstream;

    @BeforeEach
    void start() {
        upstream = RawUpstream.start(RawUpstream.echoingTarget());
    }

    @AfterEach
    void stop() {
        upstream.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        /                        | text/html; charset=UTF-8  | Attache admin
        /help                    | text/plain; charset=UTF-8 | /runtime_modify (POST)
        /server_info             | application/json          | "service_node": "node-7"
        /ready                   | text/plain; charset=UTF-8 | LIVE
        /stats                   | text/plain; charset=UTF-8 | cluster.demo.upstream_rq_total: 1
        /stats?format=json       | application/json          | cluster.demo.upstream_rq_total
        /stats/prometheus        | text/plain; version=0.0.4 | envoy_cluster_name="demo"
        /clusters                | text/plain; charset=UTF-8 | demo::default_priority::max_connections::1024
        /clusters?format=json    | application/json          | cluster_statuses
        /listeners               | text/plain; charset=UTF-8 | demo::127.0.0.1:
        /listeners?format=json   | application/json          | listener_statuses
        /config_dump             | application/json          | "clusters"
        /runtime                 | application/json          | "layers"
        /certs                   | application/json          | "certificates"
        /memory                  | application/json          | "heap_size"
        """)
    void answersEachPage(String target, String contentType, String part) throws Exception {
        try (AdminStand stand = tcp("")) {
            assertThat(demo(stand, "/warm").status()).isEqualTo(200);

            RawClient.Answer answer = stand.get(target);

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.head().header("content-type")).isEqualTo(contentType);
            assertThat(answer.body()).contains(part);
            assertThat(answer.head().header("cache-control")).isEqualTo("no-cache, max-age=0");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/logging",
                "/runtime_modify?a=b",
                "/healthcheck/ok",
                "/healthcheck/fail",
                "/drain_listeners",
                "/reset_counters",
                "/reopen_logs",
                "/quitquitquit"
            })
    void changesNothingByGet(String target) throws Exception {
        try (AdminStand stand = tcp("")) {
            RawClient.Answer answer = stand.get(target);

            assertThat(answer.status()).isEqualTo(405);
            assertThat(answer.head().header("allow")).isEqualTo("POST");
            assertThat(stand.get("/ready").status()).isEqualTo(200);
            assertThat(stand.quit().getCount()).isEqualTo(1);
        }
    }

    @Test
    void helpsWhereThereIsNoPage() throws Exception {
        try (AdminStand stand = tcp("")) {
            RawClient.Answer answer = stand.get("/nothing");

            assertThat(answer.status()).isEqualTo(404);
            assertThat(answer.body()).contains("/stats/prometheus", "/quitquitquit");
        }
    }

    @Test
    void setsTheLevelOfALogger() throws Exception {
        try (AdminStand stand = tcp("")) {
            String before = stand.post("/logging").body();
            try {
                RawClient.Answer answer = stand.post("/logging?http=debug");

                assertThat(answer.status()).isEqualTo(200);
                assertThat(answer.body()).contains("  http: debug\n");
            } finally {
                String level = before.replaceFirst("(?s).*\\n  http: (\\w+)\\n.*", "$1");
                stand.post("/logging?http=" + level);
            }
        }
    }

    @Test
    void refusesALoggerOrLevelThatIsNone() throws Exception {
        try (AdminStand stand = tcp("")) {
            assertThat(stand.post("/logging?http=loud").status()).isEqualTo(400);
            assertThat(stand.post("/logging?nobody=debug").status()).isEqualTo(400);
        }
    }

    @Test
    void logsMoreOnceTheRuntimeSaysSo() throws Exception {
        Path log = folder.resolve("access.log");
        String listener = """
            listeners: [{name: mwapi-async, port: 0, upstream: "127.0.0.1:%d", connect_timeout: 10s, encryption: false}]
            access_log_path: %s
            admin: {address: "127.0.0.1:0"}
            """.formatted(upstream.port(), log);
        try (AdminStand stand = AdminStand.yaml(listener)) {
            try (RawClient client = RawClient.connect(stand.port("mwapi-async"))) {
                // The second is read when the first has come to its end, and with it to the log or not.
                for (String path : List.of("/before", "/between")) {
                    client.send("GET " + path + " HTTP/1.1\r\nhost: demo\r\n\r\n");
                    assertThat(client.readAnswer().status()).isEqualTo(200);
                }
            }

            RawClient.Answer answer = stand.post("/runtime_modify?mwapi-async_min_log_code=200");

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo("OK\n");
            assertThat(stand.get("/runtime").body()).contains("mwapi-async_min_log_code");
            assertThat(call(stand.port("mwapi-async"), "/after").status()).isEqualTo(200);
            Waiting.until("a line", () -> read(log).contains("/after"));
            assertThat(read(log)).doesNotContain("/before");
            assertThat(stand.post("/runtime_modify?mwapi-async_min_log_code=").status())
                    .isEqualTo(200);
            assertThat(stand.get("/runtime").body()).doesNotContain("\"200\"");
        }
    }

    @Test
    void takesTheSameCallsOverAUnixSocket() throws Exception {
        Path socket = folder.resolve("admin.sock");
        try (AdminStand stand = unix(socket, ", mode: \"0600\"")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket)))
                    .isEqualTo("rw-------");
            assertThat(stand.post("/runtime_modify?mwapi-async_min_log_code=200")
                            .body())
                    .isEqualTo("OK\n");
            assertThat(stand.get("/runtime").body()).contains("mwapi-async_min_log_code");
            assertThat(stand.get("/ready").status()).isEqualTo(200);
            assertThat(stand.call("GET", "/ready", "any.name").status()).isEqualTo(200);
        }
        assertThat(socket).doesNotExist();
    }

    @Test
    void replacesASocketFileThatNobodyServes() throws Exception {
        Path socket = folder.resolve("admin.sock");
        ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        dead.bind(UnixDomainSocketAddress.of(socket)).close();
        assertThat(socket).exists();

        try (AdminStand stand = unix(socket, "")) {
            assertThat(stand.get("/ready").status()).isEqualTo(200);
        }
    }

    @Test
    void leavesASocketThatIsServedToItsOwner() throws Exception {
        Path socket = folder.resolve("admin.sock");
        try (AdminStand owner = unix(socket, "")) {
            assertThatThrownBy(() -> unix(socket, ""))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(socket.toString())
                    .hasMessageContaining("in use");
            assertThat(owner.get("/ready").status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "LOCALHOST:9901", "127.0.0.1:9901", "[::1]:9901", "10.1.2.3"})
    void takesALiteralAddressAsHost(String host) throws Exception {
        try (AdminStand stand = tcp("")) {
            assertThat(stand.call("GET", "/ready", host).status()).isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"evil.example", "evil.example:9901", "localhost.evil.example", "127.0.0.1.evil.example"})
    void refusesAHostThatIsAName(String host) throws Exception {
        try (AdminStand stand = tcp("")) {
            assertThat(stand.call("GET", "/ready", host).status()).isEqualTo(403);
            assertThat(stand.call("POST", "/quitquitquit", host).status()).isEqualTo(403);
            assertThat(stand.quit().getCount()).isEqualTo(1);
        }
    }

    @Test
    void refusesAPostFromAPageOfAnotherOrigin() throws Exception {
        try (AdminStand stand = tcp("")) {
            assertThat(stand.call("POST", "/quitquitquit", "localhost:9901", "Origin: http://evil.example")
                            .status())
                    .isEqualTo(403);
            assertThat(stand.call("POST", "/quitquitquit", "localhost:9901", "Origin: null")
                            .status())
                    .isEqualTo(403);
            assertThat(stand.quit().getCount()).isEqualTo(1);
            assertThat(stand.call("POST", "/healthcheck/ok", "localhost:9901", "Origin: http://localhost:9901")
                            .status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-Fetch-Site: cross-site",
                "Sec-Fetch-Site: same-site",
                "Sec-Fetch-Site: same-origin, cross-site",
                "Sec-Fetch-Site: none\r\nSec-Fetch-Site: same-origin",
                "Origin: http://evil.example",
                "Origin: https://localhost:9901",
                "Origin: http://localhost:9902",
                "Origin: http://localhost",
                "Origin: null",
                "Origin:",
                "Origin: http://localhost:9901\r\nOrigin: http://localhost:9901",
                "Referer: http://evil.example/",
                "Referer: http://evil.example/?http://localhost:9901/",
                "Referer: http://localhost:9901.evil.example/",
                "Referer: http://localhost:9901@evil.example/",
                "Referer: http://localhost:99011/",
                "Referer: about:blank",
                "Referer: http://localhost:9901/\r\nReferer: http://localhost:9901/",
            })
    void refusesWhatAPageOfAnotherOriginHasSent(String headers) throws Exception {
        try (AdminStand stand = tcp("")) {
            for (String method : List.of("GET", "POST")) {
                assertThat(stand.call(method, "/stats", "localhost:9901", headers)
                                .status())
                        .isEqualTo(403);
            }
            assertThat(stand.call("POST", "/quitquitquit", "localhost:9901", headers)
                            .status())
                    .isEqualTo(403);
            assertThat(stand.quit().getCount()).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Sec-Fetch-Site: same-origin",
                "Sec-Fetch-Site: none",
                "Origin: http://localhost:9901",
                "Origin: http://LOCALHOST:9901",
                "Referer: http://localhost:9901",
                "Referer: http://localhost:9901/help?a=b",
                "Sec-Fetch-Site: same-origin\r\nOrigin: http://localhost:9901\r\nReferer: http://localhost:9901/",
            })
    void takesWhatItsOwnPagesHaveSent(String headers) throws Exception {
        try (AdminStand stand = tcp("")) {
            assertThat(stand.call("GET", "/stats", "localhost:9901", headers).status())
                    .isEqualTo(200);
            assertThat(stand.call("POST", "/healthcheck/ok", "localhost:9901", headers)
                            .status())
                    .isEqualTo(200);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"(.*)%7B1,1000%7Dx", "((a%7B1,100%7D)%7B1,100%7D)%7B1,100%7D", "(x%2Bx%2B)%7B200%7Dy"})
    void refusesAFilterThatCostsTooMuch(String filter) throws Exception {
        try (AdminStand stand = tcp("")) {
            for (String page : List.of("/stats?filter=", "/stats/prometheus?filter=", "/stats?format=json&filter=")) {
                RawClient.Answer answer = stand.get(page + filter);
                assertThat(answer.status()).isEqualTo(400);
                assertThat(answer.body()).contains("instructions where 250 are allowed");
            }
        }
    }

    @Test
    void isReadyHoweverManyConnectionsDoNothing() throws Exception {
        try (AdminStand stand = tcp("")) {
            List<RawClient> slow = new ArrayList<>();
            try {
                for (int i = 0; i < 200; i++) {
                    RawClient client = RawClient.connect(stand.address());
                    slow.add(client);
                    client.send(i % 2 == 0 ? "" : "GET /ready HTTP/1.1\r\nhost: ");
                    if (i % 20 == 19) {
                        assertThat(stand.get("/ready").status()).isEqualTo(200);
                    }
                }
            } finally {
                for (RawClient client : slow) {
                    client.close();
                }
            }
        }
    }

    @Test
    void keepsSecretsToItself() throws Exception {
        try (AdminStand stand = AdminStand.yaml("""
            listeners:
            - name: demo
              port: 0
              upstream: "127.0.0.1:%d"
              encryption: false
              request_headers: {set: {Authorization: "Basic hunter2", x-plain: "harmless value"}}
              response_headers: {add: {set-cookie: "session=hunter2"}}
            admin: {address: "127.0.0.1:0"}
            """.formatted(upstream.port()))) {
            String dump = stand.get("/config_dump").body();

            assertThat(dump).containsIgnoringCase("\"authorization\"").contains("[redacted]", "harmless value");
            assertThat(dump).doesNotContain("hunter2");
        }
    }

    @Test
    void dumpsOnePartOfTheConfiguration() throws Exception {
        try (AdminStand stand = tcp("")) {
            assertThat(stand.get("/config_dump?resource=clusters").body())
                    .contains("\"clusters\"")
                    .doesNotContain("\"listeners\"");
            assertThat(stand.get("/config_dump?resource=nothing").status()).isEqualTo(404);
        }
    }

    @Test
    void failsHealthChecksOnPurpose() throws Exception {
        try (AdminStand stand = tcp("")) {
            assertThat(stand.post("/healthcheck/fail").body()).isEqualTo("OK\n");
            assertThat(stand.get("/ready").status()).isEqualTo(503);
            assertThat(stand.get("/ready").body()).isEqualTo("DRAINING\n");
            assertThat(demo(stand, "/still").status()).isEqualTo(200);
            assertThat(stand.post("/healthcheck/ok").body()).isEqualTo("OK\n");
            assertThat(stand.get("/ready").status()).isEqualTo(200);
        }
    }

    @Test
    void drainsTheListenersAndGoesOnItself() throws Exception {
        try (AdminStand stand = tcp("")) {
            int port = stand.port("demo");

            assertThat(stand.post("/drain_listeners?graceful").body()).isEqualTo("OK\n");

            assertThatThrownBy(() -> call(port, "/")).isInstanceOf(IOException.class);
            assertThat(stand.get("/ready").status()).isEqualTo(503);
        }
    }

    @Test
    void drainsInboundListenersAlone() throws Exception {
        try (AdminStand stand = tcp("")) {
            assertThat(stand.post("/drain_listeners?graceful&inboundonly").body())
                    .isEqualTo("OK\n");

            assertThat(demo(stand, "/outbound").status()).isEqualTo(200);
        }
    }

    @Test
    void quits() throws Exception {
        try (AdminStand stand = tcp("")) {
            assertThat(stand.post("/quitquitquit").body()).isEqualTo("OK\n");

            assertThat(stand.quit().await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void filtersStats() throws Exception {
        try (AdminStand stand = tcp("")) {
            demo(stand, "/");

            String filtered = stand.get("/stats?filter=^cluster\\.demo\\.upstream_rq&usedonly")
                    .body();

            assertThat(filtered).contains("cluster.demo.upstream_rq_total: 1\n");
            assertThat(filtered.lines())
                    .allSatisfy(line -> assertThat(line).matches("cluster\\.demo\\.upstream_rq[^:]*: .+"))
                    .noneMatch(line -> line.endsWith("upstream_rq_timeout: 0"));
            assertThat(stand.get("/stats?filter=(").status()).isEqualTo(400);
            assertThat(stand.get("/stats?format=xml").status()).isEqualTo(400);
        }
    }

    @Test
    void tellsPrometheusWhatWasUsed() throws Exception {
        try (AdminStand stand = tcp("")) {
            demo(stand, "/");

            String used = stand.get("/stats/prometheus?usedonly=").body();

            assertThat(used).contains("# TYPE envoy_cluster_upstream_rq_total counter\n");
            assertThat(used).contains("envoy_cluster_upstream_rq_total{envoy_cluster_name=\"demo\"} 1\n");
            assertThat(used).doesNotContain("envoy_cluster_upstream_rq_timeout{");
        }
    }

    @Test
    void resetsCounters() throws Exception {
        try (AdminStand stand = tcp("")) {
            demo(stand, "/");

            assertThat(stand.post("/reset_counters").body()).isEqualTo("OK\n");

            assertThat(stand.get("/stats?filter=cluster.demo.upstream_rq_total").body())
                    .isEqualTo("cluster.demo.upstream_rq_total: 0\n");
        }
    }

    private AdminStand tcp(String more) throws Exception {
        return AdminStand.yaml(listener() + "admin: {address: \"127.0.0.1:0\"}\n" + more);
    }

    private AdminStand unix(Path socket, String more) throws Exception {
        return AdminStand.yaml(listener() + "admin: {address: " + socket + more + "}\n");
    }

    private String listener() {
        return "listeners: [{name: demo, port: 0, upstream: \"127.0.0.1:%d\", connect_timeout: 10s, encryption: false}]%n"
                .formatted(upstream.port());
    }

    private static RawClient.Answer demo(AdminStand stand, String path) throws IOException {
        return call(stand.port("demo"), path);
    }

    private static RawClient.Answer call(int port, String path) throws IOException {
        try (RawClient client = RawClient.connect(port)) {
            client.send("GET " + path + " HTTP/1.1\r\nhost: demo\r\n\r\n");
            return client.readAnswer();
        }
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException unreadable) {
            throw new AssertionError(unreadable);
        }
    }
}
