package dev.attache.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.net.PlainSocket;
import dev.attache.core.net.TlsProvider.DownstreamTls;
import dev.attache.core.net.TlsSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The connections of core on the engines that clients shake hands with. */
class DownstreamConnectionTest {

    private static final int MIB = 1024 * 1024;

    @TempDir
    private Path folder;

    private Certificates ca;
    private DownstreamTlsConfig.Builder config;

    @BeforeEach
    void certificates() {
        ca = Certificates.in(folder);
        // Both kinds of key, so that there is a choice to make.
        config = DownstreamTlsConfig.builder(
                List.of(pair(ca.leaf("svc.test").rsa().issue()), pair(ca.issue("svc.test"))));
    }

    private static CertificateFiles pair(Leaf leaf) {
        return CertificateFiles.of(leaf.chain(), leaf.key());
    }

    @ParameterizedTest
    @EnumSource(TlsEngine.class)
    void carriesBytesBothWaysAndTellsHowTheyEnd(TlsEngine engine) throws Exception {
        try (DownstreamTls tls = Tls.provider(engine).downstream(config.build(), "l");
                ServerSocketChannel listener = listener()) {
            for (boolean goodbye : new boolean[] {true, false}) {
                CompletableFuture<Boolean> served = serve(listener, tls);
                Socket plain = new Socket(
                        InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
                SSLSocket client =
                        (SSLSocket) ca.clientContext().getSocketFactory().createSocket(plain, "svc.test", 443, true);
                client.startHandshake();
                assertThat(client.getApplicationProtocol()).isEmpty();
                byte[] sent = new byte[4 * MIB];
                for (int i = 0; i < sent.length; i++) {
                    sent[i] = (byte) (i * 31);
                }
                for (int at = 0; at < sent.length; at += MIB) {
                    client.getOutputStream().write(sent, at, MIB);
                    assertThat(client.getInputStream().readNBytes(MIB))
                            .isEqualTo(Arrays.copyOfRange(sent, at, at + MIB));
                    client.startHandshake(); // New keys, which the server has to answer.
                }
                if (goodbye) {
                    client.close();
                }
                plain.close();
                assertThat(served.get(30, TimeUnit.SECONDS)).isEqualTo(goodbye);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(TlsEngine.class)
    void tellsWhyAClientIsRefused(TlsEngine engine) throws Exception {
        DownstreamTlsConfig mutual =
                config.trustedCa(ca.bundle()).requireClientCertificate(true).build();
        Leaf expired = ca.leaf("client.test").expired().issue();
        try (DownstreamTls tls = Tls.provider(engine).downstream(mutual, "l");
                ServerSocketChannel listener = listener()) {
            for (SSLContext context : List.of(ca.clientContext(), expired.serverContext(ca))) {
                CompletableFuture<Boolean> served = serve(listener, tls);
                try (SSLSocket client = connect(listener, context)) {
                    assertThatThrownBy(() -> {
                                client.startHandshake();
                                client.getInputStream().read();
                            })
                            .isInstanceOf(IOException.class);
                }
                assertThatThrownBy(() -> served.get(30, TimeUnit.SECONDS))
                        .isInstanceOf(ExecutionException.class)
                        .cause()
                        .isInstanceOf(SSLException.class);
            }
        }
    }

    /** Sends back what a client sends; whether the client has said goodbye in the end. */
    private static CompletableFuture<Boolean> serve(ServerSocketChannel listener, DownstreamTls tls) {
        CompletableFuture<Boolean> served = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                TlsSocket socket = new TlsSocket(new PlainSocket(listener.accept()), tls.engine());
                try {
                    socket.handshake();
                    served.complete(echo(socket));
                } finally {
                    socket.finish();
                }
            } catch (IOException | RuntimeException refused) {
                served.completeExceptionally(refused);
            }
        });
        return served;
    }

    private static boolean echo(TlsSocket socket) {
        ByteBuffer buffer = ByteBuffer.allocate(32 * 1024);
        try {
            while (socket.read(buffer.clear()) >= 0) {
                socket.write(buffer.flip());
            }
        } catch (IOException cut) {
            return false;
        }
        return socket.endedByPeer();
    }

    private static ServerSocketChannel listener() throws IOException {
        return ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static SSLSocket connect(ServerSocketChannel listener, SSLContext context) throws IOException {
        return (SSLSocket) context.getSocketFactory()
                .createSocket(
                        InetAddress.getLoopbackAddress(), listener.socket().getLocalPort());
    }
}
