package dev.attache.core.upstream;

import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.policy.Failure;
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

    /**
     * Opens a connection without HTTP and carries what is in the request's body to the endpoint, and answers 200 with what
     * comes from there.
     *
     * @param request      one whose answer of 200 is a {@linkplain Request#switchedBy switch}; nothing of its head is sent
     * @param cancellation gives it up, until the response is closed
     */
    default Outcome tunnel(Request request, Endpoint endpoint, Exchange exchange, Cancellation cancellation) {
        return new Outcome.Failed(Failure.LOCAL_RESET, "no connections without HTTP");
    }

    /** An endpoint was removed by discovery: idle connections to it are closed, busy ones when they are done. */
    void removed(Endpoint endpoint);

    /** Closes idle connections now and busy ones when they are done. */
    @Override
    void close();
}
