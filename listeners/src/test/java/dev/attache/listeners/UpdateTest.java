package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.Address;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A configuration that changes while requests are served. */
@Timeout(120)
class UpdateTest {

    @TempDir
    private Path folder;

    @Test
    void servesAChangedRouteAtOnceOverTheSameConnections() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling());
                Attache proxy = start(Embedded.listener("demo", 0, upstream.port(), version("1")));
                RawClient client = RawClient.connect(Embedded.port(proxy, "demo"))) {
            int port = Embedded.port(proxy, "demo");
            assertThat(Embedded.get(client, "/a").body()).isEqualTo("0 /a 1");

            proxy.update(Embedded.config(Embedded.listener("demo", 0, upstream.port(), version("2"))));

            assertThat(Embedded.get(client, "/b").body()).isEqualTo("0 /b 2");
            assertThat(Embedded.get(port, "/c").body()).isEqualTo("0 /c 2");
            assertThat(Embedded.port(proxy, "demo")).isEqualTo(port);
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void finishesOnTheOldConfigurationWhatBeganThere() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        try (RawUpstream old = RawUpstream.start(peer -> {
                    peer.readHead();
                    reached.countDown();
                    go.await();
                    peer.send("HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nold");
                    peer.awaitEnd();
                });
                RawUpstream next = RawUpstream.start(Embedded.telling());
                Attache proxy = start(Embedded.listener("demo", 0, old.port(), ""));
                RawClient client = RawClient.connect(Embedded.port(proxy, "demo"))) {
            client.send("GET /slow HTTP/1.1\r\nhost: demo\r\n\r\n");
            reached.await();

            proxy.update(Embedded.config(Embedded.listener("demo", 0, next.port(), "")));

            assertThat(Embedded.get(Embedded.port(proxy, "demo"), "/new").body())
                    .isEqualTo("0 /new -");
            go.countDown();
            assertThat(client.readAnswer().body()).isEqualTo("old");
            assertThat(Embedded.get(client, "/again").body()).endsWith("/again -");
            Waiting.until(() -> old.open() == 0);
        }
    }

    @Test
    void bindsNewListenersAndClosesThoseThatAreGone() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling());
                Attache proxy = start(Embedded.listener("one", 0, upstream.port(), ", listen_address: 127.0.0.1"))) {
            int one = Embedded.port(proxy, "one");
            assertThat(Embedded.get(one, "/a").status()).isEqualTo(200);

            proxy.update(Embedded.config(Embedded.listener("two", 0, upstream.port(), ", listen_address: 127.0.0.2")));

            assertThat(proxy.listeners()).hasSize(1);
            try (RawClient client =
                    RawClient.connect(proxy.listeners().getFirst().addresses().getFirst())) {
                assertThat(Embedded.get(client, "/b").status()).isEqualTo(200);
            }
            assertThatThrownBy(() -> Embedded.get(one, "/c")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void goesOnUnchangedWhenTheNextConfigurationCannotBeServed() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling());
                Attache proxy = start(Embedded.listener("demo", 0, upstream.port(), version("1")));
                RawClient client = RawClient.connect(Embedded.port(proxy, "demo"))) {
            ProxyConfig before = proxy.config();
            assertThat(Embedded.get(client, "/a").body()).isEqualTo("0 /a 1");
            Path log = folder.resolve("no-such-folder").resolve("log");
            ProxyConfig wrong = Embedded.config(
                    Embedded.listener("demo", 0, upstream.port(), version("2")), "access_log_path: " + log);

            assertThatThrownBy(() -> proxy.update(wrong))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining(log.toString());

            assertThat(proxy.config()).isSameAs(before);
            assertThat(Embedded.get(client, "/b").body()).isEqualTo("0 /b 1");
        }
    }

    @Test
    void changesNothingWhenAPortIsTaken() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"));
                RawUpstream upstream = RawUpstream.start(Embedded.telling());
                Attache proxy = start(Embedded.listener("demo", 0, upstream.port(), version("1")));
                RawClient client = RawClient.connect(Embedded.port(proxy, "demo"))) {
            ProxyConfig before = proxy.config();
            assertThat(Embedded.get(client, "/a").body()).isEqualTo("0 /a 1");
            ProxyConfig wrong = Embedded.config(Embedded.listener("demo", 0, upstream.port(), version("2"))
                    + Embedded.listener("more", taken.getLocalPort(), upstream.port(), ""));

            assertThatThrownBy(() -> proxy.update(wrong))
                    .isInstanceOf(ConfigException.class)
                    .hasMessageContaining("more on 127.0.0.1:" + taken.getLocalPort());

            assertThat(proxy.config()).isSameAs(before);
            assertThat(proxy.listeners()).hasSize(1);
            assertThat(Embedded.get(client, "/b").body()).isEqualTo("0 /b 1");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void servesNothingByANewEntryBeforeItsClustersAreThere() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            port = free.getLocalPort();
        }
        CountDownLatch handled = new CountDownLatch(1);
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(200, "old"))) {
            TestEntry next = stand.entry(settings -> settings, (request, exchange) -> {
                handled.countDown();
                return TestEntry.text(200, "new");
            });
            ListenerConfig config = stand.config("next", new Address.Socket("127.0.0.1", port));
            AtomicReference<RawClient> early = new AtomicReference<>();

            stand.manager.update(List.of(new ListenerManager.Binding(config, next)), () -> {
                try {
                    early.set(RawClient.connect(port).send("GET / HTTP/1.1\r\nhost: h\r\n\r\n"));
                    assertThat(handled.await(300, TimeUnit.MILLISECONDS)).isFalse();
                } catch (IOException | InterruptedException failed) {
                    throw new AssertionError(failed);
                }
            });

            try (RawClient client = early.get()) {
                assertThat(client.readAnswer().body()).isEqualTo("new");
            }
        }
    }

    private static Attache start(String listeners) {
        return Attache.builder(Embedded.config(listeners)).start();
    }

    private static String version(String version) {
        return ", request_headers: {set: {x-version: \"" + version + "\"}}";
    }
}
