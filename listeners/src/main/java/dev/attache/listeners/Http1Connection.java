package dev.attache.listeners;

import dev.attache.core.config.CodecType;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HopByHop;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http1.HeadBytes;
import dev.attache.core.http1.IllegalHeadException;
import dev.attache.core.vital.OutOfMemory;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/1 on one downstream connection, on the one virtual thread that is this connection's own: reads a request, has the
 * listener's entry answer it, writes the answer, and so on. There is no other thread between the client's socket and the
 * upstream's.
 */
final class Http1Connection implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Http1Connection.class);

    /** Requests after which others have their turn: a thread that never waits is never taken off its processor. */
    private static final int TURN = 16;

    private static final byte[] HTTP2_PREFACE = HeadBytes.ascii("PRI * HTTP/2.0\r\n\r\n");
    /** Turns of which the last is a rest, which costs more. */
    private static final int TURNS_TO_A_REST = 8;

    private static final int HEAD_OF_TUNNEL = 512;

    private static final LocalReply HEAD_TIMEOUT = new LocalReply(408, "request timeout", "request_header_timeout");

    private final DownstreamConnection connection;
    private final HttpListener listener;
    private final RequestReader reader;
    private final ScratchPool scratch;

    Http1Connection(DownstreamConnection connection, ScratchPool scratch) {
        this.connection = connection;
        this.listener = connection.listener();
        this.reader = new RequestReader(
                connection.input(),
                connection.serving().entry().config(),
                connection.serving().underscores());
        this.scratch = scratch;
        // Before its thread is there: whoever drains the listener must not overlook what has arrived on it.
        listener.inFlight().begun();
    }

    @Override
    public void run() {
        try {
            connection.opened();
            boolean more = serveFirst();
            for (int served = 2; more; served++) {
                more = serveNext();
                if (served % TURN == 0) {
                    giveWay(served / TURN);
                }
            }
        } catch (IOException gone) {
            LOG.debug("connection of {}: {}", connection.remote(), gone.toString());
        } catch (Throwable bug) {
            OutOfMemory.look(bug);
            LOG.error(
                    "connection of {} on listener {}",
                    connection.remote(),
                    listener.config().name(),
                    bug);
        } finally {
            connection.ended();
        }
    }

    /**
     * Lets others have their turn. A yield alone does not do it: a carrier goes on with the queue that its last task came
     * from as long as there is something in it, and a thread that yields is put into the same queue each time, where it
     * may be its own successor for ever. A thread whose time to park is over comes back by another queue. With both of
     * them each queue runs empty, however many such threads there are, and then the carrier looks at all of them.
     */
    @SuppressWarnings("ThreadPriorityCheck") // That a yield is no more than a hint is what this is about.
    private void giveWay(int turn) {
        if (turn % TURNS_TO_A_REST == 0) {
            LockSupport.parkNanos(this, 1);
        } else {
            Thread.yield();
        }
    }

    /** Serves the first request, which is in progress from the beginning if any of it is here, and not at all otherwise. */
    private boolean serveFirst() throws IOException {
        boolean begun = false;
        try {
            begun = reader.receiveNow() > 0;
        } finally {
            if (!begun) {
                listener.inFlight().ended();
            }
        }
        try {
            return serveNext();
        } finally {
            if (begun) {
                listener.inFlight().ended();
            }
        }
    }

    /** Serves one request. Returns whether another one may follow. */
    private boolean serveNext() throws IOException {
        RequestHead head;
        try {
            head = nextHead();
            if (head != null && head.isHttp2()) {
                turnToHttp2(head);
                return false;
            }
        } catch (BadRequestException refused) {
            reject(refused);
            return false;
        }
        if (head == null) {
            return false;
        }
        Exchange exchange = Exchange.begin(connection.downstream(head.protocol()));
        if (!connection.requestBegan(exchange)) {
            return false;
        }
        listener.inFlight().begun();
        try {
            return serve(head, exchange);
        } finally {
            listener.inFlight().ended();
        }
    }

    private @Nullable RequestHead nextHead() throws IOException, BadRequestException {
        RequestHead head = null;
        BadRequestException refused = null;
        EOFException cut = null;
        try {
            head = reader.nextHead(connection.timers());
        } catch (BadRequestException bad) {
            refused = bad;
        } catch (EOFException end) {
            cut = end;
        }
        if (!connection.timers().headEnded()) {
            throw new BadRequestException(HEAD_TIMEOUT, "a head that did not come in time");
        }
        if (cut != null) {
            throw cut;
        }
        if (refused != null) {
            throw refused;
        }
        if (head != null && head.hasUnknownExpectation()) {
            throw new BadRequestException(
                    HttpStatus.EXPECTATION_FAILED_417, "http1.expectation_failed", "an unknown expectation");
        }
        return head;
    }

    /** Answers. Returns whether the connection is in a state to go on with. */
    private boolean serve(RequestHead head, Exchange exchange) throws IOException {
        Serving serving = connection.serving();
        boolean close = connection.isLastRequest(serving) || !head.persistent();
        RequestRules.Verdict verdict = serving.rules().check(head);
        if (verdict instanceof RequestRules.Accepted accepted && !head.upgrade().isEmpty()) {
            goOver(head, accepted, serving, exchange);
            return false;
        }
        Body body = verdict instanceof RequestRules.Accepted
                ? DownstreamBody.of(
                        connection, reader, exchange, serving.responseHead().trailers())
                : null;
        if (body == null) {
            close = true;
            body = DownstreamBody.unread(connection, reader, exchange);
            verdict = verdict instanceof RequestRules.Refused ? verdict : RequestRules.BAD_REQUEST;
        }
        DownstreamBody streaming = body instanceof DownstreamBody unread ? unread : null;
        if (streaming != null) {
            streaming.mustArrive(serving);
        }
        if (reader.complete()) {
            connection.input().mayBeWatched();
        }
        Body asked = body;
        try (Response answer = switch (verdict) {
            case RequestRules.Refused(LocalReply reply) -> refused(exchange, head, reply, "by the rules of requests");
            case RequestRules.Accepted accepted -> {
                exchange.interimSink(
                        (status, headers) -> interim(head, streaming, serving.responseHead(), status, headers));
                yield serving.entry().handle(request(head, accepted, asked), exchange);
            }
        }) {
            if (streaming != null) {
                streaming.arrived();
                close |= streaming.answerBegins();
            }
            return write(answer, head, streaming, serving, exchange, close);
        }
    }

    private Request request(RequestHead head, RequestRules.Accepted accepted, Body body) {
        return new Request(
                head.method(), connection.scheme(), accepted.authority(), accepted.target(), accepted.headers(), body);
    }

    /**
     * Answers a request to go over to another protocol. Where the answer is not the switch, the connection ends with it:
     * what the client has sent for the other protocol must never be read as a request.
     */
    private void goOver(RequestHead head, RequestRules.Accepted accepted, Serving serving, Exchange exchange)
            throws IOException {
        exchange.mark(Exchange.Phase.DS_RX_END, exchange.nanos(Exchange.Phase.DS_RX_BEG));
        DownstreamTunnel tunnel = new DownstreamTunnel(connection, reader, exchange);
        connection.input().mayBeWatched();
        exchange.interimSink((status, headers) -> interim(head, null, serving.responseHead(), status, headers));
        Request request = request(head, accepted, tunnel).withUpgrade(head.upgrade());
        try (Response answer = serving.entry().handle(request, exchange)) {
            if (request.switchedBy(answer)) {
                tunnel.open();
                carry(answer, request.upgrade(), tunnel, head, serving, exchange);
            } else {
                tunnel.close();
                write(answer, head, null, serving, exchange, true);
            }
        }
    }

    /** Carries the bytes of the other protocol to the client until both directions have ended; others carry its own. */
    private void carry(
            Response answer,
            String upgrade,
            DownstreamTunnel tunnel,
            RequestHead head,
            Serving serving,
            Exchange exchange) {
        byte[] space = new byte[HEAD_OF_TUNNEL]; // Not of the pool's: a tunnel may last for days.
        boolean complete = false;
        try {
            new ResponseWriter(connection, head, serving.responseHead(), exchange, space).writeTunnel(answer, upgrade);
            complete = endsOutput(exchange) && tunnel.awaitEnd();
        } catch (TruncatedBodyException cut) {
            LOG.debug("exchange {}: {}", exchange.id(), cut.getMessage(), cut);
        } catch (IOException gone) {
            exchange.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
            LOG.debug("exchange {}: client is gone", exchange.id(), gone);
        } finally {
            answer.close();
        }
        if (complete) {
            connection.requestEnded(exchange);
        } else {
            connection.closeWithReset();
        }
    }

    /** Tells the client that no more comes, which over TLS it may have no room for. Returns false where nobody waits. */
    private boolean endsOutput(Exchange exchange) throws IOException {
        if (!exchange.cancellation().guard(connection)) {
            return false;
        }
        try {
            connection.endOutput();
        } finally {
            exchange.cancellation().unguard();
        }
        return true;
    }

    /**
     * The answer to what is no request, or may not go on; here all of them are counted and told.
     *
     * @param head as much of it as could be read
     */
    private Response refused(Exchange exchange, @Nullable RequestHead head, LocalReply reply, String why) {
        LOG.debug("connection of {}: {} {}: {}", connection.remote(), reply.status(), reply.details(), why);
        if (isProtocolError(reply)) {
            connection.stats().protocolError.increment();
        }
        if (head != null) {
            String host = head.host() == null ? "" : head.host();
            exchange.received(
                    new Request(head.method(), connection.scheme(), host, head.uri(), head.fields(), Body.EMPTY));
        }
        return connection.serving().entry().rejected(exchange, reply);
    }

    /** Whether what was sent is not HTTP as this listener speaks it, in contrast to what it merely does not do. */
    private static boolean isProtocolError(LocalReply reply) {
        return switch (reply.status()) {
            case HttpStatus.REQUEST_TIMEOUT_408,
                    HttpStatus.FORBIDDEN_403,
                    HttpStatus.METHOD_NOT_ALLOWED_405,
                    HttpStatus.UPGRADE_REQUIRED_426 -> false;
            default -> !reply.equals(RequestRules.UNDERSCORE.reply());
        };
    }

    private boolean write(
            Response answer,
            RequestHead head,
            @Nullable DownstreamBody streaming,
            Serving serving,
            Exchange exchange,
            boolean last)
            throws IOException {
        byte[] space = scratch.take();
        ResponseWriter writer = new ResponseWriter(connection, head, serving.responseHead(), exchange, space);
        boolean close = last;
        boolean complete = false;
        boolean persistent = false;
        try {
            if (streaming != null && !(answer.body() instanceof Body.Streaming) && !streaming.ended()) {
                // The answer is certain and needs no more of the request.
                streaming.close();
                close |= !streaming.skipRest();
            }
            if (exchange.cancellation().cause() != Cancellation.Cause.DOWNSTREAM_GONE) {
                persistent = writer.write(answer, close);
                complete = true;
            }
        } catch (TruncatedBodyException cut) {
            LOG.debug("exchange {}: {}", exchange.id(), cut.getMessage(), cut);
        } catch (IOException gone) {
            exchange.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
            LOG.debug("exchange {}: client is gone", exchange.id(), gone);
        } catch (RuntimeException | Error bug) {
            // Of a filter's body, most likely; that the answer is cut must show, however its end is told.
            LOG.error("exchange {}: the body of its answer has failed", exchange.id(), bug);
        } finally {
            answer.close();
            scratch.give(space);
        }
        boolean read = true;
        if (streaming != null) {
            streaming.close();
            read = streaming.ended();
        }
        if (!complete) {
            if (writer.endsWithConnection()) {
                connection.closeWithReset();
            }
            return false;
        }
        connection.requestEnded(exchange);
        if (persistent && read) {
            return true;
        }
        connection.linger();
        return false;
    }

    private void interim(
            RequestHead head, @Nullable DownstreamBody streaming, ResponseHead heads, int status, HttpFields headers) {
        if (head.isHttp10() || status == 100 || status == 101) {
            return;
        }
        try {
            var bytes = heads.writeInterim(status, HopByHop.response(headers, false))
                    .written();
            if (streaming == null) {
                connection.write(bytes);
            } else {
                streaming.writeInterim(bytes);
            }
        } catch (IOException gone) {
            LOG.debug("client gone before an interim response", gone); // It shows when the final one is written.
        } catch (IllegalHeadException illegal) {
            LOG.warn("an interim response that may not be sent: {}", illegal.getMessage());
        }
    }

    /** What came is the beginning of the client's preface (RFC 9113, 3.4): HTTP/2 by prior knowledge. */
    private void turnToHttp2(RequestHead head) throws IOException, BadRequestException {
        boolean first = connection.requests() == 0 && head.fieldCount() == 0;
        if (!first || !speaksHttp2()) {
            throw new BadRequestException(
                    HttpStatus.BAD_REQUEST_400, "http1.codec_error", "HTTP/2 where it is not spoken");
        }
        ByteBuffer rest = reader.unparsed();
        ByteBuffer arrived = ByteBuffer.allocate(HTTP2_PREFACE.length + rest.remaining());
        new Http2Connection(connection)
                .serve(arrived.put(HTTP2_PREFACE).put(rest).flip());
    }

    private boolean speaksHttp2() {
        return connection.serving().entry().config().codec() != CodecType.HTTP1;
    }

    /** Answers what is no request in the listener's own words, and ends. */
    private void reject(BadRequestException bad) throws IOException {
        Exchange exchange = Exchange.begin(connection.downstream("HTTP/1.1"));
        if (!connection.requestBegan(exchange)) {
            return;
        }
        if (bad.isForeign() && speaksHttp2()) {
            LOG.debug("connection of {}: an invalid preface: {}", connection.remote(), bad.getMessage());
            connection.stats().protocolError.increment();
            connection.serving().entry().unanswered(exchange, true);
            return;
        }
        byte[] space = scratch.take();
        try (Response answer = refused(exchange, null, bad.reply(), String.valueOf(bad.getMessage()))) {
            new ResponseWriter(
                            connection,
                            new RequestHead(false),
                            connection.serving().responseHead(),
                            exchange,
                            space)
                    .write(answer, true);
        } finally {
            scratch.give(space);
        }
        connection.requestEnded(exchange);
        connection.linger();
    }
}
