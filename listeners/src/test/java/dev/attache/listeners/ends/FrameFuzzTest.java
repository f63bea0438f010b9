package dev.attache.listeners.ends;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.attache.core.fixtures.Waiting;
import dev.attache.core.fixtures.frames.Frame;
import dev.attache.core.fixtures.frames.FramePeer;
import dev.attache.core.fixtures.frames.FrameServer;
import dev.attache.core.fixtures.frames.Opening;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.Timeout.ThreadMode;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * Frames as they should be and then spoilt, of a client and of an upstream, by seeds from 1 on; {@code -Dattache.fuzz=N}
 * plays more of them. Whatever comes: nobody else is hurt, nothing is left, and no code is surprised.
 */
@Timeout(value = 3600, threadMode = ThreadMode.SEPARATE_THREAD)
class FrameFuzzTest {

    private static final long ROUNDS = Long.getLong("attache.fuzz", 400);
    private static final int AT_ONCE = 4;
    private static final Duration LIMIT = Duration.ofMillis(300);

    @TempDir
    private Path folder;

    private final ListAppender<ILoggingEvent> said = new ListAppender<>();
    private final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
    private Thread.UncaughtExceptionHandler before;

    @BeforeEach
    void listen() {
        said.list = Collections.synchronizedList(said.list);
        said.start();
        root().addAppender(said);
        before = Thread.getDefaultUncaughtExceptionHandler();
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> uncaught.add(thrown));
    }

    @AfterEach
    void listenNoMore() {
        root().detachAppender(said);
        Thread.setDefaultUncaughtExceptionHandler(before);
    }

    private static Logger root() {
        return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    }

    private interface Round {
        void play(long seed) throws IOException;
    }

    @Test
    void noFramesOfAClientSurpriseAnybody() throws Exception {
        try (Stage stage = Stage.of(folder, FrameServer.answering(Opening.DEFAULT, Stage.PLAIN), FrameFuzzTest::limit);
                FramePeer bystander = FramePeer.client(stage.proxy.address(), Opening.DEFAULT)) {
            rounds(seed -> {
                Random random = new Random(seed * 0x9E3779B97F4A7C15L);
                try (FramePeer client = FramePeer.client(stage.proxy.address(), Opening.DEFAULT)) {
                    try {
                        client.sendOctets(spoilt(random, requests(random)));
                        if (random.nextBoolean()) {
                            client.shutdownOutput();
                            client.within(LIMIT, client::closed);
                        } else if (random.nextBoolean()) {
                            client.abort();
                        }
                    } catch (IOException cutOff) {
                        // That is one way to take it.
                    }
                }
            });
            Stage.serves(bystander, 1);
            stage.servesOthers();
            Waiting.until(
                    "the clients have gone",
                    () -> stage.proxy.stat("http.front.downstream_cx_active").equals("1"));
            stage.nothingIsInProgress();
        }
        nothingWasSaidOfExceptions();
    }

    @Test
    void noFramesOfAnUpstreamSurpriseAnybody() throws Exception {
        FrameServer.Answer wild = (peer, stream) -> {
            String path = peer.seen(stream).field(":path");
            if (path.startsWith("/limited/")) {
                Random random = new Random(Long.parseLong(path.substring("/limited/".length())) * 0x9E3779B97F4A7C15L);
                peer.sendOctets(spoilt(random, answer(random, stream)));
                if (random.nextInt(3) == 0) {
                    peer.shutdownOutput();
                }
            } else {
                Stage.PLAIN.to(peer, stream);
            }
        };
        try (Stage stage = Stage.of(folder, FrameServer.answering(Opening.DEFAULT, wild), FrameFuzzTest::limit)) {
            rounds(seed -> {
                try (FramePeer client = FramePeer.client(stage.proxy.address(), Opening.DEFAULT)) {
                    boolean open = seed % 2 == 0;
                    client.send(Frame.head(1, !open, FramePeer.request("POST", "/limited/" + seed)));
                    if (open) {
                        client.send(Frame.data(1, "content", true));
                    }
                    if (seed % 5 > 0) {
                        client.over(1);
                    }
                }
            });
            stage.nothingIsInProgress();
            // The last connection to the upstream may still be on its way out.
            for (int i = 0; i < 3; i++) {
                try {
                    stage.servesOthers();
                    break;
                } catch (AssertionError once) {
                    assertThat(i).as(once.toString()).isLessThan(2);
                }
            }
        }
        nothingWasSaidOfExceptions();
    }

    private static void limit(Proxy.Settings settings) {
        settings.http = http -> http.streamIdleTimeout(LIMIT.multipliedBy(4));
        settings.limited = forward -> forward.timeout(LIMIT).idleTimeout(LIMIT);
    }

    private static void rounds(Round round) throws InterruptedException {
        AtomicLong next = new AtomicLong(1);
        List<String> failures = Collections.synchronizedList(new ArrayList<>());
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            threads.add(Thread.ofVirtual().start(() -> {
                for (long seed = next.getAndIncrement(); seed <= ROUNDS; seed = next.getAndIncrement()) {
                    try {
                        round.play(seed);
                    } catch (IOException | AssertionError failed) {
                        failures.add("seed " + seed + ": " + failed);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
    }

    private void nothingWasSaidOfExceptions() {
        assertThat(uncaught).isEmpty();
        synchronized (said.list) {
            assertThat(said.list)
                    .filteredOn(event -> event.getThrowableProxy() != null
                            || event.getLevel().isGreaterOrEqual(Level.ERROR))
                    .extracting(event -> event.getFormattedMessage() + ": "
                            + (event.getThrowableProxy() == null
                                    ? ""
                                    : event.getThrowableProxy().getMessage()))
                    .isEmpty();
        }
    }

    private static List<Frame> requests(Random random) {
        List<Frame> frames = new ArrayList<>();
        for (int stream = 1; stream <= 1 + 2 * random.nextInt(4); stream += 2) {
            boolean body = random.nextBoolean();
            frames.add(Frame.head(stream, !body, FramePeer.request("POST", "/limited", "x-number", "" + stream)));
            if (body) {
                frames.add(Frame.data(stream, "content", false));
                frames.add(Frame.windowUpdate(stream, 10));
                frames.add(
                        random.nextBoolean() ? Frame.data(stream, "", true) : Frame.head(stream, true, "x-sum", "1"));
            }
            frames.add(
                    switch (random.nextInt(6)) {
                        case 0 -> Frame.ping(stream);
                        case 1 -> Frame.settings(Frame.INITIAL_WINDOW_SIZE, 1000 * stream);
                        case 2 -> Frame.reset(stream, Frame.CANCEL);
                        case 3 -> new Frame(Frame.PRIORITY, 0, stream, new byte[] {0, 0, 0, 0, 1});
                        case 4 -> Frame.goAway(0, Frame.NO_ERROR);
                        default -> Frame.windowUpdate(0, 100);
                    });
        }
        return frames;
    }

    private static List<Frame> answer(Random random, int stream) {
        List<Frame> frames = new ArrayList<>();
        if (random.nextInt(4) == 0) {
            frames.add(Frame.head(stream, false, ":status", "103"));
        }
        frames.add(Frame.head(stream, false, ":status", "200", "content-type", "text/plain", "x-a", "b"));
        frames.add(Frame.data(stream, "content", false));
        frames.add(Frame.windowUpdate(random.nextBoolean() ? 0 : stream, 1000));
        frames.add(random.nextBoolean() ? Frame.data(stream, "", true) : Frame.head(stream, true, "grpc-status", "0"));
        if (random.nextInt(3) == 0) {
            frames.add(random.nextBoolean() ? Frame.reset(stream, random.nextInt(16)) : Frame.goAway(stream, 0));
        }
        return frames;
    }

    /** The frames with a few faults: whole frames in other places, other numbers in their heads, other octets. */
    private static byte[] spoilt(Random random, List<Frame> frames) {
        List<Frame> spoilt = new ArrayList<>(frames);
        int faults = 1 + random.nextInt(4);
        for (int i = 0; i < faults; i++) {
            int at = random.nextInt(spoilt.size());
            Frame frame = spoilt.get(at);
            switch (random.nextInt(9)) {
                case 0 -> spoilt.add(at, frame);
                case 1 -> {
                    if (spoilt.size() > 1) {
                        spoilt.remove(at);
                    }
                }
                case 2 -> Collections.swap(spoilt, at, random.nextInt(spoilt.size()));
                case 3 -> spoilt.set(at, new Frame(random.nextInt(12), frame.flags(), frame.stream(), frame.payload()));
                case 4 -> spoilt.set(at, new Frame(frame.type(), random.nextInt(256), frame.stream(), frame.payload()));
                case 5 -> spoilt.set(at, new Frame(frame.type(), frame.flags(), random.nextInt(12), frame.payload()));
                case 6 -> {
                    byte[] other = frame.payload().clone();
                    for (int o = 0; o < other.length && o < 3; o++) {
                        other[random.nextInt(other.length)] = (byte) random.nextInt();
                    }
                    spoilt.set(at, new Frame(frame.type(), frame.flags(), frame.stream(), other));
                }
                case 7 -> {
                    byte[] other = new byte[random.nextInt(30)];
                    random.nextBytes(other);
                    spoilt.add(at, new Frame(random.nextInt(12), random.nextInt(256), frame.stream(), other));
                }
                default ->
                    spoilt.set(
                            at,
                            new Frame(
                                    frame.type(),
                                    frame.flags(),
                                    frame.stream(),
                                    java.util.Arrays.copyOf(frame.payload(), random.nextInt(40))));
            }
        }
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        spoilt.forEach(frame -> octets.writeBytes(frame.octets()));
        byte[] all = octets.toByteArray();
        return random.nextInt(8) == 0 ? java.util.Arrays.copyOf(all, random.nextInt(all.length)) : all;
    }
}
