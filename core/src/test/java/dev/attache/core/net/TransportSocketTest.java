package dev.attache.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Waiting;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Of the two directions of a connection neither waits for the other, and its end waits for none. */
@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class TransportSocketTest {

    private static final int MUCH = 64 * 1024 * 1024;

    @TempDir
    private Path folder;

    private Socket peer;
    private TransportSocket socket;

    /** Connects both ends; over TLS after their handshake. */
    private void connect(boolean secured) throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open()) {
            server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            InetSocketAddress address = (InetSocketAddress) server.getLocalAddress();
            Socket plain = new Socket(address.getAddress(), address.getPort());
            SocketChannel accepted = server.accept();
            if (!secured) {
                peer = plain;
                socket = new PlainSocket(accepted);
                return;
            }
            Certificates ca = Certificates.in(folder);
            SSLEngine engine = ca.issue("localhost").serverContext().createSSLEngine();
            engine.setUseClientMode(false);
            TlsSocket tls = new TlsSocket(new PlainSocket(accepted), engine);
            CompletableFuture<Void> shaken = inBackground(tls::handshake).end();
            SSLSocket client = (SSLSocket)
                    ca.clientContext().getSocketFactory().createSocket(plain, "localhost", address.getPort(), true);
            client.startHandshake();
            shaken.get(30, TimeUnit.SECONDS);
            peer = client;
            socket = tls;
        }
    }

    @AfterEach
    void close() throws IOException {
        if (socket != null) {
            socket.close();
            peer.close();
        }
    }

    private interface Action {
        void run() throws Exception;
    }

    private record Background(Thread thread, CompletableFuture<Void> end) {

        /** Waits until it waits for the network. */
        void awaitParked() {
            Waiting.until("it waits", () -> thread.getState() == Thread.State.WAITING || end.isDone());
            assertThat(end).isNotDone();
        }
    }

    private static Background inBackground(Action action) {
        CompletableFuture<Void> end = new CompletableFuture<>();
        AtomicReference<Thread> thread = new AtomicReference<>();
        thread.set(Thread.ofVirtual().start(() -> {
            try {
                action.run();
                end.complete(null);
            } catch (Throwable failed) {
                end.completeExceptionally(failed);
            }
        }));
        return new Background(thread.get(), end);
    }

    private Background reader() {
        Background reader = inBackground(() -> {
            ByteBuffer into = ByteBuffer.allocate(64);
            while (socket.read(into.clear()) >= 0) {
                // Until the end.
            }
        });
        reader.awaitParked();
        return reader;
    }

    private Background writer() {
        Background writer = inBackground(() -> socket.write(ByteBuffer.allocate(MUCH)));
        writer.awaitParked();
        return writer;
    }

    private static void ends(Background waiting) {
        assertThat(waiting.end().handle((none, failure) -> true)).succeedsWithin(30, TimeUnit.SECONDS);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void finishesWhileAnotherThreadReadsAndStillSaysGoodbye(boolean secured) throws Exception {
        connect(secured);
        Background reader = reader();

        socket.finish();

        ends(reader);
        assertThat(peer.getInputStream().read()).isNegative(); // Over TLS a cut would be an exception.
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void finishesWhileAnotherThreadWritesToWhomDoesNotRead(boolean secured) throws Exception {
        connect(secured);
        Background reader = reader();
        Background writer = writer();

        socket.finish();

        ends(writer);
        ends(reader);
        assertThatThrownBy(() -> socket.write(ByteBuffer.allocate(1))).isInstanceOf(IOException.class);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void writesAndEndsTheOutputWhileAnotherThreadReads(boolean secured) throws Exception {
        connect(secured);
        Background reader = reader();

        socket.write(ByteBuffer.wrap(new byte[] {'a'}));
        socket.endOutput();

        assertThat(peer.getInputStream().read()).isEqualTo('a');
        assertThat(peer.getInputStream().read()).isNegative();
        assertThat(reader.end()).isNotDone();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void looksForNothingWhileAnotherThreadUsesTheConnection(boolean secured) throws Exception {
        connect(secured);
        Background reader = reader();
        assertThat(socket.readNow(ByteBuffer.allocate(1))).isZero();
        socket.endInput();
        ends(reader);
        Background writer = writer();

        assertThat(socket.readNow(ByteBuffer.allocate(1))).isLessThanOrEqualTo(0);

        socket.close();
        ends(writer);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void finishesAfterAClose(boolean secured) throws Exception {
        connect(secured);
        Background reader = reader();

        socket.close();
        socket.finish();
        socket.finish();

        ends(reader);
    }
}
