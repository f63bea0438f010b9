package dev.attache.listeners.ends;

import dev.attache.listeners.ends.Step.Act;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** The steps of one stream as they are played, and what came of them. */
final class StreamRun {

    private static final byte[] ALPHABET =
            "abcdefghijklmnopqrstuvwxyz".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    final String path;
    final Script script;
    private final ClientPeer client;
    private final UpstreamPeer upstream;
    private int at;
    private int filled;
    private boolean clientDone;
    private boolean upstreamDone;

    /** The client's side; null until its first step. */
    Play request;
    /** The upstream's side of the first attempt; null until it has come. */
    Play answer;

    Fault clientFault;
    Fault upstreamFault;
    boolean hurtClient;
    boolean hurtUpstream;
    /** Whether the whole head of the request was written. */
    boolean asked;

    StreamRun(String path, Script script, ClientPeer client, UpstreamPeer upstream) {
        this.path = path;
        this.script = script;
        this.client = client;
        this.upstream = upstream;
    }

    boolean hasNext() {
        return at < script.steps().size();
    }

    /** Takes the next step, and those that are held together with it. */
    void next() {
        while (true) {
            Step step = script.steps().get(at++);
            boolean together = step.held()
                    && hasNext()
                    && script.steps().get(at).client() == step.client()
                    && script.steps().get(at).act() != Act.STALL
                    && script.steps().get(at).act() != Act.RACE;
            try {
                take(step, !together);
            } catch (IOException gone) {
                if (step.client()) {
                    clientDone = true;
                } else {
                    upstreamDone = true;
                }
            }
            if (!together) {
                return;
            }
        }
    }

    private void take(Step step, boolean flush) throws IOException {
        if (step.act() == Act.STALL) {
            Sequence.within(() -> request == null
                    || request.over()
                    || request.gone()
                    || request.seen().over());
            return;
        }
        if (step.act() == Act.RACE) {
            LockSupport.parkNanos(Sequence.ROUTE_TIMEOUT.toNanos()
                    + ThreadLocalRandom.current().nextLong(-15_000_000, 5_000_000));
            return;
        }
        Play play = step.client() ? request() : answer();
        if (play == null) {
            return;
        }
        boolean done = step.client() ? clientDone : upstreamDone;
        if (step.act() == Act.OPEN_WINDOW) {
            if (!play.gone()) {
                play.openWindow();
                play.flush();
            }
            return;
        }
        if (done || (play.gone() && step.act() != Act.FAULT)) {
            if (flush) {
                play.flush();
            }
            return;
        }
        act(step, play);
        if (step.client() && (step.act() == Act.HEAD || step.act() == Act.WHOLE_HEAD)) {
            asked = true;
        }
        if (flush) {
            play.flush();
        }
        if (step.watched()) {
            watch(step);
        }
    }

    private void act(Step step, Play play) throws IOException {
        boolean client = step.client();
        switch (step.act()) {
            case HEAD, WHOLE_HEAD -> {
                boolean whole = step.act() == Act.WHOLE_HEAD;
                if (client) {
                    play.head(path, script.requestLength(), whole, script.continued(), "te", "trailers");
                } else {
                    play.head("200", script.answerLength(), whole, script.continued(), "x-attempt", path + "#1");
                }
            }
            case HALF_A_HEAD -> {
                play.halfAHead();
                hurt(client);
            }
            case INTERIM -> play.interim();
            case DATA -> play.data(octets(step.octets()), false);
            case LAST_DATA -> play.data(octets(step.octets()), true);
            case TRAILERS -> play.trailers("grpc-status", "0", "x-of", path);
            case FAULT -> {
                if (play.fault(step.fault())) {
                    fault(client, step.fault());
                }
            }
            case OPEN_WINDOW, STALL, RACE -> throw new IllegalStateException(step.toString());
        }
    }

    private void fault(boolean client, Fault fault) {
        if (client) {
            clientFault = fault;
            clientDone |= !fault.goesOn();
        } else {
            upstreamFault = fault;
            upstreamDone |= !fault.goesOn();
        }
        // A client that has said goodbye may find no connection for what it asks afterwards.
        boolean endsHttp1 = fault == Fault.SHORT && play(client) instanceof Http1Play;
        if (fault.hurtsConnection() || endsHttp1 || (client && fault == Fault.GOAWAY_GRACEFUL)) {
            hurt(client);
        }
    }

    private Play play(boolean client) {
        return client ? request : answer;
    }

    private void hurt(boolean client) {
        hurtClient |= client;
        hurtUpstream |= !client;
    }

    private byte[] octets(int count) {
        byte[] octets = new byte[count];
        for (int i = 0; i < count; i++) {
            octets[i] = ALPHABET[filled++ % ALPHABET.length];
        }
        return octets;
    }

    private Play request() throws IOException {
        if (request == null) {
            request = client.open();
        }
        return request;
    }

    /** The upstream's side, once the request is there; null where it does not come. */
    private Play answer() {
        if (answer == null && request != null && !upstreamDone) {
            Sequence.within(() -> !upstream.attempts(path).isEmpty()
                    || request.over()
                    || request.seen().over()
                    || request.gone()
                    || !asked);
            List<Attempt> attempts = upstream.attempts(path);
            if (attempts.isEmpty()) {
                upstreamDone = asked;
            } else {
                answer = attempts.getFirst().play();
            }
        }
        return answer;
    }

    private void watch(Step step) {
        Play from = step.client() ? request : answer;
        int size = from.sent().octets().length;
        Sequence.glance(() -> {
            if (!step.client()) {
                return request.seen().octets().length >= size || request.seen().over();
            }
            List<Attempt> attempts = upstream.attempts(path);
            return !attempts.isEmpty() && attempts.getFirst().play().seen().octets().length >= size
                    || request.seen().over();
        });
    }

    /** Opens windows that the steps have left shut, of the attempts that they did not see too. */
    void finish(boolean openClient, boolean openUpstream) {
        try {
            if (request != null && openClient && !request.gone()) {
                request.openWindow();
                request.flush();
            }
        } catch (IOException gone) {
            clientDone = true;
        }
        for (Attempt attempt : upstream.attempts(path)) {
            try {
                if (openUpstream && !attempt.play().gone()) {
                    attempt.play().openWindow();
                    attempt.play().flush();
                }
            } catch (IOException gone) {
                upstreamDone = true;
            }
        }
    }

    @Override
    public String toString() {
        return "%s: client %s%s sent %s saw %s; upstream %s sent %s saw %s"
                .formatted(
                        path,
                        clientFault,
                        asked ? "" : " (not asked)",
                        request == null ? "-" : request.sent(),
                        request == null ? "-" : request.seen(),
                        upstreamFault,
                        answer == null ? "-" : answer.sent(),
                        answer == null ? "-" : answer.seen());
    }
}
