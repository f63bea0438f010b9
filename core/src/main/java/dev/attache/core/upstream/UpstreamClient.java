package dev.attache.core.upstream;

import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.policy.Outcome;

/** Makes one attempt to one endpoint, for one cluster. Safe for use by all threads. */
public interface UpstreamClient extends AutoCloseable {

    /**
     * Sends a request and waits for the head of the final response. Trouble on the network is a value. Closing an
     * answered response gives the connection back to the pool, or closes it where it cannot be used again.
     *
     * @param request      as it is to be sent; its body is read at most once
     * @param cancellation gives the attempt up, until the response is closed
     */
    Outcome send(Request request, Endpoint endpoint, Exchange exchange, Cancellation cancellation);

    /** An endpoint was removed by discovery: idle connections to it are closed, busy ones when they are done. */
    void removed(Endpoint endpoint);

    /** Closes idle connections now and busy ones when they are done. */
    @Override
    void close();
}
