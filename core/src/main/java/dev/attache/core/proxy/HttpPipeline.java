package dev.attache.core.proxy;

import dev.attache.core.accesslog.AccessLog;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.deadline.DeadlineQueue;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http.ResponseFlag;
import dev.attache.core.localreply.LocalReplies;
import dev.attache.core.route.StreamLimit;
import org.eclipse.jetty.http.HttpFields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The stages of one HTTP listener, in the order in which they run: count, forwarding headers, path rules, filters and
 * router, local reply, response headers; and when the response is closed: stats and access log.
 */
final class HttpPipeline implements HttpEntry {

    private static final Logger LOG = LoggerFactory.getLogger(HttpPipeline.class);

    private final HttpConfig config;
    private final DeadlineQueue maxDuration;
    private final ForwardingHeaders forwarding;
    private final PathRules paths;
    private final HttpService filtersAndRouter;
    private final Containment contained;
    private final LocalReplies localReplies;
    private final ResponseHeaders responseHeaders;
    private final RequestStats stats;
    private final ConnectionStats connections;
    private final AccessLog accessLog;

    HttpPipeline(
            HttpConfig config,
            Deadlines deadlines,
            PathRules paths,
            HttpService filtersAndRouter,
            LocalReplies localReplies,
            RequestStats stats,
            ConnectionStats connections,
            AccessLog accessLog) {
        this.config = config;
        this.maxDuration = deadlines.queue(config.maxStreamDuration());
        this.forwarding = new ForwardingHeaders(config);
        this.paths = paths;
        this.filtersAndRouter = filtersAndRouter;
        this.contained = new Containment(config.statPrefix(), this::answer);
        this.localReplies = localReplies;
        this.responseHeaders = new ResponseHeaders(config);
        this.stats = stats;
        this.connections = connections;
        this.accessLog = accessLog;
    }

    @Override
    public HttpConfig config() {
        return config;
    }

    @Override
    public ConnectionStats connections() {
        return connections;
    }

    @Override
    public Response handle(Request request, Exchange exchange) {
        stats.begun(exchange);
        try {
            return ready(inTime(contained.handle(request, exchange), exchange), exchange);
        } catch (Throwable lost) {
            ended(exchange);
            throw lost;
        }
    }

    /** Everything in which others have a hand. */
    private Response answer(Request request, Exchange exchange) {
        StreamLimit.start(maxDuration, exchange);
        Request forwarded = request.headers() instanceof HttpFields.Mutable givenAway
                ? forwarding.apply(request, givenAway, exchange)
                : forwarding.apply(request, exchange);
        exchange.received(forwarded);
        return paths.apply(forwarded, exchange, filtersAndRouter);
    }

    /** The answer, or the one to a request that has lasted too long. */
    private static Response inTime(Response response, Exchange exchange) {
        if (!StreamLimit.exceeded(exchange)) {
            return response;
        }
        LocalReply late = StreamLimit.reply(exchange);
        LocalReply own = response.localReply();
        if (own != null && own.details().equals(late.details())) {
            return response; // As the router has said already.
        }
        response.close();
        return Response.local(late);
    }

    @Override
    public Response rejected(Exchange exchange, LocalReply reply) {
        stats.begun(exchange);
        exchange.enter();
        try {
            exchange.flag(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
            return ready(Response.local(reply), exchange);
        } catch (Throwable lost) {
            ended(exchange);
            throw lost;
        }
    }

    @Override
    public void unanswered(Exchange exchange, boolean malformed) {
        stats.begun(exchange);
        exchange.enter();
        if (malformed) {
            exchange.flag(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
            exchange.details("http2.violation.of.messaging.rule"); // Envoy's words.
        } else {
            exchange.details("downstream_remote_disconnect");
        }
        exchange.responded(0, HttpFields.EMPTY);
        ended(exchange);
    }

    private Response ready(Response response, Exchange exchange) {
        Response ready = finished(response, exchange);
        ready.onClose(() -> ended(exchange));
        return ready;
    }

    private Response finished(Response response, Exchange exchange) {
        try {
            finish(response, exchange);
            return response;
        } catch (Throwable bug) {
            response.close();
            LOG.error("exchange {} on {}: its answer cannot be made", exchange.id(), config.statPrefix(), bug);
            exchange.details("internal_error");
            exchange.responded(500, HttpFields.EMPTY);
            return new Response(500, HttpFields.build(), Body.EMPTY);
        }
    }

    private void finish(Response response, Exchange exchange) {
        LocalReply reply = response.localReply();
        if (reply != null) {
            stats.refused(reply);
            localReplies.apply(response, exchange);
        } else if (exchange.details().isEmpty()) {
            exchange.details("via_upstream");
        }
        responseHeaders.apply(response, exchange);
        // To a client that is gone nothing was responded, whatever there is to be written.
        boolean gone = exchange.cancellation().cause() == Cancellation.Cause.DOWNSTREAM_GONE;
        exchange.responded(gone ? 0 : response.status(), response.headers());
        Request asked = exchange.received();
        if (asked != null && asked.switchedBy(response)) {
            connections.upgradesTotal.increment();
            connections.upgradesActive.increment();
            response.onClose(connections.upgradesActive::decrement);
        }
    }

    @Override
    public void replace(Response answer, Exchange exchange, LocalReply reply) {
        Response own = Response.local(reply);
        stats.refused(reply);
        localReplies.apply(own, exchange);
        responseHeaders.apply(own, exchange);
        answer.body().close();
        answer.status(own.status());
        answer.headers(own.headers());
        answer.body(own.body());
        exchange.responded(own.status(), own.headers());
    }

    private void ended(Exchange exchange) {
        contained.ended(exchange);
        StreamLimit.lift(exchange);
        if (!exchange.reached(Exchange.Phase.DS_TX_END)) { // Whoever wrote it knows best.
            exchange.mark(Exchange.Phase.DS_TX_END);
        }
        if (exchange.cancellation().cause() == Cancellation.Cause.DOWNSTREAM_GONE
                && !exchange.flagged(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR)) {
            exchange.flag(ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION);
        }
        if (StreamLimit.exceeded(exchange)) {
            exchange.flag(ResponseFlag.DURATION_TIMEOUT);
            exchange.details(StreamLimit.reply(exchange).details());
        }
        stats.ended(exchange);
        accessLog.log(exchange);
    }
}
