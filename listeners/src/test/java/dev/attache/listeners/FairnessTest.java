package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Address;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.proxy.ConnectionStats;
import dev.attache.core.proxy.HttpEntry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** As many clients that never pause as there are processors for virtual threads; the clients need none of these. */
@Timeout(120)
class FairnessTest {

    private static final int CARRIERS = Integer.getInteger(
            "jdk.virtualThreadScheduler.parallelism", Runtime.getRuntime().availableProcessors());
    private static final int LONGEST_WAIT_MILLIS = 20_000;

    /** So slow that the next request is always there already. */
    private static final long WORK_NANOS = 100_000;

    private static final int WARMED_UP = 100;

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void clientsThatNeverPauseDoNotStopOthers(int perCarrier) throws Exception {
        List<Greedy> greedy = new ArrayList<>();
        CountDownLatch busy = new CountDownLatch(perCarrier * CARRIERS * WARMED_UP);
        try (Stand stand = new Stand()) {
            stand.manager.start(List.of(new ListenerManager.Binding(
                    stand.config("test", new Address.Socket("127.0.0.1", 0)), new Worker(stand, busy))));
            InetSocketAddress address = (InetSocketAddress) stand.address();
            for (int i = 0; i < perCarrier * CARRIERS; i++) {
                greedy.add(new Greedy(address));
            }
            greedy.forEach(Greedy::begin);
            assertThat(busy.await(LONGEST_WAIT_MILLIS, TimeUnit.MILLISECONDS)).isTrue();

            try (Socket modest = connect(address)) {
                modest.getOutputStream().write(request("/modest"));
                assertThat(status(modest)).isEqualTo("HTTP/1.1 200");
            }

            assertThat(greedy).allMatch(Greedy::goesOn);
        } finally {
            greedy.forEach(Greedy::end);
        }
    }

    private static byte[] request(String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1);
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(LONGEST_WAIT_MILLIS);
        return socket;
    }

    private static String status(Socket socket) throws IOException {
        return new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
    }

    /** Sends requests without end, and throws the answers away, on threads of the platform's own. */
    private static final class Greedy {

        private final Socket socket;
        private final AtomicBoolean ended = new AtomicBoolean();

        /** A client whose connection is served already. */
        Greedy(InetSocketAddress address) throws IOException {
            socket = connect(address);
            socket.getOutputStream().write(request("/first"));
            assertThat(status(socket)).isEqualTo("HTTP/1.1 200");
        }

        void begin() {
            byte[] one = request("/greedy");
            byte[] many = new byte[1000 * one.length];
            for (int at = 0; at < many.length; at += one.length) {
                System.arraycopy(one, 0, many, at, one.length);
            }
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    while (true) {
                        socket.getOutputStream().write(many);
                    }
                } catch (IOException closed) {
                    ended.set(true);
                }
            });
            Thread.ofPlatform().daemon().start(() -> {
                byte[] sink = new byte[64 * 1024];
                try (InputStream answers = socket.getInputStream()) {
                    while (answers.read(sink) >= 0) {
                        // Thrown away.
                    }
                } catch (IOException closed) {
                    ended.set(true);
                }
            });
        }

        boolean goesOn() {
            return !ended.get();
        }

        void end() {
            try {
                socket.close();
            } catch (IOException failed) {
                throw new AssertionError(failed);
            }
        }
    }

    /** Computes for a while for each request, and keeps nothing of it. */
    private static final class Worker implements HttpEntry {

        private final HttpConfig config = HttpConfig.builder("test", RouteTableConfig.of("test", List.of()))
                .build();
        private final ConnectionStats connections;
        private final CountDownLatch busy;

        Worker(Stand stand, CountDownLatch busy) {
            this.connections = new ConnectionStats(stand.stats.http("test"));
            this.busy = busy;
        }

        @Override
        public void unanswered(Exchange exchange, boolean malformed) {
            throw new AssertionError("no request is given up");
        }

        @Override
        public HttpConfig config() {
            return config;
        }

        @Override
        public ConnectionStats connections() {
            return connections;
        }

        @Override
        public Response handle(Request request, Exchange exchange) {
            if (request.target().equals("/greedy")) {
                long end = System.nanoTime() + WORK_NANOS;
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                busy.countDown();
            }
            return new Response(200, HttpFields.build(), Body.EMPTY);
        }

        @Override
        public Response rejected(Exchange exchange, LocalReply reply) {
            return new Response(reply.status(), HttpFields.build(), Body.EMPTY);
        }

        @Override
        public void replace(Response answer, Exchange exchange, LocalReply reply) {
            throw new AssertionError(reply);
        }
    }
}
