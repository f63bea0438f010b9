package dev.attache.listeners;

import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.LocalReply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpHeaderValue;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers what Jetty's parser refuses, in the listener's own words instead of Jetty's, and closes the connection: after
 * bytes that are no HTTP there is no telling where the next request begins.
 */
final class RejectionHandler implements Request.Handler {

    private static final Logger LOG = LoggerFactory.getLogger(RejectionHandler.class);
    private static final int DISCARDED_AT_ONCE = 16 * 1024;

    @Override
    public boolean handle(Request request, Response written, Callback callback) {
        // Jetty calls on whatever thread it is on; a slow client must not hold that one.
        Thread.ofVirtual().name("attache-reject").start(() -> reject(request, written, callback));
        return true;
    }

    private static void reject(Request request, Response written, Callback callback) {
        DownstreamEndPoint connection = DownstreamEndPoint.of(request);
        Serving serving = connection.listener().serving();
        Exchange exchange = Exchange.begin(connection.downstream("HTTP/1.1"));
        if (!connection.requestBegan(exchange)) {
            end(connection, callback);
            return;
        }
        serving.entry().connections().protocolError.increment();
        if (HttpMethod.PRI.is(request.getMethod())) {
            LOG.info(
                    "listener {}: closed a connection of {}: it speaks HTTP/2, which is not served here",
                    connection.listener().config().name(),
                    connection.getRemoteSocketAddress());
            connection.close();
            end(connection, callback);
            return;
        }
        try (var response = serving.entry().rejected(exchange, reply(written.getStatus()))) {
            written.setStatus(response.status());
            serving.responseHead().copy(response.headers(), written.getHeaders());
            written.getHeaders().put(HttpHeader.CONNECTION, HttpHeaderValue.CLOSE);
            ByteBuffer content = response.body() instanceof Body.Buffered buffered ? buffered.content() : null;
            new WriteGate(written, connection, serving, exchange).write(true, content);
            exchange.sent(response.body().length());
        } catch (IOException gone) {
            LOG.debug("client left before it was told of its mistake", gone);
        }
        if (serving.delaysClose()) {
            connection.linger(() -> discard(connection));
        }
        end(connection, callback);
    }

    private static void end(DownstreamEndPoint connection, Callback callback) {
        connection.requestEnded();
        try {
            callback.succeeded();
        } catch (IllegalStateException over) {
            LOG.trace("the connection was closed meanwhile", over);
        }
        connection.close();
    }

    private static LocalReply reply(int status) {
        String details = switch (status) {
            case 414, 431 -> "http1.headers_too_large";
            case 417 -> "http1.expectation_failed";
            case 505 -> "http1.unsupported_version";
            default -> "http1.codec_error";
        };
        // Whatever went wrong before there was a request is the client's fault.
        int answered = status == HttpStatus.INTERNAL_SERVER_ERROR_500 ? HttpStatus.BAD_REQUEST_400 : status;
        return new LocalReply(answered, HttpStatus.getMessage(answered), details);
    }

    /** Reads and forgets until the client ends or the connection is closed. */
    private static void discard(DownstreamEndPoint connection) {
        ByteBuffer sink = BufferUtil.allocate(DISCARDED_AT_ONCE);
        Thread reader = Thread.currentThread();
        try {
            int filled = 0;
            while (filled >= 0 && connection.isOpen()) {
                BufferUtil.clear(sink);
                filled = connection.fill(sink);
                if (filled == 0) {
                    Fillable fillable = new Fillable(reader);
                    if (!connection.tryFillInterested(fillable)) {
                        return; // Jetty reads by itself.
                    }
                    fillable.await();
                }
            }
        } catch (IOException closed) {
            LOG.trace("closed while discarding", closed);
        }
    }

    private static final class Fillable implements Callback {
        private final Thread reader;
        private volatile boolean ready;

        Fillable(Thread reader) {
            this.reader = reader;
        }

        void await() {
            while (!ready) {
                LockSupport.park(this);
            }
        }

        @Override
        public void succeeded() {
            ready = true;
            LockSupport.unpark(reader);
        }

        @Override
        public void failed(Throwable closed) {
            succeeded();
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }
    }
}
