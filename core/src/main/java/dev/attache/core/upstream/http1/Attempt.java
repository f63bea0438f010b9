package dev.attache.core.upstream.http1;

import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http1.IllegalHeadException;
import dev.attache.core.policy.Failure;
import dev.attache.core.upstream.AttemptFailure;
import dev.attache.core.upstream.AttemptFailure.Remedy;
import dev.attache.core.upstream.http1.ConnectionPool.End;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * One request on one connection, until the head of its final response is there; from then on the {@link ResponseBody}
 * has the connection.
 */
final class Attempt {

    /** A body of at most this size is written before the response is waited for: sockets hold that much. */
    static final int MOST_WRITTEN_AT_ONCE = 64 * 1024;

    private static final int MOST_INTERIM_RESPONSES = 16;

    /** A connection that was used more lately than this is taken for alive. */
    private static final long TRUSTED_NANOS = 10_000_000;

    private final AttemptSettings settings;
    private final ConnectionPool pool;
    private final Connection connection;
    private final Request request;
    private final Exchange exchange;
    private final Cancellation cancellation;
    private @Nullable RequestPump pump;
    private boolean bodyAppended;
    private boolean used;
    private boolean requestComplete;
    private boolean answering;
    private boolean switched;
    private End end = End.LOCAL;

    Attempt(
            AttemptSettings settings,
            ConnectionPool pool,
            Connection connection,
            Request request,
            Exchange exchange,
            Cancellation cancellation) {
        this.settings = settings;
        this.pool = pool;
        this.connection = connection;
        this.request = request;
        this.exchange = exchange;
        this.cancellation = cancellation;
    }

    Response run() throws AttemptFailure {
        boolean answered = false;
        try {
            if (!cancellation.guard(connection)) {
                throw AttemptFailure.givenUp(cancellation);
            }
            ByteBuffer head = prepareHead();
            if (isStale()) {
                used = true;
                end = End.REMOTE;
                throw new AttemptFailure(Failure.CONNECTION_TERMINATION, "", Remedy.ANOTHER_CONNECTION);
            }
            Response response;
            try {
                used = true;
                send(head);
                response = receive();
            } catch (IOException trouble) {
                throw judge(trouble);
            }
            if (!cancellation.unguard()) {
                throw AttemptFailure.givenUp(cancellation);
            }
            answered = true;
            if (switched && pump != null) {
                pump.start(); // Not before: what was sent ahead of the switch would be a request to the upstream.
            }
            return response;
        } finally {
            if (!answered) {
                giveUp();
            }
        }
    }

    private void giveUp() {
        cancellation.unguard();
        if (pump != null) {
            pump.stop();
        }
        if (used) {
            pool.discard(connection, end, true);
        } else {
            pool.release(connection);
        }
    }

    /** Whether the peer has closed the connection meanwhile. Asked right before it is used, to leave it little time. */
    private boolean isStale() {
        return connection.wasPooled()
                && (connection.idleNanos(System.nanoTime()) > TRUSTED_NANOS || !request.isIdempotent())
                && connection.isDead();
    }

    private ByteBuffer prepareHead() throws AttemptFailure {
        RequestHead head =
                new RequestHead(settings.headerCase(), connection.reader().scratch());
        try {
            head.write(request, connection.authority(), settings.trailers());
        } catch (IllegalHeadException illegal) {
            throw new AttemptFailure(Failure.UNSENDABLE, String.valueOf(illegal.getMessage()));
        }
        bodyAppended = !asksForUpgrade()
                && request.body() instanceof Body.Buffered buffered
                && buffered.announcedLength() >= 0
                && head.append(buffered.content());
        return head.written();
    }

    private boolean asksForUpgrade() {
        return !request.upgrade().isEmpty();
    }

    private void send(ByteBuffer head) {
        exchange.upstreamLocalAddress(connection.socket().localAddress());
        exchange.mark(Phase.US_TX_BEG);
        long size = head.remaining();
        try {
            switch (asksForUpgrade() ? Body.EMPTY : request.body()) {
                case Body.Empty empty -> connection.socket().write(head);
                case Body.Buffered buffered
                when bodyAppended -> connection.socket().write(head);
                case Body.Buffered buffered
                when buffered.announcedLength() >= 0 && buffered.length() <= MOST_WRITTEN_AT_ONCE -> {
                    size += buffered.length();
                    connection.socket().write(new ByteBuffer[] {head, buffered.content()});
                }
                case Body.Buffered buffered -> pump(head, buffered);
                case Body.Streaming streaming -> pump(head, streaming);
            }
        } catch (IOException refused) {
            return; // It may have answered before it closed; if not, the reader finds out.
        }
        settings.stats().upstreamCxTxBytesTotal.add(size);
        if (pump == null) {
            // A server that refuses to switch may yet have read ahead for it: its connection is not used again.
            requestComplete = !asksForUpgrade();
            exchange.mark(Phase.US_TX_END);
        }
    }

    private void pump(ByteBuffer head, Body body) throws IOException {
        connection.socket().write(head);
        SlowUploads.Upload upload = settings.slowUploads().begin(request, exchange);
        pump = new RequestPump(settings, connection, body, exchange, false, upload);
        pump.start();
    }

    private Response receive() throws IOException {
        ResponseReader reader = connection.reader();
        reader.awaitFirst();
        answering = true;
        exchange.mark(Phase.US_RX_BEG);
        boolean toHead = request.method().equals("HEAD");
        ResponseHead head = reader.readHead(toHead);
        for (int interims = 1; !switches(head) && head.status() < 200; interims++) {
            if (interims > MOST_INTERIM_RESPONSES) {
                throw new ProtocolViolation("more than " + MOST_INTERIM_RESPONSES + " interim responses");
            }
            interim(head);
            head = reader.readHead(toHead);
        }
        ResponseBody body = new ResponseBody(pool, connection, exchange, cancellation, pump, requestComplete);
        reader.checkArrived();
        Response response = new Response(head.status(), head.fields(), body);
        response.onClose(body); // Also when somebody replaces the body.
        return response;
    }

    /** Whether {@code head} is the switch that was asked for; from then on the connection is a tunnel. */
    private boolean switches(ResponseHead head) {
        switched = asksForUpgrade() && head.switchesTo(request.upgrade());
        if (switched) {
            head.fields().remove(HttpHeader.CONTENT_LENGTH); // RFC 9110, 9.3.6: in front of a tunnel it means nothing.
            if (RequestHead.lacksWebSocketKey(request)) {
                head.fields().remove(HttpHeader.SEC_WEBSOCKET_ACCEPT);
            }
            connection.becomeTunnel();
            connection.reader().switchOver();
            pump = new RequestPump(settings, connection, request.body(), exchange, true, null);
        }
        return switched;
    }

    private void interim(ResponseHead head) throws IOException {
        switch (head.status()) {
            case 100 -> {} // The client has had one of ours, or did not ask.
            case 101 -> throw new ProtocolViolation("101 for an upgrade that was not asked for");
            default -> {
                exchange.interim(head.status(), head.fields());
                if (!cancellation.guard(connection)) { // Writing downstream may have had a waker of its own.
                    throw new AsynchronousCloseException();
                }
            }
        }
    }

    private AttemptFailure judge(IOException trouble) {
        if (cancellation.cause() != null || Thread.currentThread().isInterrupted()) {
            return AttemptFailure.givenUp(cancellation);
        }
        IOException broken = pump == null ? null : pump.bodyFailure();
        if (broken != null) {
            return new AttemptFailure(Failure.DOWNSTREAM_PROTOCOL_ERROR, words(broken));
        }
        if (trouble instanceof ProtocolViolation) {
            settings.stats().upstreamCxProtocolError.increment();
            return new AttemptFailure(Failure.PROTOCOL_ERROR, words(trouble));
        }
        end = End.REMOTE;
        boolean another = !answering && connection.wasPooled();
        return new AttemptFailure(
                Failure.CONNECTION_TERMINATION, words(trouble), another ? Remedy.FRESH_CONNECTION : Remedy.NONE);
    }

    private static String words(IOException trouble) {
        String message = trouble.getMessage();
        return message == null ? "" : message;
    }
}
