package dev.attache.listeners;

import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HopByHop;
import dev.attache.core.http.Response;
import java.io.IOException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries one request from Jetty to its listener's entry and the answer back: the only class, with its {@link
 * DownstreamBody} and {@link ResponseWriter}, that speaks Jetty's callback protocol. Blocks; called on a virtual thread.
 */
final class ExchangeHandler extends Handler.Abstract {

    private static final Logger LOG = LoggerFactory.getLogger(ExchangeHandler.class);

    @Override
    public boolean handle(Request request, org.eclipse.jetty.server.Response written, Callback callback) {
        DownstreamEndPoint connection = DownstreamEndPoint.of(request);
        HttpListener listener = connection.listener();
        Exchange exchange = Exchange.begin(connection.downstream(protocol(request)));
        if (!connection.requestBegan(exchange)) {
            callback.failed(new Request.Handler.AbortException("the request head came too late"));
            return true;
        }
        listener.inFlight().begun();
        boolean reusable = false;
        try {
            reusable = serve(request, written, connection, exchange);
        } catch (Throwable bug) {
            LOG.error(
                    "exchange {} on listener {}",
                    exchange.id(),
                    listener.config().name(),
                    bug);
        } finally {
            listener.inFlight().ended();
        }
        connection.requestEnded();
        if (reusable) {
            if (!request.getConnectionMetaData().isPersistent()) {
                connection.closeAfterPeer();
            }
            callback.succeeded();
        } else {
            connection.close();
            callback.failed(new Request.Handler.AbortException());
        }
        return true;
    }

    private static String protocol(Request request) {
        return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_0 ? "HTTP/1.0" : "HTTP/1.1";
    }

    /** Answers; returns whether the connection is in a state that Jetty can go on with. */
    private static boolean serve(
            Request request,
            org.eclipse.jetty.server.Response written,
            DownstreamEndPoint connection,
            Exchange exchange) {
        Serving serving = connection.listener().serving();
        boolean close = connection.isLastRequest(serving);
        RequestRules.Verdict verdict = serving.rules().check(request);
        Body body = verdict instanceof RequestRules.Accepted
                ? DownstreamBody.of(request, exchange, serving.responseHead().trailers())
                : null;
        if (body == null) {
            close = true;
            body = DownstreamBody.unread(request, exchange);
            verdict = verdict instanceof RequestRules.Refused ? verdict : RequestRules.BAD_REQUEST;
        }
        DownstreamBody streaming = body instanceof DownstreamBody unread ? unread : null;
        if (streaming != null) {
            streaming.mustArrive(serving);
        }
        Response answer = switch (verdict) {
            case RequestRules.Refused refused -> serving.entry().rejected(exchange, refused.reply());
            case RequestRules.Accepted accepted -> {
                exchange.interimSink((status, headers) -> interim(request, written, status, headers));
                yield serving.entry().handle(coreRequest(request, accepted, body), exchange);
            }
        };
        if (streaming != null) {
            streaming.arrived();
        }
        WriteGate gate = new WriteGate(written, connection, serving, exchange);
        ResponseWriter writer = new ResponseWriter(request, written, gate, serving.responseHead(), exchange);
        boolean complete = false;
        try {
            if (streaming != null && !(answer.body() instanceof Body.Streaming) && !streaming.ended()) {
                // The answer is certain and needs no more of the request.
                streaming.close();
                close |= !streaming.skipRest();
            }
            writer.write(answer, close);
            complete = true;
        } catch (ResponseWriter.TruncatedException cut) {
            LOG.debug("exchange {}: {}", exchange.id(), cut.getMessage(), cut);
        } catch (IOException gone) {
            exchange.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
            LOG.debug("exchange {}: client is gone", exchange.id(), gone);
        } finally {
            answer.close();
        }
        boolean read = finish(streaming);
        if (!complete) {
            if (writer.endsWithConnection()) {
                connection.closeWithReset();
            }
            return false;
        }
        if (!read && streaming != null && serving.delaysClose()) {
            connection.linger(streaming::discard);
        }
        return read;
    }

    private static dev.attache.core.http.Request coreRequest(
            Request request, RequestRules.Accepted accepted, Body body) {
        return new dev.attache.core.http.Request(
                request.getMethod(), "http", accepted.authority(), accepted.target(), accepted.headers(), body);
    }

    /** Gives back what is left of the request's body; returns whether it had come to its end. */
    private static boolean finish(@Nullable DownstreamBody body) {
        if (body == null) {
            return true;
        }
        body.finish();
        return body.ended();
    }

    private static void interim(
            Request request, org.eclipse.jetty.server.Response written, int status, HttpFields headers) {
        if (request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_1
                && status != 100
                && status != 101) {
            // A failure shows when the final response is written.
            var _ = written.writeInterim(status, HopByHop.response(headers, false));
        }
    }
}
