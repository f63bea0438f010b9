package dev.attache.core.upstream;

import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.policy.Outcome;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client that sends nothing and notes what it is told. */
final class IdleClient implements UpstreamClient {

    final List<Endpoint> removed = new CopyOnWriteArrayList<>();
    volatile boolean closed;

    @Override
    public Outcome send(Request request, Endpoint endpoint, Exchange exchange, Cancellation cancellation) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void removed(Endpoint endpoint) {
        removed.add(endpoint);
    }

    @Override
    public void close() {
        closed = true;
    }
}
