package dev.attache.core.route;

import dev.attache.core.deadline.DeadlineQueue;
import dev.attache.core.deadline.IdleDeadline;
import dev.attache.core.http.Cancellation;

/** Gives an exchange up when nothing has moved for the route's idle timeout, in neither direction. */
final class Silence extends IdleDeadline {

    private final Cancellation exchange;

    Silence(DeadlineQueue queue, Cancellation exchange) {
        super(queue);
        this.exchange = exchange;
    }

    @Override
    protected boolean arrived() {
        return exchange.arrived();
    }

    @Override
    protected void idle() {
        exchange.cancel(Cancellation.Cause.STREAM_IDLE_TIMEOUT);
    }
}
