package dev.attache.core.upstream;

import dev.attache.core.http.Response;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * What one endpoint has carried, for {@code /clusters}; fields are named as Envoy's host stats are. The upstream client
 * counts connections, whoever runs the attempts counts requests. Safe for use by all threads.
 */
public final class EndpointStats {

    /** Open connections. */
    public final AtomicInteger cxActive = new AtomicInteger();

    /** Requests in progress: from the choice of the endpoint until the response is closed. Least request goes by it. */
    public final AtomicInteger rqActive = new AtomicInteger();

    /** Connections that were tried. */
    public final LongAdder cxTotal = new LongAdder();

    /** Connections that failed: refused, timed out, or TLS. */
    public final LongAdder cxConnectFail = new LongAdder();

    /** Attempts. */
    public final LongAdder rqTotal = new LongAdder();

    /** Attempts that were answered, with a status below 500. */
    public final LongAdder rqSuccess = new LongAdder();

    /** Attempts that got a 5xx or no answer, also for want of time. */
    public final LongAdder rqError = new LongAdder();

    /** Attempts that took too long. */
    public final LongAdder rqTimeout = new LongAdder();

    /** An attempt begins; {@link #ended} must follow. */
    public void begun() {
        rqTotal.increment();
        rqActive.incrementAndGet();
    }

    /** Says what came of an attempt, as soon as that is known. What is not the endpoint's doing is not counted. */
    public void outcome(Outcome outcome) {
        switch (outcome) {
            case Outcome.Answered(Response response) -> (response.status() < 500 ? rqSuccess : rqError).increment();
            case Outcome.Failed(Failure failure, String reason) -> {
                if (failure == Failure.PER_TRY_TIMEOUT || failure == Failure.ROUTE_TIMEOUT) {
                    rqTimeout.increment();
                }
                if (failure.upstreamsFault()) {
                    rqError.increment();
                }
            }
        }
    }

    /** An attempt is over, its response closed. */
    public void ended() {
        rqActive.decrementAndGet();
    }
}
