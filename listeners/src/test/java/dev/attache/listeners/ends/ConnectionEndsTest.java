package dev.attache.listeners.ends;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.fixtures.Waiting;
import dev.attache.core.fixtures.frames.Frame;
import dev.attache.core.fixtures.frames.FramePeer;
import dev.attache.core.fixtures.frames.FrameServer;
import dev.attache.core.fixtures.frames.Opening;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;

/** Connections of HTTP/2 that end, never come about, or are suspected. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class ConnectionEndsTest {

    private static final Duration SHORT = Duration.ofMillis(200);
    private static final Duration LONG = Duration.ofSeconds(9);

    @TempDir
    private Path folder;

    @Test
    void closedConnectionsLeaveNothingOnTheHeap() throws Exception {
        int connections = 2000;
        long mostForEach = 3000; // Less than a fourth of what an idle connection holds.
        try (Stage stage = Stage.answering(folder, Stage.PLAIN)) {
            long before = 0;
            for (int i = 0; i < connections + 300; i++) {
                if (i == 300) {
                    before = used();
                }
                stage.servesOthers();
            }
            Waiting.until(
                    "all are closed",
                    () -> stage.proxy.stat("http.front.downstream_cx_active").equals("0"));

            assertThat((used() - before) / connections).isLessThan(mostForEach);
        }
    }

    private static long used() {
        Runtime runtime = Runtime.getRuntime();
        System.gc();
        System.gc();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    @Test
    void requestsThatWaitForTheSameConnectionFailTogether() throws Exception {
        int requests = 10;
        try (ServerSocket hole = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Fillers fillers = new Fillers(hole.getLocalPort());
                Proxy proxy = Proxy.start(hole.getLocalPort(), true, folder.resolve("access.log"), connecting(SHORT));
                FramePeer client = FramePeer.client(proxy.address(), Opening.DEFAULT)) {
            assertThat(fillers.full()).isTrue();
            List<Frame> heads = new ArrayList<>();
            for (int i = 0; i < requests; i++) {
                heads.add(Frame.head(2 * i + 1, true, FramePeer.get("/")));
            }
            client.send(heads);

            for (int i = 0; i < requests; i++) {
                assertThat(client.whole(2 * i + 1).status()).isEqualTo(503);
            }
            assertThat(proxy.counted("upstream_cx_connect_timeout")).isLessThanOrEqualTo(3);
            Waiting.until(
                    "nothing is in progress",
                    () -> proxy.stat("cluster.up.upstream_rq_pending_active").equals("0"));
        }
    }

    private static Proxy.Settings connecting(Duration timeout) {
        Proxy.Settings settings = new Proxy.Settings();
        settings.cluster = cluster -> cluster.connectTimeout(timeout);
        return settings;
    }

    /** Connections that fill the queue of a server which accepts none, so that further ones wait. */
    private static final class Fillers implements AutoCloseable {
        private final List<SocketChannel> channels = new ArrayList<>();
        private final int port;

        Fillers(int port) throws IOException {
            this.port = port;
            for (int i = 0; i < 8; i++) {
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
                channels.add(channel);
            }
        }

        boolean full() {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 300);
                return false;
            } catch (IOException waits) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }

    @Test
    void aTunnelThatWaitsForTheUpstreamsSettingsKeepsTheTimeoutOfItsRoute() throws Exception {
        Proxy.Settings settings = new Proxy.Settings();
        settings.http = http -> http.upgrades(Set.of("websocket"));
        settings.limited = forward -> forward.timeout(SHORT);
        settings.cluster = cluster -> cluster.connectTimeout(Duration.ofSeconds(30));
        try (RawUpstream mute = RawUpstream.start(RawUpstream.Peer::awaitEnd);
                Proxy proxy = Proxy.start(mute.port(), true, folder.resolve("access.log"), settings);
                FramePeer client = FramePeer.client(proxy.address(), Opening.DEFAULT);
                FramePeer leaving = FramePeer.client(proxy.address(), Opening.DEFAULT)) {
            long begin = System.nanoTime();
            client.send(Frame.head(1, false, tunnel("/limited")));
            leaving.send(Frame.head(1, false, tunnel("/")));
            leaving.send(Frame.reset(1, Frame.CANCEL));

            assertThat(client.over(1).status()).isIn(0, 503, 504);
            Waiting.until(
                    "nothing is in progress",
                    () -> proxy.stat("http.front.downstream_rq_active").equals("0"));
            // The wait for the settings of the upstream alone would be longer.
            assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(LONG);
        }
    }

    private static String[] tunnel(String path) {
        return new String[] {
            ":method",
            "CONNECT",
            ":protocol",
            "websocket",
            ":scheme",
            "http",
            ":path",
            path,
            ":authority",
            "a",
            "sec-websocket-version",
            "13"
        };
    }

    @Test
    void windowThatIsGivenForEndedStreamsCutsNobodyOff() throws Exception {
        int parts = 8;
        FrameServer.Answer download = (peer, stream) -> {
            List<Frame> frames = new ArrayList<>(List.of(Frame.head(stream, false, ":status", "200")));
            for (int i = 0; i < parts; i++) {
                frames.add(Frame.data(stream, new byte[1000], i == parts - 1));
            }
            peer.send(frames);
        };
        try (Stage stage = Stage.answering(folder, download)) {
            FramePeer client = stage.client(Opening.DEFAULT.holding().connectionWindow(1 << 20));
            for (int i = 0; i < 349; i++) {
                int stream = 2 * i + 1;
                client.send(Frame.head(stream, true, FramePeer.get("/")));
                assertThat(client.whole(stream).octets()).hasSize(1000 * parts);
                for (int part = 0; part < parts; part++) {
                    client.send(Frame.windowUpdate(stream, 1000), Frame.windowUpdate(0, 1000));
                }
            }
            client.roundTrip();
            assertThat(client.goAway()).as(client::toString).isNull();
        }
    }

    @Test
    void windowUpdatesWithoutContentAreSuspect() throws Exception {
        try (Stage stage = Stage.of(folder)) {
            FramePeer client = stage.client();
            client.send(Frame.head(1, false, FramePeer.request("POST", "/")));
            stage.arrived();
            List<Frame> many = new ArrayList<>();
            for (int i = 0; i < 20_000; i++) {
                many.add(Frame.windowUpdate(1, 1));
            }
            try {
                client.send(many);
            } catch (IOException cutOff) {
                // As it is sent, or a little later.
            }

            client.awaitClosed();

            assertThat(client.goAwayCode()).isEqualTo(Frame.ENHANCE_YOUR_CALM);
            stage.nothingIsInProgress();
            stage.upstream.peer(0).await("a reset", 1, seen -> seen.wasReset());
        }
    }

    @Test
    void whyAConnectionIsClosedIsReadByAClientThatSendsOn() throws Exception {
        try (Stage stage = Stage.answering(folder, Stage.PLAIN)) {
            for (int round = 0; round < 40; round++) {
                FramePeer client = stage.client();
                Stage.serves(client, 1);
                List<Frame> wrong = new ArrayList<>(List.of(Frame.data(0, "of no stream", false)));
                for (int i = 0; i < 8; i++) {
                    wrong.add(Frame.data(1, new byte[16_000], false));
                }
                try {
                    client.send(wrong);
                    for (int i = 0; i < 20; i++) {
                        client.send(Frame.ping(i));
                    }
                } catch (IOException cutOff) {
                    // As it is sent, or a little later.
                }

                client.awaitClosed();

                assertThat(client.goAwayCode())
                        .as("round %d: %s", round, client)
                        .isEqualTo(Frame.PROTOCOL_ERROR);
                client.close();
            }
        }
    }

    @Test
    void anUploadThatIsAnsweredEarlyReadsItsAnswer() throws Exception {
        FrameServer.Answer early = (peer, stream) ->
                peer.send(Frame.head(stream, false, ":status", "413"), Frame.data(stream, "too much", true));
        try (Stage stage = Stage.answering(folder, early)) {
            for (int round = 0; round < 40; round++) {
                FramePeer client = stage.client();
                client.send(Frame.head(1, false, FramePeer.request("POST", "/")));
                client.send(Frame.data(1, new byte[16_000], false), Frame.data(1, new byte[16_000], false));

                assertThat(client.whole(1).body()).isEqualTo("too much");
                assertThat(client.seen(1).resets).isSubsetOf(Frame.NO_ERROR);
                Stage.serves413(client, 3);
                client.close();
            }
            stage.nothingIsInProgress();
        }
    }
}
