package dev.attache.core.grpcstats;

import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import dev.attache.core.http.Grpc;
import dev.attache.core.http.GrpcStatus;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Response;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** One call on its way. What is counted belongs to a cluster, so nothing is before one is chosen. */
final class GrpcCall {

    private final MethodTable methods;
    private final String path;
    private final Exchange exchange;
    private @Nullable MethodStats stats; // Found by two threads, each for itself: it is the same.
    private int inMemory; // Messages of a request that was there as a whole, before there was a cluster.
    private boolean ended;

    GrpcCall(MethodTable methods, String path, Exchange exchange) {
        this.methods = methods;
        this.path = path;
        this.exchange = exchange;
    }

    private @Nullable MethodStats stats() {
        MethodStats known = stats;
        if (known == null && !exchange.cluster().isEmpty()) {
            known = methods.find(exchange.cluster(), path);
            stats = known;
        }
        return known;
    }

    /** The request's body, watched. */
    Body sent(Body body) {
        return switch (body) {
            case Body.Empty _ -> body;
            case Body.Buffered buffered -> {
                inMemory = new MessageFrames().ended(buffered.content());
                yield body;
            }
            case Body.Streaming streaming ->
                new WatchedBody(streaming, messages -> count(messages, true), trailers -> {});
        };
    }

    /** Counts what the response says, and watches the rest of it. */
    void answered(Response response) {
        count(inMemory, true);
        LocalReply reply = response.localReply();
        if (reply != null) {
            ended(reply.grpcStatus() < 0 ? GrpcStatus.ofHttp(reply.status()) : reply.grpcStatus());
            return;
        }
        endedBy(response.headers());
        switch (response.body()) {
            case Body.Empty _ -> {}
            case Body.Buffered buffered -> {
                count(new MessageFrames().ended(buffered.content()), false);
                endedBy(buffered.trailers());
            }
            case Body.Streaming streaming ->
                response.body(new WatchedBody(streaming, messages -> count(messages, false), this::endedBy));
        }
        response.onClose(this::closed);
    }

    private void count(int messages, boolean ofRequest) {
        MethodStats known = messages == 0 ? null : stats();
        if (known != null) {
            (ofRequest ? known.requestMessages : known.responseMessages).add(messages);
        }
    }

    private void endedBy(HttpFields fields) {
        String status = fields.get(Grpc.STATUS);
        if (status != null) {
            ended(GrpcStatus.parse(status));
        }
    }

    private void ended(int status) {
        MethodStats known = ended ? null : stats();
        if (known != null) {
            ended = true;
            known.ended(status);
        }
    }

    private void closed() {
        MethodStats known = stats();
        long nanos = exchange.between(Phase.US_TX_END, Phase.US_RX_END);
        if (known != null && known.upstreamTime != null && nanos >= 0) {
            known.upstreamTime.recordNanos(nanos);
        }
    }
}
