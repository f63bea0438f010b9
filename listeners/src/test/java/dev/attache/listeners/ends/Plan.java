package dev.attache.listeners.ends;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A sequence that its seed chooses.
 *
 * @param http2Client     the client speaks HTTP/2, all streams on one connection; else HTTP/1.1, each on its own
 * @param http2Upstream   the upstream speaks HTTP/2, by prior knowledge
 * @param limit           what ends a stream on which nothing happens
 * @param clientWindows   what the client lets come
 * @param upstreamWindows what the upstream lets come
 * @param streams         one to four streams
 * @param order           which stream makes the next step, over and over
 */
record Plan(
        long seed,
        boolean http2Client,
        boolean http2Upstream,
        Limit limit,
        Windows clientWindows,
        Windows upstreamWindows,
        List<Script> streams,
        List<Integer> order) {

    /** What ends a stream on which nothing happens. */
    enum Limit {
        NONE,
        ROUTE_TIMEOUT,
        IDLE_TIMEOUT
    }

    /** What a peer lets come. */
    enum Windows {
        OPEN,
        /** A few octets at a time. */
        SMALL,
        /** Nothing on any stream, until a step opens it. */
        LATE,
        /** Nothing on any stream, ever. */
        NEVER
    }

    static Plan of(long seed) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        boolean http2Client = random.nextInt(4) > 0;
        boolean http2Upstream = random.nextInt(4) > 0;
        int choice = random.nextInt(10);
        Limit limit = choice < 7 ? Limit.NONE : choice < 9 ? Limit.ROUTE_TIMEOUT : Limit.IDLE_TIMEOUT;
        Windows clientWindows = http2Client ? windows(random, limit) : Windows.OPEN;
        Windows upstreamWindows = http2Upstream && random.nextInt(3) == 0 ? windows(random, limit) : Windows.OPEN;
        Windows late = clientWindows == Windows.LATE ? clientWindows : upstreamWindows;
        List<Script> streams = new ArrayList<>();
        List<Integer> order = new ArrayList<>();
        int count = 1 + random.nextInt(4);
        for (int i = 0; i < count; i++) {
            streams.add(Script.random(random, limit, late));
        }
        for (int i = 0; i < 64; i++) {
            order.add(random.nextInt(count));
        }
        return new Plan(
                seed,
                http2Client,
                http2Upstream,
                limit,
                clientWindows,
                upstreamWindows,
                List.copyOf(streams),
                List.copyOf(order));
    }

    private static Windows windows(Random random, Limit limit) {
        return switch (random.nextInt(6)) {
            case 0, 1 -> Windows.LATE;
            case 2 -> Windows.SMALL;
            case 3 -> limit == Limit.NONE ? Windows.LATE : Windows.NEVER;
            default -> Windows.OPEN;
        };
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("seed %d: client %s (windows %s), upstream %s (windows %s), limit %s"
                .formatted(
                        seed,
                        http2Client ? "HTTP/2" : "HTTP/1.1",
                        clientWindows,
                        http2Upstream ? "HTTP/2" : "HTTP/1.1",
                        upstreamWindows,
                        limit));
        for (int i = 0; i < streams.size(); i++) {
            Script script = streams.get(i);
            text.append("%n  stream %d, content-length %s and %s%s: %s"
                    .formatted(
                            i,
                            script.requestLength(),
                            script.answerLength(),
                            script.continued() ? ", CONTINUATION" : "",
                            script.steps()));
        }
        return text.append("%n  order %s".formatted(order)).toString();
    }
}
