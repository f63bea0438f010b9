package dev.attache.core.grpcstats;

import dev.attache.core.http.GrpcStatus;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.Histogram;
import dev.attache.core.stats.StatScope;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** The stats of one method on one cluster, or of all methods that have none of their own. */
final class MethodStats {

    /** Those that gRPC names; of others only success and failure are counted, for an upstream may make up many. */
    private static final int STATUSES = GrpcStatus.HIGHEST + 1;

    final Counter requestMessages;
    final Counter responseMessages;
    final @Nullable Histogram upstreamTime;
    private final StatScope scope;
    private final Counter success;
    private final Counter failure;
    private final Counter total;
    private final AtomicReferenceArray<@Nullable Counter> byStatus = new AtomicReferenceArray<>(STATUSES);

    MethodStats(StatScope scope, boolean withTime) {
        this.scope = scope;
        success = scope.counter("success");
        failure = scope.counter("failure");
        total = scope.counter("total");
        requestMessages = scope.counter("request_message_count");
        responseMessages = scope.counter("response_message_count");
        upstreamTime = withTime ? scope.histogram("upstream_rq_time") : null;
    }

    /** A call has ended with a status. */
    void ended(int status) {
        total.increment();
        (status == 0 ? success : failure).increment();
        if (status >= STATUSES) {
            return;
        }
        Counter counter = byStatus.get(status);
        if (counter == null) {
            counter = scope.counter(Integer.toString(status));
            byStatus.set(status, counter);
        }
        counter.increment();
    }
}
