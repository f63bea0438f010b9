package dev.attache.core.route;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.deadline.DeadlineQueue;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.LocalReply;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;

/**
 * How long a request may last by its listener, from its head to the end of its answer, whatever is sent meanwhile. It is
 * lifted where the route of the request says how long that may be.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/faq/configuration/timeouts#stream-timeouts">Envoy, stream
 *     timeouts</a>
 */
public final class StreamLimit extends Deadline {

    private static final Exchange.Key<StreamLimit> KEY = Exchange.Key.of("stream limit");

    private final Cancellation exchange;

    private StreamLimit(Cancellation exchange) {
        this.exchange = exchange;
    }

    /** Begins the time of a request; a queue of duration zero does nothing. */
    public static void start(DeadlineQueue max, Exchange exchange) {
        if (max.nanos() != 0) {
            StreamLimit limit = new StreamLimit(exchange.cancellation());
            exchange.put(KEY, limit);
            max.start(limit);
        }
    }

    /** Ends it: the request is over, or is limited otherwise. */
    public static void lift(Exchange exchange) {
        StreamLimit limit = exchange.get(KEY);
        if (limit != null) {
            limit.cancel();
        }
    }

    /** Whether the time of a request is over, and it was given up for that. */
    public static boolean exceeded(Exchange exchange) {
        return exchange.cancellation().cause() == Cancellation.Cause.MAX_STREAM_DURATION;
    }

    /** What the client of such a request is told, where its answer has not begun. */
    public static LocalReply reply(Exchange exchange) {
        return FailureReply.of(new Outcome.Failed(Failure.MAX_STREAM_DURATION), false, exchange);
    }

    @Override
    protected void expired() {
        exchange.cancel(Cancellation.Cause.MAX_STREAM_DURATION);
    }
}
