package dev.attache.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.net.Dial;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import dev.attache.core.net.TlsSocket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The connections of core on the engines of both providers. */
class UpstreamConnectionTest {

    private static final int MIB = 1024 * 1024;

    @TempDir
    private Path folder;

    private static TlsSocket connect(RawUpstream upstream, UpstreamTls tls) throws IOException {
        TlsSocket socket = new TlsSocket(
                new Dial(upstream.address(), null).connect(), tls.engine("up.test", upstream.port(), "up.test"));
        socket.handshake();
        tls.verify(socket.engine(), "up.test", "up.test");
        return socket;
    }

    private static String read(TlsSocket socket, int length, int bufferSize) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            ByteBuffer buffer = ByteBuffer.allocate(bufferSize);
            int n = socket.read(buffer);
            if (n < 0) {
                return text + "|";
            }
            text.append(StandardCharsets.ISO_8859_1.decode(buffer.flip()));
        }
        return text.toString();
    }

    @ParameterizedTest
    @EnumSource(TlsEngine.class)
    void carriesBytesBothWaysAndTellsHowTheyEnd(TlsEngine engine) throws Exception {
        Certificates authority = Certificates.in(folder);
        UpstreamTls tls = Tls.provider(engine)
                .upstream(
                        UpstreamTlsConfig.builder()
                                .trustedCa(authority.bundle())
                                .build(),
                        "up");
        try (RawUpstream upstream = RawUpstream.tls(authority.issue("up.test").serverContext(), peer -> {
            for (String line = peer.readLine(); line.equals("hello"); line = peer.readLine()) {
                peer.handshakeAgain(); // New keys, which the client has to answer.
                peer.send("world");
            }
            byte[] part = peer.readBody(64 * 1024);
            for (int i = 0; i < 16 * 16; i++) {
                peer.out().write(part);
                part = i < 16 * 16 - 1 ? peer.readBody(64 * 1024) : part;
            }
            if (peer.number() == 1) {
                peer.cut();
                peer.awaitEnd();
            }
        })) {
            for (boolean goodbye : new boolean[] {true, false}) {
                TlsSocket socket = connect(upstream, tls);
                for (int i = 0; i < 50; i++) {
                    socket.write(ByteBuffer.wrap("hello\r\n".getBytes(StandardCharsets.US_ASCII)));
                    assertThat(read(socket, 5, i % 2 == 0 ? 32 * 1024 : 3)).isEqualTo("world");
                    assertThat(socket.readNow(ByteBuffer.allocate(1))).isZero();
                    socket.trim();
                }
                socket.write(ByteBuffer.wrap("go\r\n".getBytes(StandardCharsets.US_ASCII)));
                CompletableFuture<Void> writer = CompletableFuture.runAsync(() -> {
                    try {
                        socket.write(ByteBuffer.allocate(16 * MIB));
                    } catch (IOException broken) {
                        throw new IllegalStateException(broken);
                    }
                });
                long read = 0;
                ByteBuffer buffer = ByteBuffer.allocate(32 * 1024);
                for (int n = socket.read(buffer.clear()); n >= 0; n = socket.read(buffer.clear())) {
                    read += n;
                }
                writer.get(30, TimeUnit.SECONDS);
                assertThat(read).isEqualTo(16L * MIB);
                assertThat(socket.endedByPeer()).isEqualTo(goodbye);
                socket.finish();
            }
        }
    }
}
