package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.http2.FlowControl;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.FlowControlStrategy;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.Stream;
import org.eclipse.jetty.http2.client.HTTP2Client;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.junit.jupiter.api.Test;

/** The windows of a stream that is opened while the peer tells of its initial one. */
class FlowControlTest {

    private static final int SERVERS_WINDOW = 512 * 1024;

    /** Lets the peer's settings come in the middle of the opening of the first stream. */
    private static final class Interleaved extends FlowControl {

        private final CountDownLatch opening = new CountDownLatch(1);
        private final CountDownLatch told = new CountDownLatch(1);

        @Override
        public void onStreamCreated(Stream stream) {
            opening.countDown();
            await(told);
            super.onStreamCreated(stream);
        }

        @Override
        public void updateInitialStreamWindow(Session session, int window, boolean local) {
            if (local) {
                super.updateInitialStreamWindow(session, window, true);
                return;
            }
            await(opening);
            super.updateInitialStreamWindow(session, window, false);
            told.countDown();
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException interrupted) {
                throw new AssertionError(interrupted);
            }
        }
    }

    @Test
    void aStreamThatIsOpenedWhileThePeerTellsOfItsWindowGetsThatWindowOnce() throws Exception {
        Interleaved windows = new Interleaved();
        HTTP2Client client = client(windows);
        try (VirtualThreadServer server = VirtualThreadServer.h2c(new EchoHandler())) {
            HTTP2Stream stream = open(client, server);

            assertThat(stream.getSendWindow()).isEqualTo(SERVERS_WINDOW);
        } finally {
            client.stop();
        }
    }

    @Test
    void aStreamThatIsOpenGetsMoreWhereThePeerTellsOfMore() throws Exception {
        FlowControl windows = new FlowControl();
        HTTP2Client client = client(windows);
        try (VirtualThreadServer server = VirtualThreadServer.h2c(new EchoHandler())) {
            HTTP2Stream stream = open(client, server);
            Waiting.until(() -> stream.getSendWindow() == SERVERS_WINDOW);

            windows.updateInitialStreamWindow(stream.getSession(), SERVERS_WINDOW + 1000, false);
            Waiting.until(() -> stream.getSendWindow() == SERVERS_WINDOW + 1000);
            windows.updateInitialStreamWindow(stream.getSession(), 1000, false);

            Waiting.until(() -> stream.getSendWindow() == 1000);
        } finally {
            client.stop();
        }
    }

    private static HTTP2Client client(FlowControlStrategy windows) throws Exception {
        HTTP2Client client = new HTTP2Client();
        client.setFlowControlStrategyFactory(() -> windows);
        client.start();
        return client;
    }

    private static HTTP2Stream open(HTTP2Client client, VirtualThreadServer server) throws Exception {
        Session session =
                client.connect(server.address(), new Session.Listener() {}).get(30, TimeUnit.SECONDS);
        HttpURI uri = HttpURI.from("http://127.0.0.1:" + server.port() + "/");
        MetaData.Request head = new MetaData.Request("POST", uri, HttpVersion.HTTP_2, HttpFields.EMPTY);
        return (HTTP2Stream) session.newStream(new HeadersFrame(head, null, false), new Stream.Listener() {})
                .get(30, TimeUnit.SECONDS);
    }
}
