package dev.attache.core.proxy;

import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.vital.OutOfMemory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a filter of the host application does wrong, or we ourselves, to the one request in which it happens: it is
 * answered with 500 and one log line, where there is no answer yet, and nothing that was opened for it stays open: no
 * permit, no connection, no gauge. Safe for use by all threads.
 */
final class Containment implements HttpService {

    private static final Logger LOG = LoggerFactory.getLogger(Containment.class);
    private static final LocalReply FAILED = new LocalReply(500, "internal error", "internal_error");

    private final String listener;
    private final HttpService contained;

    /**
     * A containment.
     *
     * @param listener what it is called in the log
     */
    Containment(String listener, HttpService contained) {
        this.listener = listener;
        this.contained = contained;
    }

    /** Never throws, but where there is no memory left to say so; then too everything is closed. */
    @Override
    public Response handle(Request request, Exchange exchange) {
        Response before = exchange.enter();
        Response answer = null;
        String fault = "";
        Throwable cause = null;
        try {
            answer = contained.handle(request, exchange);
            fault = fault(answer);
        } catch (Throwable bug) { // Not all languages of the JVM declare what they throw.
            fault = "has failed";
            OutOfMemory.look(bug);
            cause = bug;
        }
        if (answer != null && fault.isEmpty()) {
            return answer;
        }
        Response.closeAll(exchange.lastOpened(), before);
        if (answer != null) {
            answer.close();
        }
        if (cause instanceof InterruptedException) {
            Thread.currentThread().interrupt();
        }
        LOG.error("exchange {} on {}: {}: {}", exchange.id(), listener, request, fault, cause);
        return Response.local(FAILED);
    }

    /** The answer has been closed, and with it the exchange. */
    void ended(Exchange exchange) {
        // Not before: the answer's body may have been that of a response which was still open.
        int left = exchange.leave();
        if (left > 0) {
            LOG.error(
                    "exchange {} on {}: a filter has neither returned nor closed {} of the responses that it was given",
                    exchange.id(),
                    listener,
                    left);
        }
    }

    /** What is wrong with an answer; empty where nothing is. */
    private static String fault(@Nullable Response answer) {
        if (answer == null) {
            return "a filter has returned no response";
        }
        if (answer.isClosed()) {
            return "a filter has returned a response that it had closed";
        }
        int status = answer.status();
        return status < 100 || status > 999 || (status < 200 && status != 101)
                ? "a filter has returned the status " + status + " (expected: 200 to 999)"
                : "";
    }
}
