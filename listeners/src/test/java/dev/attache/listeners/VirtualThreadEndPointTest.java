package dev.attache.listeners;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.UnixOperatingSystemMXBean;
import dev.attache.core.http2.FlowControl;
import dev.attache.core.http2.VirtualThreadEndPoint;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;

@Timeout(value = 60, threadMode = ThreadMode.SEPARATE_THREAD)
class VirtualThreadEndPointTest {

    @Test
    void anIdleConnectionHoldsItsSmallBufferOnly() throws Exception {
        try (VirtualThreadServer server = VirtualThreadServer.h2c(new EchoHandler());
                RawHttp2Client client = new RawHttp2Client(server.address())) {
            client.get(1, "/");
            readToTheEnd(client);
            VirtualThreadEndPoint connection = server.connection();
            Waiting.until(() -> !connection.isWriting());

            assertThat(connection.held()).isEqualTo(VirtualThreadEndPoint.SMALL_BUFFER);
        }
    }

    @Test
    void theLargeBuffersOfABurstAreGivenUpWithItsEnd() throws Exception {
        HTTP2Client clients = new HTTP2Client();
        clients.setFlowControlStrategyFactory(FlowControl::new);
        clients.start();
        try (VirtualThreadServer server = VirtualThreadServer.h2c(new EchoHandler())) {
            Session session =
                    clients.connect(server.address(), new Session.Listener() {}).get(30, TimeUnit.SECONDS);
            BlockingStream stream = BlockingStream.post(session, "http://127.0.0.1:" + server.port() + "/");
            stream.write(ByteBuffer.allocate(300_000), true);
            int received = 0;
            for (byte[] part = stream.read(); part != null; part = stream.read()) {
                received += part.length;
            }
            assertThat(received).isEqualTo(300_000);
            VirtualThreadEndPoint connection = server.connection();

            Waiting.until(() -> !connection.isWriting() && connection.held() == VirtualThreadEndPoint.SMALL_BUFFER);
        } finally {
            clients.stop();
        }
    }

    @Test
    void answersAClientThatHasClosedItsHalf() throws Exception {
        try (VirtualThreadServer server = VirtualThreadServer.http1(new BlockHandler(3));
                Socket client = new Socket("127.0.0.1", server.port())) {
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: test\r\n\r\n".getBytes(US_ASCII));
            client.shutdownOutput();

            assertThat(client.getInputStream().readAllBytes()).hasSizeGreaterThan(3 * BlockHandler.BLOCK);
            Waiting.until(() -> server.connections().isEmpty());
        }
    }

    @Test
    void writesWhatWasFlushedBeforeItCloses() throws Exception {
        try (VirtualThreadServer server = VirtualThreadServer.http1(new BlockHandler(20));
                Socket client = new Socket("127.0.0.1", server.port())) {
            client.getOutputStream()
                    .write("GET / HTTP/1.1\r\nHost: test\r\nConnection: close\r\n\r\n".getBytes(US_ASCII));

            assertThat(client.getInputStream().readAllBytes()).hasSizeGreaterThan(20 * BlockHandler.BLOCK);
            Waiting.until(() -> server.connections().isEmpty());
        }
    }

    @Test
    void aResetEndsTheConnectionAndFailsTheHandlersWrite() throws Exception {
        BlockHandler handler = new BlockHandler(Integer.MAX_VALUE);
        try (VirtualThreadServer server = VirtualThreadServer.h2c(handler);
                RawHttp2Client client = new RawHttp2Client(server.address())) {
            client.get(1, "/");
            handler.awaitBlocked();

            client.reset();

            handler.failed.await();
            Waiting.until(() -> server.connections().isEmpty());
        }
    }

    @Test
    void aBrokenOffConnectionWakesItsReaderItsWriterAndTheHandlerAtOnce() throws Exception {
        BlockHandler handler = new BlockHandler(Integer.MAX_VALUE);
        try (VirtualThreadServer server = VirtualThreadServer.http1(handler);
                Socket client = new Socket("127.0.0.1", server.port())) {
            client.getOutputStream().write("GET / HTTP/1.1\r\nHost: test\r\n\r\n".getBytes(US_ASCII));
            handler.awaitBlocked();
            VirtualThreadEndPoint connection = server.connection();

            connection.close(new IOException("broken off"));

            handler.failed.await();
            Waiting.until(() -> !connection.isWriting());
            assertThat(server.connections()).isEmpty();
            assertThat(connection.held()).isEqualTo(VirtualThreadEndPoint.SMALL_BUFFER);
        }
    }

    @Test
    void anOrderlyCloseDoesNotWaitForeverForAPeerThatDoesNotRead() throws Exception {
        BlockHandler handler = new BlockHandler(Integer.MAX_VALUE);
        try (VirtualThreadServer server = VirtualThreadServer.h2c(handler);
                RawHttp2Client client = new RawHttp2Client(server.address())) {
            client.get(1, "/");
            handler.awaitBlocked();
            VirtualThreadEndPoint connection = server.connection();

            connection.close();

            handler.failed.await();
            Waiting.until(() -> !connection.isWriting());
            assertThat(server.connections()).isEmpty();
        }
    }

    @Test
    void anIdleConnectionIsClosedAfterItsTimeout() throws Exception {
        try (VirtualThreadServer server = VirtualThreadServer.http1(new BlockHandler(1));
                Socket client = new Socket("127.0.0.1", server.port())) {
            server.connection().setIdleTimeout(50);

            assertThat(client.getInputStream().read()).isNegative();
            Waiting.until(() -> server.connections().isEmpty());
        }
    }

    @Test
    void leavesNoDescriptorsBehind() throws Exception {
        BlockHandler handler = new BlockHandler(1000);
        UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        try (VirtualThreadServer server = VirtualThreadServer.h2c(handler)) {
            useAndLeave(server);
            long before = system.getOpenFileDescriptorCount();
            for (int i = 0; i < 20; i++) {
                useAndLeave(server);
            }

            Waiting.until(() -> system.getOpenFileDescriptorCount() <= before);
        }
    }

    /** Three connections: reset in the middle of an answer, closed by half, and closed. */
    private static void useAndLeave(VirtualThreadServer server) throws IOException {
        try (RawHttp2Client reset = new RawHttp2Client(server.address());
                RawHttp2Client half = new RawHttp2Client(server.address());
                RawHttp2Client closed = new RawHttp2Client(server.address())) {
            for (RawHttp2Client client : new RawHttp2Client[] {reset, half, closed}) {
                client.get(1, "/");
                client.ping(1);
                client.readUntil(RawHttp2Client.PING, RawHttp2Client.ACK);
            }
            reset.reset();
            half.shutdownOutput();
            Waiting.until(() -> server.connections().size() <= 1);
        }
        Waiting.until(() -> server.connections().isEmpty());
    }

    private static void readToTheEnd(RawHttp2Client client) throws IOException {
        RawHttp2Client.Frame frame = client.read();
        while (frame.stream() != 1 || (frame.flags() & RawHttp2Client.END_STREAM) == 0) {
            frame = client.read();
        }
    }

    /** Answers with so many blocks, and tells when a write has failed. */
    private static final class BlockHandler extends Handler.Abstract {

        static final int BLOCK = 1024;

        private final int blocks;
        private final AtomicLong written = new AtomicLong();
        private final CountDownLatch failed = new CountDownLatch(1);

        BlockHandler(int blocks) {
            this.blocks = blocks;
        }

        /** Waits until the peer takes no more. */
        void awaitBlocked() {
            Waiting.until(() -> written.get() > 0);
            Waiting.untilSteady(written::get);
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            byte[] block = new byte[BLOCK];
            try (OutputStream out = Content.Sink.asOutputStream(response)) {
                for (int i = 0; i < blocks; i++) {
                    out.write(block);
                    written.addAndGet(block.length);
                }
            } catch (IOException gone) {
                failed.countDown();
                callback.failed(gone);
                return true;
            }
            callback.succeeded();
            return true;
        }
    }
}
