package dev.attache.listeners.ends;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Http2Config;
import dev.attache.core.fixtures.Waiting;
import dev.attache.core.fixtures.frames.Frame;
import dev.attache.core.fixtures.frames.FramePeer;
import dev.attache.core.fixtures.frames.FrameServer;
import dev.attache.core.fixtures.frames.Opening;
import dev.attache.core.fixtures.frames.Stream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams of HTTP/2 that end before their time, or at the very moment at which something else happens. */
@Timeout(value = 180, threadMode = ThreadMode.SEPARATE_THREAD)
class StreamEndsTest {

    private static final int OVERFLOW = Integer.MAX_VALUE;
    private static final Duration SOON = Duration.ofMillis(200);

    @TempDir
    private Path folder;

    /** How a client has its own stream ended without saying that it gives up. */
    private enum Provocation {
        OVERFLOW {
            @Override
            Frame frame(int stream) {
                return Frame.windowUpdate(stream, StreamEndsTest.OVERFLOW);
            }
        },
        ZERO_INCREMENT {
            @Override
            Frame frame(int stream) {
                return Frame.windowUpdate(stream, 0);
            }
        },
        MALFORMED_TRAILERS {
            @Override
            Frame frame(int stream) {
                return Frame.head(stream, true, "Upper", "case");
            }
        },
        MORE_THAN_ITS_LENGTH {
            @Override
            Frame frame(int stream) {
                return Frame.data(stream, "more than nothing", false);
            }
        },
        RESET {
            @Override
            Frame frame(int stream) {
                return Frame.reset(stream, Frame.CANCEL);
            }
        };

        abstract Frame frame(int stream);

        /** A request that is still open. */
        Frame head(int stream) {
            return Frame.head(
                    stream,
                    false,
                    this == MORE_THAN_ITS_LENGTH
                            ? FramePeer.request("POST", "/", "content-length", "1")
                            : FramePeer.request("POST", "/"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatItsClientBreaksEndsOnBothSides(Provocation provocation) throws Exception {
        try (Stage stage = Stage.of(folder)) {
            FramePeer client = stage.client();
            client.send(provocation.head(1));
            int stream = stage.arrived();

            client.send(provocation.frame(1));

            stage.upstream.peer(0).await("a reset", stream, Stream::wasReset);
            if (provocation != Provocation.RESET) {
                assertThat(client.over(1).wasReset()).isTrue();
            }
            stage.nothingIsInProgress();
            client.roundTrip();
            assertThat(client.closed()).isFalse();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStreamThatItsClientHasBrokenEndsWithItsConnectionToo(Provocation provocation) throws Exception {
        try (Stage stage = Stage.of(folder)) {
            FramePeer client = stage.client();
            client.send(provocation.head(1));
            int stream = stage.arrived();

            client.send(provocation.frame(1));
            client.close();

            stage.upstream.peer(0).await("a reset", stream, Stream::wasReset);
            stage.nothingIsInProgress();
        }
    }

    @ParameterizedTest
    @EnumSource
    void noClientHasMoreRequestsInProgressThanItMayHaveStreams(Provocation provocation) throws Exception {
        int limit = 4;
        int streams = 40;
        try (Stage stage = Stage.of(
                folder,
                new FrameServer(Opening.DEFAULT),
                settings -> settings.http = http -> http.http2(
                        Http2Config.builder().maxConcurrentStreams(limit).build()))) {
            FramePeer client = stage.client();
            client.await("settings", client::settled);
            for (int i = 0; i < streams && !client.closed(); i++) {
                int stream = 2 * i + 1;
                try {
                    client.send(provocation.head(stream), provocation.frame(stream));
                } catch (IOException cutOff) {
                    break; // That is a way to end it, too.
                }
            }
            if (!client.closed()) {
                client.roundTrip();
            }

            stage.nothingIsInProgress();
            for (FramePeer upstream : stage.upstream.peers()) {
                assertThat(mostAtOnce(upstream)).isLessThanOrEqualTo(limit);
            }
        }
    }

    /** How many requests were in progress at one time; none of them was answered. */
    private static int mostAtOnce(FramePeer upstream) {
        Set<Integer> open = new HashSet<>();
        int most = 0;
        for (Frame frame : upstream.frames()) {
            if (frame.type() == Frame.HEADERS) {
                open.add(frame.stream());
            } else if (frame.type() == Frame.RST_STREAM) {
                open.remove(frame.stream());
            }
            most = Math.max(most, open.size());
        }
        return most;
    }

    @ParameterizedTest
    @ValueSource(ints = {OVERFLOW, 0})
    void anUpstreamThatBreaksAStreamInFrontOfItsHeadIsAnsweredFor(int increment) throws Exception {
        try (Stage stage = Stage.of(folder)) {
            FramePeer client = stage.client();
            client.send(Frame.head(1, true, FramePeer.request("POST", "/")));
            int stream = stage.arrived();

            stage.upstream.peer(0).send(Frame.windowUpdate(stream, increment));

            assertThat(client.whole(1).status()).isBetween(500, 599);
            stage.nothingIsInProgress();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {OVERFLOW, 0})
    void anUpstreamThatBreaksAStreamBehindItsHeadBreaksTheAnswer(int increment) throws Exception {
        try (Stage stage = Stage.of(folder)) {
            FramePeer client = stage.client();
            client.send(Frame.head(1, false, FramePeer.request("POST", "/")));
            int stream = stage.arrived();
            stage.upstream.peer(0).send(Frame.head(stream, false, ":status", "200"), Frame.data(stream, "some", false));
            client.await("content", 1, seen -> seen.body().equals("some"));

            stage.upstream.peer(0).send(Frame.windowUpdate(stream, increment));

            Stream seen = client.over(1);
            assertThat(seen.wasReset()).isTrue();
            assertThat(seen.ended()).isFalse();
            stage.nothingIsInProgress();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void answersThatAreHeldBackByTheClientsWindowKeepTheirOrder(boolean connection) throws Exception {
        FrameServer.Answer call = (peer, stream) -> peer.send(
                Frame.head(stream, false, ":status", "200"),
                Frame.data(stream, "content", false),
                Frame.head(stream, true, "grpc-status", "0"));
        FrameServer.Answer filling = (peer, stream) -> {
            byte[] quarter = new byte[Frame.DEFAULT_WINDOW / 5];
            peer.send(Frame.head(stream, false, ":status", "200"));
            for (int i = 0; i < 5; i++) {
                peer.send(Frame.data(stream, quarter, i == 4));
            }
        };
        FrameServer.Answer both = (peer, stream) ->
                (peer.seen(stream).field(":path").equals("/filling") ? filling : call).to(peer, stream);
        Opening held = connection
                ? Opening.DEFAULT.holding().with(Frame.INITIAL_WINDOW_SIZE, 1 << 20)
                : Opening.DEFAULT.holding().with(Frame.INITIAL_WINDOW_SIZE, 0);
        try (Stage stage = Stage.answering(folder, both)) {
            for (int round = 0; round < 20; round++) {
                FramePeer client = stage.client(held);
                int stream = 1;
                if (connection) {
                    client.send(Frame.head(stream, true, FramePeer.get("/filling")));
                    client.whole(stream);
                    stream = 3;
                }
                client.send(Frame.head(stream, true, FramePeer.get("/call")));
                client.await("a head", stream, seen -> seen.status() == 200);
                // All that the proxy may send in front of the window has been sent with the answer to this.
                client.roundTrip();
                assertThat(client.seen(stream).over()).isFalse();

                client.send(Frame.windowUpdate(connection ? 0 : stream, 1000));

                Stream seen = client.whole(stream);
                assertThat(seen.body()).isEqualTo("content");
                assertThat(seen.trailer("grpc-status")).isEqualTo("0");
                assertThat(client.violations()).isEmpty();
                client.close();
            }
        }
    }

    @Test
    void anAnswerThatIsHeldBackForeverIsResetAndCounted() throws Exception {
        FrameServer.Answer call = (peer, stream) -> peer.send(
                Frame.head(stream, false, ":status", "200"),
                Frame.data(stream, "content", false),
                Frame.head(stream, true, "grpc-status", "0"));
        try (Stage stage = Stage.of(
                folder,
                FrameServer.answering(Opening.DEFAULT, call),
                settings -> settings.http = http -> http.streamIdleTimeout(SOON))) {
            FramePeer client = stage.client(Opening.DEFAULT.with(Frame.INITIAL_WINDOW_SIZE, 0));
            client.send(Frame.head(1, true, FramePeer.get("/call")));

            Stream seen = client.over(1);

            assertThat(seen.ended()).isFalse();
            assertThat(seen.wasReset()).isTrue();
            stage.nothingIsInProgress();
            assertThat(stage.proxy.counted("tx_flush_timeout")).isEqualTo(1);
        }
    }

    /** What ends an answer whose head is there. */
    private enum Limit {
        ROUTE_TIMEOUT,
        STREAM_IDLE_TIMEOUT,
        MAX_STREAM_DURATION
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerThatTimesOutBehindItsHeadDoesNotLookComplete(Limit limit) throws Exception {
        FrameServer.Answer aboutTheTimeout =
                (peer, stream) -> Thread.ofVirtual().start(() -> {
                    LockSupport.parkNanos(
                            SOON.toNanos() + ThreadLocalRandom.current().nextLong(-8_000_000, 4_000_000));
                    try {
                        peer.send(Frame.head(stream, false, ":status", "200"));
                        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(3_000_000));
                        peer.send(Frame.data(stream, "content", true));
                    } catch (IOException gone) {
                        // The proxy has been closed.
                    }
                });
        try (Stage stage = Stage.of(folder, FrameServer.answering(Opening.DEFAULT, aboutTheTimeout), settings -> {
            if (limit == Limit.ROUTE_TIMEOUT) {
                settings.limited = forward -> forward.timeout(SOON);
            } else if (limit == Limit.STREAM_IDLE_TIMEOUT) {
                settings.limited = forward -> forward.idleTimeout(SOON);
            } else {
                settings.http = http -> http.maxStreamDuration(SOON);
            }
        })) {
            List<String> lies = inParallel(
                    32,
                    client -> {
                        for (int i = 0; i < 40; i++) {
                            client.send(Frame.head(2 * i + 1, true, FramePeer.get("/limited")));
                            Stream seen = client.over(2 * i + 1);
                            if (seen.status() == 200 && seen.ended()) {
                                assertThat(seen.body()).as(seen::toString).isEqualTo("content");
                            }
                        }
                    },
                    stage);
            assertThat(lies).isEmpty();
            stage.nothingIsInProgress();
        }
    }

    /** What one of several clients does. */
    private interface Doing {
        void with(FramePeer client) throws IOException;
    }

    /** Does the same with several clients at once; what failed. */
    private static List<String> inParallel(int clients, Doing doing, Stage stage) throws Exception {
        CountDownLatch done = new CountDownLatch(clients);
        List<String> failed = Collections.synchronizedList(new ArrayList<>());
        for (int i = 0; i < clients; i++) {
            FramePeer client = stage.client();
            Thread.ofVirtual().start(() -> {
                try {
                    doing.with(client);
                } catch (IOException | AssertionError wrong) {
                    failed.add(wrong.toString());
                }
                done.countDown();
            });
        }
        done.await();
        return failed;
    }

    /** What comes right behind a complete answer. */
    private enum Behind {
        RESET_NO_ERROR {
            @Override
            void send(FramePeer peer, int stream, List<Frame> answer) throws IOException {
                answer.add(Frame.reset(stream, Frame.NO_ERROR));
                peer.send(answer);
            }
        },
        GOAWAY {
            @Override
            void send(FramePeer peer, int stream, List<Frame> answer) throws IOException {
                answer.add(Frame.goAway(stream, Frame.NO_ERROR));
                peer.send(answer);
            }
        },
        THE_END_OF_THE_CONNECTION {
            @Override
            void send(FramePeer peer, int stream, List<Frame> answer) throws IOException {
                peer.send(answer);
                peer.shutdownOutput();
            }
        },
        GOAWAY_AND_THE_END_OF_THE_CONNECTION {
            @Override
            void send(FramePeer peer, int stream, List<Frame> answer) throws IOException {
                answer.add(Frame.goAway(stream, Frame.NO_ERROR));
                peer.send(answer);
                peer.shutdownOutput();
            }
        };

        abstract void send(FramePeer peer, int stream, List<Frame> answer) throws IOException;

        boolean closes() {
            return this != RESET_NO_ERROR;
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatComesRightBehindACompleteAnswerTakesNothingFromIt(Behind behind) throws Exception {
        FrameServer.Answer answer = (peer, stream) -> {
            List<Frame> frames = new ArrayList<>(List.of(
                    Frame.head(stream, false, ":status", "200"),
                    Frame.data(stream, "con", false),
                    Frame.data(stream, "tent", false),
                    Frame.head(stream, true, "grpc-status", "0")));
            behind.send(peer, stream, frames);
        };
        try (Stage stage = Stage.answering(folder, answer)) {
            FramePeer client = stage.client();
            for (int i = 0; i < 300; i++) {
                int stream = 2 * i + 1;
                boolean open = i % 2 == 0;
                client.send(Frame.head(stream, !open, FramePeer.request("POST", "/")));

                Stream seen = client.whole(stream);

                assertThat(seen.body()).as("answer %d: %s", i, seen).isEqualTo("content");
                assertThat(seen.trailer("grpc-status")).isEqualTo("0");
                if (open && !seen.wasReset()) {
                    client.send(Frame.reset(stream, Frame.CANCEL));
                }
                if (behind.closes()) {
                    Waiting.until(
                            "the connection has left the pool",
                            () -> stage.proxy
                                    .stat("cluster.up.upstream_cx_active")
                                    .equals("0"));
                }
            }
            stage.nothingIsInProgress();
        }
    }

    @Test
    void answersWithoutABodyAreNotTakenForBroken() throws Exception {
        FrameServer.Answer bodiless = (peer, stream) -> {
            switch (stream / 2 % 3) {
                case 0 -> peer.send(Frame.head(stream, true, ":status", "204"));
                case 1 -> peer.send(Frame.head(stream, false, ":status", "200"), Frame.data(stream, "", true));
                default ->
                    peer.send(
                            Frame.head(stream, false, ":status", "200"), Frame.head(stream, true, "grpc-status", "0"));
            }
        };
        try (Stage stage = Stage.answering(folder, bodiless)) {
            List<String> wrong = inParallel(
                    8,
                    client -> {
                        for (int i = 0; i < 700; i++) {
                            client.send(Frame.head(2 * i + 1, true, FramePeer.get("/")));
                            Stream seen = client.whole(2 * i + 1);
                            assertThat(seen.status()).as(seen::toString).isLessThan(300);
                        }
                    },
                    stage);
            assertThat(wrong).isEmpty();
        }
    }

    @Test
    void trailersThatCrossAnEarlyAnswerHurtNobody() throws Exception {
        FrameServer.Answer early = (peer, stream) -> peer.send(
                Frame.head(stream, false, ":status", "200"),
                Frame.data(stream, "plain", true),
                Frame.reset(stream, Frame.NO_ERROR));
        try (Stage stage = Stage.answering(folder, early)) {
            for (int round = 0; round < 30; round++) {
                FramePeer client = stage.client();
                client.send(Frame.head(1, false, FramePeer.request("POST", "/")));
                client.whole(1);
                if (round % 2 == 0) {
                    client.await("a reset of the rest", 1, Stream::wasReset);
                }

                client.send(Frame.data(1, new byte[10_000], false), Frame.head(1, true, "x-sum", "1"));

                client.roundTrip();
                assertThat(client.goAway()).as(client::toString).isNull();
                Stage.serves(client, 3);
                client.close();
            }
        }
    }

    @Test
    void aConnectionThatTheUpstreamLeavesWithAnAnswerOnItIsNotWaitedFor() throws Exception {
        try (Stage stage = Stage.of(folder)) {
            FramePeer client = stage.client();
            client.send(Frame.head(1, true, FramePeer.request("POST", "/")));
            int stream = stage.arrived();
            stage.upstream.peer(0).send(Frame.head(stream, false, ":status", "200"), Frame.data(stream, "some", false));
            client.await("content", 1, seen -> seen.body().equals("some"));

            stage.upstream.peer(0).shutdownOutput();

            Stream seen = client.over(1);
            assertThat(seen.ended()).isFalse();
            stage.nothingIsInProgress();
            Waiting.until(
                    "the connection has left the pool",
                    () -> stage.proxy.stat("cluster.up.upstream_cx_active").equals("0"));
        }
    }
}
