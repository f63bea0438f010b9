package dev.attache.listeners.ends;

import dev.attache.core.config.Http2Config;
import dev.attache.core.fixtures.frames.Frame;
import dev.attache.core.fixtures.frames.Opening;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Plays a plan against a proxy of its own, and has its {@link Oracle} judge what came of it. */
final class Sequence {

    static final Duration ROUTE_TIMEOUT = Duration.ofMillis(200);
    static final Duration IDLE_TIMEOUT = Duration.ofMillis(400);

    /** For what must come to pass. */
    private static final long PATIENCE_NANOS = 20_000_000_000L;
    /** For what only makes a run more telling. */
    private static final long GLANCE_NANOS = 100_000_000L;

    /** For a whole sequence, with all that is waited for in it. */
    private static final long STUCK_SECONDS = 300;

    private static final long PAUSE_NANOS = 500_000;
    private static final int SMALL_WINDOW = 1000;
    private static final int WIDE_CONNECTION = 1 << 20;

    private final Plan plan;
    private final Path folder;
    final List<String> faults = Collections.synchronizedList(new ArrayList<>());

    Sequence(Plan plan, Path folder) {
        this.plan = plan;
        this.folder = folder;
    }

    /** Plays it; what is wrong, one text for each fault. */
    List<String> run() throws IOException {
        Proxy.Settings settings = new Proxy.Settings();
        settings.limited = switch (plan.limit()) {
            case NONE -> forward -> forward;
            case ROUTE_TIMEOUT -> forward -> forward.timeout(ROUTE_TIMEOUT).idleTimeout(IDLE_TIMEOUT);
            case IDLE_TIMEOUT -> forward -> forward.idleTimeout(IDLE_TIMEOUT);
        };
        // Peers here return window as they like.
        Http2Config http2 = Http2Config.builder().windowUpdatesPerDataFrame(0).build();
        settings.http = plan.limit() == Plan.Limit.NONE
                ? http -> http.http2(http2)
                : http -> http.http2(http2).streamIdleTimeout(IDLE_TIMEOUT);
        Path log = folder.resolve(plan.seed() + ".log");
        List<StreamRun> streams = new ArrayList<>();
        UpstreamPeer upstream = new UpstreamPeer(plan.http2Upstream(), opening(plan.upstreamWindows()));
        Proxy proxy = Proxy.start(upstream.port(), plan.http2Upstream(), log, settings);
        Oracle oracle = new Oracle(plan, proxy, upstream, streams, faults);
        try (upstream;
                ClientPeer client = new ClientPeer(plan.http2Client(), proxy.address(), opening(plan.clientWindows()));
                ClientPeer others = new ClientPeer(true, proxy.address(), opening(Plan.Windows.OPEN))) {
            for (int i = 0; i < plan.streams().size(); i++) {
                streams.add(new StreamRun("/limited/" + i, plan.streams().get(i), client, upstream));
            }
            CountDownLatch done = watch(upstream, client, others);
            Bystander bystander = new Bystander(others, upstream);
            bystander.begin();
            play(streams);
            oracle.everythingEnds();
            boolean hurt = streams.stream().anyMatch(stream -> stream.hurtUpstream);
            bystander.end(hurt && plan.http2Upstream(), faults);
            bystander.another(hurt, faults);
            oracle.judge(client);
            oracle.noViolations(client, others);
            done.countDown();
        }
        oracle.nothingIsLeft();
        proxy.close();
        oracle.oneLineForEach();
        return faults;
    }

    /** Ends a sequence that is stuck in a write, which nothing else ends. */
    private CountDownLatch watch(AutoCloseable... peers) {
        CountDownLatch done = new CountDownLatch(1);
        Thread.ofVirtual().start(() -> {
            try {
                if (!done.await(STUCK_SECONDS, TimeUnit.SECONDS)) {
                    faults.add("STUCK");
                    for (AutoCloseable peer : peers) {
                        peer.close();
                    }
                }
            } catch (Exception failed) {
                faults.add("STUCK: " + failed);
            }
        });
        return done;
    }

    private static Opening opening(Plan.Windows windows) {
        return switch (windows) {
            case OPEN -> Opening.DEFAULT.connectionWindow(WIDE_CONNECTION);
            case SMALL -> Opening.DEFAULT.with(Frame.INITIAL_WINDOW_SIZE, SMALL_WINDOW);
            case LATE, NEVER ->
                Opening.DEFAULT.with(Frame.INITIAL_WINDOW_SIZE, 0).connectionWindow(WIDE_CONNECTION);
        };
    }

    private void play(List<StreamRun> streams) {
        int turn = 0;
        while (streams.stream().anyMatch(StreamRun::hasNext)) {
            StreamRun stream =
                    streams.get(plan.order().get(turn++ % plan.order().size()));
            if (!stream.hasNext()) {
                stream = streams.stream().filter(StreamRun::hasNext).findFirst().orElseThrow();
            }
            stream.next();
        }
        // What a step should have opened is open in the end, whatever became of the step.
        for (StreamRun stream : streams) {
            stream.finish(plan.clientWindows() != Plan.Windows.NEVER, plan.upstreamWindows() != Plan.Windows.NEVER);
        }
    }

    /** Waits for what must come to pass; whether it did. */
    static boolean within(BooleanSupplier condition) {
        return within(PATIENCE_NANOS, condition);
    }

    /** Looks for a moment whether something comes to pass. */
    static void glance(BooleanSupplier condition) {
        within(GLANCE_NANOS, condition);
    }

    private static boolean within(long nanos, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > nanos) {
                return false;
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
        return true;
    }

    /** A request of another client, in progress all the while. */
    private static final class Bystander {
        private static final byte[] PART = "one half ".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

        private final ClientPeer client;
        private final UpstreamPeer upstream;
        private Play request;
        private Play answer;

        Bystander(ClientPeer client, UpstreamPeer upstream) {
            this.client = client;
            this.upstream = upstream;
        }

        void begin() throws IOException {
            request = client.open();
            request.head("/other", OptionalLong.empty(), false, false);
            request.data(PART, false);
            request.flush();
            if (!within(() -> !upstream.attempts("/other").isEmpty())) {
                throw new AssertionError("the bystander's request did not come: " + client.state());
            }
            answer = upstream.attempts("/other").getFirst().play();
            answer.head("200", OptionalLong.empty(), false, false, "x-attempt", "/other#1");
            answer.data(PART, false);
            answer.openWindow();
            answer.flush();
        }

        void end(boolean hurt, List<String> faults) {
            try {
                answer.data(PART, true);
                answer.flush();
                request.data(PART, true);
                request.flush();
            } catch (IOException gone) {
                if (!hurt) {
                    faults.add("the bystander's connection is gone: " + gone + "; " + client.state());
                }
                return;
            }
            if (!within(() -> request.seen().over())) {
                faults.add("the bystander's answer does not end: " + request.seen());
            } else if (!hurt
                    && (!request.seen().complete() || !request.seen().body().equals("one half one half "))) {
                faults.add("the bystander was hurt: " + request.seen() + "; " + client.state());
            } else if (request.seen().complete()
                    && request.seen().start().equals("200")
                    && !request.seen().body().equals("one half one half ")) {
                faults.add("the bystander was lied to: " + request.seen());
            }
        }

        /** A request on the same connection afterwards. */
        void another(boolean hurt, List<String> faults) throws IOException {
            Message seen = Message.NONE;
            // What the proxy has not yet seen to be broken may be tried once more.
            for (int i = 0; i < (hurt ? 3 : 1); i++) {
                String path = "/another/" + i;
                Play next = client.open();
                next.head(path, OptionalLong.empty(), true, false);
                next.flush();
                if (within(() -> next.seen().over() || !upstream.attempts(path).isEmpty())
                        && !upstream.attempts(path).isEmpty()) {
                    Play answering = upstream.attempts(path).getFirst().play();
                    answering.head("200", OptionalLong.empty(), false, false, "x-attempt", path + "#1");
                    answering.data(PART, true);
                    try {
                        answering.flush();
                    } catch (IOException gone) {
                        continue;
                    }
                }
                within(() -> next.seen().over());
                seen = next.seen();
                if (seen.complete()
                        && (seen.body().equals("one half ") || seen.body().equals("again"))) {
                    return;
                }
            }
            faults.add("nothing works afterwards: " + seen + "; " + client.state());
        }
    }
}
