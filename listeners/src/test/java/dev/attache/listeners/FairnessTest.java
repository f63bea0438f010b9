package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients on threads of the platform's own, so that they need no turn of a virtual one. */
@Timeout(120)
class FairnessTest {

    private static final byte[] GET = "GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final int LONGEST_WAIT_MILLIS = 30_000;

    @Test
    void clientsThatNeverPauseDoNotStopOthers() throws Exception {
        List<Socket> greedy = new ArrayList<>();
        try (Stand stand = Stand.serving((request, exchange) -> TestEntry.text(200, "ok"))) {
            InetSocketAddress address = (InetSocketAddress) stand.address();
            int many = 2 * Runtime.getRuntime().availableProcessors();
            for (int i = 0; i < many; i++) {
                greedy.add(greedy(address));
            }
            for (int i = 0; i < 20; i++) {
                try (Socket modest = new Socket(address.getAddress(), address.getPort())) {
                    modest.setSoTimeout(LONGEST_WAIT_MILLIS);
                    modest.getOutputStream().write(GET);
                    assertThat(modest.getInputStream().readNBytes(12))
                            .asString()
                            .isEqualTo("HTTP/1.1 200");
                }
            }
        } finally {
            for (Socket socket : greedy) {
                socket.close();
            }
        }
    }

    /** Sends requests without end, and reads the answers on another thread. */
    private static Socket greedy(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        byte[] requests = new byte[1000 * GET.length];
        for (int i = 0; i < 1000; i++) {
            System.arraycopy(GET, 0, requests, i * GET.length, GET.length);
        }
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (!socket.isClosed()) {
                    socket.getOutputStream().write(requests);
                }
            } catch (IOException closed) {
                // The test is over.
            }
        });
        Thread.ofPlatform().daemon().start(() -> {
            byte[] sink = new byte[64 * 1024];
            try (InputStream answers = socket.getInputStream()) {
                while (answers.read(sink) >= 0) {
                    // Thrown away.
                }
            } catch (IOException closed) {
                // The test is over.
            }
        });
        return socket;
    }
}
