package dev.attache.core.proxy;

import dev.attache.core.config.HttpConfig;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;

/**
 * The way into one HTTP listener: everything between the code that speaks the protocol and the upstream, in the order
 * in which it runs. A call from within the process enters here as well. Safe for use by all threads.
 */
public interface HttpEntry extends HttpService {

    HttpConfig config();

    ConnectionStats connections();

    /**
     * Answers a request: forwarding headers, path rules, filters, routing. The response is ready to be written;
     * closing it ends the exchange's stats and writes its access log line.
     *
     * @param request as it was received; headers that are a {@code HttpFields.Mutable} are given away with it, so that
     *     they need not be copied once more
     */
    @Override
    Response handle(Request request, Exchange exchange);

    /**
     * The answer to what the protocol code itself refuses, such as a head that is no HTTP; counted, formatted and
     * logged like any other.
     */
    Response rejected(Exchange exchange, LocalReply reply);

    /**
     * Ends an exchange whose client has given it up, or has sent what is no HTTP, before anything was done: nothing is
     * answered; it is counted and logged like any other. Never blocks.
     */
    void unanswered(Exchange exchange, boolean malformed);

    /**
     * Makes {@code reply} of an answer that cannot go out as it is, and of which nothing has gone out: its body broke, or
     * its head cannot be written. It is still the exchange's one answer, to be written and closed.
     */
    void replace(Response answer, Exchange exchange, LocalReply reply);
}
