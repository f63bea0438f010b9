package dev.attache.listeners.ends;

import dev.attache.core.fixtures.frames.Field;
import java.util.Arrays;
import java.util.List;

/** Says what is wrong with what came of a sequence; the rules are those of {@link StreamEndsModelTest}. */
final class Oracle {

    private final Plan plan;
    private final Proxy proxy;
    private final UpstreamPeer upstream;
    private final List<StreamRun> streams;
    private final List<String> faults;

    Oracle(Plan plan, Proxy proxy, UpstreamPeer upstream, List<StreamRun> streams, List<String> faults) {
        this.plan = plan;
        this.proxy = proxy;
        this.upstream = upstream;
        this.streams = streams;
        this.faults = faults;
    }

    /** Rule 3. */
    void everythingEnds() {
        for (StreamRun stream : streams) {
            if (stream.asked
                    && !Sequence.within(
                            () -> stream.request.gone() || stream.request.seen().over())) {
                faults.add("NO END for the client: " + stream);
            }
            for (Attempt attempt : upstream.attempts(stream.path)) {
                if (!Sequence.within(() -> attempt.play().over())) {
                    faults.add("NO END for the upstream, attempt %d: %s".formatted(attempt.number(), stream));
                }
            }
        }
    }

    void judge(ClientPeer client) {
        boolean clientHurt = plan.http2Client() && streams.stream().anyMatch(stream -> stream.hurtClient);
        // A connection of HTTP/1.1 that has ended may be found in the pool by the next request, too late to be
        // repeated.
        boolean upstreamHurt = streams.stream().anyMatch(stream -> stream.hurtUpstream);
        for (StreamRun stream : streams) {
            if (stream.request == null) {
                continue;
            }
            Message seen = stream.request.seen();
            List<Attempt> attempts = upstream.attempts(stream.path);
            noLie(stream, seen, attempts);
            noFalseRequest(stream, attempts);
            boolean undisturbed = stream.clientFault == null || stream.clientFault.goesOn();
            if (!stream.asked || !undisturbed || clientHurt || plan.limit() != Plan.Limit.NONE) {
                continue;
            }
            boolean othersHurtUpstream = streams.stream().anyMatch(other -> other != stream && other.hurtUpstream);
            if (stream.upstreamFault == null && !upstreamHurt && !seen.complete()) {
                faults.add("HURT: nobody has done anything to " + stream + "; " + client.state());
            } else if (!othersHurtUpstream) {
                nothingLost(stream, seen, attempts);
            }
        }
    }

    /** Rule 1. */
    private void noLie(StreamRun stream, Message seen, List<Attempt> attempts) {
        if (!seen.complete() || local(seen)) {
            return;
        }
        String name = seen.field("x-attempt");
        for (Attempt attempt : attempts) {
            if (attempt.name().equals(name)) {
                String lie = difference(seen, attempt.play().sent());
                if (!lie.isEmpty()) {
                    faults.add("LIE to the client (" + lie + "): " + stream);
                }
                return;
            }
        }
        faults.add("LIE to the client (no such answer): " + stream);
    }

    /** Rule 1, the other way. */
    private void noFalseRequest(StreamRun stream, List<Attempt> attempts) {
        for (Attempt attempt : attempts) {
            Message request = attempt.play().seen();
            if (request.complete()) {
                String lie = difference(request, stream.request.sent());
                if (!lie.isEmpty()) {
                    faults.add("LIE to the upstream, attempt %d (%s): %s".formatted(attempt.number(), lie, stream));
                }
            }
        }
    }

    /** Rule 2. */
    private void nothingLost(StreamRun stream, Message seen, List<Attempt> attempts) {
        if (stream.answer == null
                || attempts.size() != 1
                || !stream.answer.sent().complete()) {
            return;
        }
        if (stream.upstreamFault != null && stream.upstreamFault.losesWhatWasSent()) {
            return;
        }
        if (!seen.complete() || local(seen)) {
            faults.add("LOST: a complete answer: " + stream);
        }
    }

    private static boolean local(Message seen) {
        return seen.field("x-attempt").isEmpty() && seen.start().compareTo("400") >= 0;
    }

    /** What was not sent so; empty where all was. */
    private static String difference(Message seen, Message sent) {
        String length = sent.field("content-length");
        boolean all = !length.isEmpty() && Long.parseLong(length) == sent.octets().length;
        if (!sent.complete() && !all) {
            return "never completed: " + sent;
        }
        if (!Arrays.equals(seen.octets(), sent.octets())) {
            return seen.octets().length + " of " + sent.octets().length + " octets";
        }
        List<String> trailers = seen.trailers().stream().map(Field::toString).toList();
        List<String> wanted = sent.trailers().stream().map(Field::toString).toList();
        return trailers.equals(wanted) ? "" : "trailers " + trailers + " of " + wanted;
    }

    /** Rule 6. */
    void noViolations(ClientPeer client, ClientPeer others) {
        client.violations().forEach(violation -> faults.add("VIOLATION toward the client: " + violation));
        others.violations().forEach(violation -> faults.add("VIOLATION toward another client: " + violation));
        upstream.violations().forEach(violation -> faults.add("VIOLATION toward the upstream: " + violation));
    }

    /** Rule 4. */
    void nothingIsLeft() {
        if (!Sequence.within(() -> proxy.inProgress().isEmpty())) {
            faults.add("LEFT: " + proxy.inProgress() + " " + streams);
        }
    }

    /** Rule 5. */
    void oneLineForEach() {
        List<String> lines = proxy.lines();
        for (StreamRun stream : streams) {
            long count = lines.stream()
                    .filter(line -> line.startsWith(stream.path + " "))
                    .count();
            boolean certain = !upstream.attempts(stream.path).isEmpty()
                    || (stream.request != null && stream.request.seen().begun());
            boolean malformed = stream.clientFault == Fault.MALFORMED
                    && upstream.attempts(stream.path).isEmpty();
            if (count > 1 || (certain && !malformed && count != 1)) {
                faults.add("LOG: %d lines: %s; %s".formatted(count, stream, lines));
            }
        }
    }
}
