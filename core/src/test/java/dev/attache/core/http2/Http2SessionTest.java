package dev.attache.core.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Headers;
import dev.attache.core.net.PlainSocket;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Both sides of a connection, each with a session. */
@Timeout(60)
class Http2SessionTest {

    private static final Headers GET = new Headers()
            .add(":method", "GET")
            .add(":scheme", "http")
            .add(":authority", "a.test")
            .add(":path", "/");
    private static final Headers POST = new Headers()
            .add(":method", "POST")
            .add(":scheme", "http")
            .add(":authority", "a.test")
            .add(":path", "/");
    private static final Headers OK = new Headers().add(":status", "200");

    /** What one side was told. */
    private static final class Told implements Http2Session.Owner {
        private final BlockingQueue<Http2Stream> opened = new LinkedBlockingQueue<>();
        private final BlockingQueue<ErrorCode> violations = new LinkedBlockingQueue<>();
        private final CountDownLatch settled = new CountDownLatch(1);
        private final CountDownLatch closed = new CountDownLatch(1);
        private volatile boolean stalled;

        @Override
        public void opened(Http2Stream stream, MessageHead head, boolean complete) {
            opened.add(stream);
        }

        @Override
        public void violated(ErrorCode code, String words) {
            violations.add(code);
        }

        @Override
        public void settled() {
            settled.countDown();
        }

        @Override
        public void stalled() {
            stalled = true;
        }

        @Override
        public void closed(boolean byPeer) {
            closed.countDown();
        }
    }

    private final Deadlines deadlines = Deadlines.open();
    private final Told client = new Told();
    private final Told server = new Told();
    private Http2Session ours;
    private Http2Session theirs;

    private static Http2Settings settings(boolean client, int streamWindow, long stallNanos) {
        return new Http2Settings(client, 10, streamWindow, 65535, 4096, 8192, 100, false, 0, stallNanos, 0);
    }

    @BeforeEach
    void connect() throws IOException {
        connect(65535, 0);
    }

    private void connect(int clientsWindow, long stallNanos) throws IOException {
        try (ServerSocketChannel listening = ServerSocketChannel.open()) {
            listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            PlainSocket one = new PlainSocket(SocketChannel.open(listening.getLocalAddress()));
            PlainSocket other = new PlainSocket(listening.accept());
            ours = new Http2Session(one, settings(true, clientsWindow, 0), deadlines, client);
            theirs = new Http2Session(other, settings(false, 65535, stallNanos), deadlines, server);
        }
        Http2Session first = ours;
        Http2Session second = theirs;
        Thread.ofVirtual().start(() -> first.run(ByteBuffer.allocate(0)));
        Thread.ofVirtual().start(() -> second.run(ByteBuffer.allocate(0)));
    }

    @AfterEach
    void disconnect() {
        ours.abort();
        theirs.abort();
        deadlines.close();
    }

    private Http2Stream open(Headers head, boolean last) throws IOException {
        Http2Stream stream = ours.newStream(true);
        stream.open(head, null, last);
        return stream;
    }

    private static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String text(Http2Stream stream) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        for (ByteBuffer part = stream.read(); part != null; part = stream.read()) {
            byte[] octets = new byte[part.remaining()];
            part.get(octets);
            text.writeBytes(octets);
        }
        return text.toString(StandardCharsets.US_ASCII);
    }

    @Test
    void carriesHeadsContentAndTrailersBothWays() throws Exception {
        Http2Stream asking = open(POST, false);
        asking.send(bytes("some "), false);
        asking.send(bytes("words"), false);
        asking.send(new Headers().add("x-sum", "10"));
        Http2Stream asked = server.opened.take();
        assertThat(text(asked)).isEqualTo("some words");
        assertThat(asked.trailers().get("x-sum")).isEqualTo("10");

        asked.send(OK, bytes("answer"), new Headers().add("grpc-status", "0"), false);
        asked.finish();

        assertThat(asking.nextHead().status()).isEqualTo(200);
        assertThat(text(asking)).isEqualTo("answer");
        assertThat(asking.trailers().get("grpc-status")).isEqualTo("0");
        assertThat(asking.ended()).isTrue();
    }

    @Test
    void aResetBehindACompleteAnswerTakesNothingOfIt() throws Exception {
        Http2Stream asking = open(POST, false);
        Http2Stream asked = server.opened.take();
        asked.send(OK, bytes("whole"), null, true);
        asked.reset(ErrorCode.NO_ERROR);
        theirs.finish();
        client.closed.await();

        assertThat(asking.nextHead().status()).isEqualTo(200);
        assertThat(text(asking)).isEqualTo("whole");
        assertThatThrownBy(() -> asking.send(bytes("more"), true)).isInstanceOf(StreamResetException.class);
    }

    @Test
    void whatIsUnfinishedWhenTheConnectionEndsFails() throws Exception {
        Http2Stream asking = open(GET, true);
        Http2Stream asked = server.opened.take();
        asked.send(OK, bytes("a part"), null, false);
        assertThat(asking.nextHead().status()).isEqualTo(200);
        BlockingQueue<StreamResetException> failures = new LinkedBlockingQueue<>();
        asked.watch(failures::add);

        ours.abort();

        assertThatThrownBy(() -> text(asking))
                .isInstanceOfSatisfying(
                        StreamResetException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(StreamResetException.Kind.CONNECTION));
        assertThat(failures.take().kind()).isEqualTo(StreamResetException.Kind.CONNECTION);
        assertThatThrownBy(() -> open(GET, true))
                .isInstanceOfSatisfying(
                        StreamResetException.class,
                        failure -> assertThat(failure.kind()).isEqualTo(StreamResetException.Kind.UNPROCESSED));
    }

    @Test
    void aStreamThatIsGivenUpWhileItWaitsForItsHeadWakesWhoeverWaits() throws Exception {
        Http2Stream asking = open(GET, true);
        Http2Stream asked = server.opened.take();
        asked.send(OK, true); // Complete, whether or not it was read.
        while (!asking.hasArrived()) {
            Thread.onSpinWait();
        }
        asking.reset(ErrorCode.CANCEL);

        assertThatThrownBy(asking::nextHead).isInstanceOf(StreamResetException.class);
    }

    @Test
    void aFieldThatCannotBeSentFailsItsStreamAlone() throws Exception {
        Http2Stream broken = ours.newStream(true);
        Headers head = new Headers()
                .add(":method", "GET")
                .add(":scheme", "http")
                .add(":authority", "a.test")
                .add(":path", "/\u0416");
        assertThatThrownBy(() -> broken.open(head, null, true)).isInstanceOf(UnencodableException.class);

        Http2Stream asking = open(GET, true);
        server.opened.take().send(OK, true);

        assertThat(asking.nextHead().status()).isEqualTo(200);
    }

    @Test
    void aShutdownServesWhatIsOnItsWayAndRefusesTheRest() throws Exception {
        Http2Stream asking = open(GET, true);
        Http2Stream asked = server.opened.take();
        theirs.shutdown();
        asked.send(OK, bytes("last"), null, true);

        assertThat(asking.nextHead().status()).isEqualTo(200);
        assertThat(text(asking)).isEqualTo("last");
        client.closed.await();
        server.closed.await();
        assertThat(client.violations).isEmpty();
        assertThat(server.violations).isEmpty();
    }

    @Test
    void anAnswerThatThePeerDoesNotTakeStallsAlone() throws Exception {
        ours.abort();
        theirs.abort();
        connect(65535, TimeUnit.MILLISECONDS.toNanos(50));
        Http2Stream asking = open(GET, true);
        Http2Stream other = open(GET, true);
        Http2Stream asked = server.opened.take();
        Http2Stream otherAsked = server.opened.take();

        assertThatThrownBy(() -> asked.send(OK, ByteBuffer.allocate(100_000), null, true))
                .isInstanceOf(Http2Stream.StalledException.class);
        asked.reset(ErrorCode.CANCEL);
        assertThat(server.stalled).isTrue();
        assertThatThrownBy(() -> text(asking)).isInstanceOf(StreamResetException.class);

        asking.reset(ErrorCode.CANCEL);
        otherAsked.send(OK, bytes("served"), null, true);
        assertThat(other.nextHead().status()).isEqualTo(200);
        assertThat(text(other)).isEqualTo("served");
    }
}
