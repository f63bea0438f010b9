package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.proxy.ConnectionStats;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that stop in the midst of something stop nobody else, with the defaults of the native form. */
@Timeout(120)
class StalledClientsTest {

    private static final int MANY = 150;
    private static final int PATIENCE_SECONDS = 20;

    private final List<SocketChannel> stalled = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (SocketChannel client : stalled) {
            client.close();
        }
    }

    @Test
    void stalledBodiesStopNobody() throws Exception {
        CountDownLatch arrived = new CountDownLatch(MANY);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    String head = peer.readHead();
                    if (head.startsWith("POST ")) {
                        arrived.countDown();
                        peer.awaitEnd();
                    } else {
                        peer.send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbusy");
                    }
                });
                Attache proxy = proxyOf(upstream)) {
            for (int i = 0; i < MANY; i++) {
                stall(proxy, "POST /upload HTTP/1.1\r\nhost: demo\r\ncontent-length: 1000000\r\n\r\nand then nothing");
            }
            assertThat(arrived.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

            assertThat(another(proxy)).isEqualTo("busy");
            assertThat(connections(proxy)).isGreaterThanOrEqualTo(MANY);
        }
    }

    @Test
    void slowHeadsStopNobody() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling());
                Attache proxy = proxyOf(upstream)) {
            for (int i = 0; i < MANY; i++) {
                stall(proxy, "GET / HTTP/1.1\r\nhost: demo\r\nx-a: ");
            }
            Waiting.until(() -> connections(proxy) == MANY);

            assertThat(another(proxy)).isEqualTo("0 /other -");
            assertThat(connections(proxy)).isGreaterThanOrEqualTo(MANY);
        }
    }

    @Test
    void slowReadersStopNobody() throws Exception {
        AtomicLong written = new AtomicLong();
        byte[] part = new byte[64 * 1024];
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    String head = peer.readHead();
                    if (head.startsWith("GET /endless ")) {
                        peer.send("HTTP/1.1 200 OK\r\ncontent-length: 1000000000000\r\n\r\n");
                        while (true) {
                            peer.out().write(part);
                            peer.out().flush();
                            written.addAndGet(part.length);
                        }
                    }
                    peer.send("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nbusy");
                });
                Attache proxy = proxyOf(upstream)) {
            for (int i = 0; i < MANY; i++) {
                stall(proxy, "GET /endless HTTP/1.1\r\nhost: demo\r\n\r\n");
            }
            Waiting.until(() -> upstream.connections() == MANY);
            Waiting.untilSteady(written::get);

            assertThat(another(proxy)).isEqualTo("busy");
            assertThat(connections(proxy)).isGreaterThanOrEqualTo(MANY);
        }
    }

    private static Attache proxyOf(RawUpstream upstream) {
        return Attache.builder(Embedded.config(Embedded.listener("demo", 0, upstream.port(), "")))
                .start();
    }

    private static long connections(Attache proxy) {
        FilterChainConfig chain =
                proxy.config().listeners().getFirst().filterChains().getFirst();
        String prefix = ((HttpConfig) chain.protocol()).statPrefix();
        return new ConnectionStats(proxy.stats().http(prefix)).active.value();
    }

    /** A client that sends this, and neither sends nor reads anything more. */
    private void stall(Attache proxy, String beginning) throws IOException {
        SocketChannel client = SocketChannel.open();
        stalled.add(client);
        client.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
        client.connect(new InetSocketAddress("127.0.0.1", Embedded.port(proxy, "demo")));
        client.write(ByteBuffer.wrap(beginning.getBytes(StandardCharsets.ISO_8859_1)));
    }

    /** What another client is answered, and soon. */
    private static String another(Attache proxy) throws Exception {
        FutureTask<String> answer = new FutureTask<>(() -> {
            try (RawClient client = RawClient.connect(Embedded.port(proxy, "demo"))) {
                return Embedded.get(client, "/other").body();
            }
        });
        Thread.ofVirtual().start(answer);
        return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
