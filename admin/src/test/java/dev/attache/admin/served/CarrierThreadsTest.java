package dev.attache.admin.served;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.Certificates;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A carrier thread that waits, waits for every request; here both peers are platform threads, all else is the proxy. */
class CarrierThreadsTest {

    private static final String PINNED = "jdk.VirtualThreadPinned";
    private static final int ROUNDS = 50;
    private static final int REQUESTS_A_CONNECTION = 20;

    @TempDir
    private Path folder;

    @Test
    void doNotWaitForPeersOnceWarm() throws Exception {
        Certificates ca = Certificates.in(folder);
        try (TlsStandIn upstream = TlsStandIn.with(ca.issue("127.0.0.1"));
                Served served = Served.yaml("""
                    listeners: [{name: demo, port: 6100, upstream: "127.0.0.1:%d", encryption: true}]
                    trusted_ca: %s
                    connect_timeout: 10s
                    access_log_path: %s/{name}.log
                    """.formatted(upstream.port(), ca.bundle(), folder))) {
            requests(served.port("demo"));
            int handshakes = upstream.connections();
            assertThat(pinned(() -> requests(served.port("demo")))).isEmpty();
            assertThat(upstream.connections()).isGreaterThanOrEqualTo(handshakes + ROUNDS);
        }
    }

    @Test
    void wouldShowHadTheyWaited() throws Exception {
        Runnable waitsPinned = () -> assertThat(InitializedSlowly.READY).isTrue();

        assertThat(pinned(() -> Thread.ofVirtual().start(waitsPinned).join())).isNotEmpty();
    }

    /** Whoever waits in an initializer keeps its carrier. */
    private static final class InitializedSlowly {
        static final boolean READY = ready();

        private static boolean ready() {
            long end = System.nanoTime() + Duration.ofMillis(20).toNanos();
            while (System.nanoTime() < end) {
                LockSupport.parkNanos(end - System.nanoTime());
            }
            return true;
        }
    }

    private interface Work {
        void run() throws Exception;
    }

    /** The times when a virtual thread kept its carrier waiting for a millisecond or more while work was done. */
    private List<RecordedEvent> pinned(Work work) throws Exception {
        Path file = folder.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.enable(PINNED).withThreshold(Duration.ofMillis(1)).withStackTrace();
            recording.start();
            work.run();
            recording.stop();
            recording.dump(file);
        }
        return RecordingFile.readAllEvents(file).stream()
                .filter(event -> event.getEventType().getName().equals(PINNED))
                .toList();
    }

    /** A thousand requests, the last on each connection ending it on both sides. */
    private static void requests(int port) throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            try (Socket client = new Socket(InetAddress.ofLiteral("127.0.0.1"), port)) {
                client.setTcpNoDelay(true);
                InputStream in = new BufferedInputStream(client.getInputStream());
                for (int j = 1; j <= REQUESTS_A_CONNECTION; j++) {
                    String task = j == REQUESTS_A_CONNECTION ? "close" : "200";
                    String request = "GET /" + task + "/ HTTP/1.1\r\nhost: h\r\n\r\n";
                    client.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
                    readAnswer(in);
                }
            }
        }
    }

    private static void readAnswer(InputStream in) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            if (octet < 0) {
                throw new IOException("end after " + head);
            }
            head.append((char) octet);
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 200 ").containsIgnoringCase("content-length: 5");
        assertThat(in.readNBytes(5)).hasSize(5);
    }
}
