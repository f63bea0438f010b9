package dev.attache.core.http;

/**
 * Answers requests: the router, a filter chain, or a service of the host application.
 *
 * <p>Called on a thread that may block; safe for use by many threads at once.
 */
@FunctionalInterface
public interface HttpService {

    /**
     * Answers one request. Trouble on the network is an answer (a local reply), never an exception.
     *
     * @return a response that the caller must close, whether it reads the body or not
     */
    Response handle(Request request, Exchange exchange);
}
