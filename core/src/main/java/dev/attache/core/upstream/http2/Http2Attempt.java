package dev.attache.core.upstream.http2;

import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import dev.attache.core.http.Headers;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http.WebSocketKey;
import dev.attache.core.http2.ErrorCode;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.JettyFields;
import dev.attache.core.http2.MessageHead;
import dev.attache.core.http2.StreamResetException;
import dev.attache.core.http2.UnencodableException;
import dev.attache.core.policy.Failure;
import dev.attache.core.upstream.AttemptFailure;
import dev.attache.core.upstream.AttemptFailure.Remedy;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/**
 * One request on one stream, until the head of its final response is there; from then on the {@link Http2ResponseBody}
 * has the stream.
 */
final class Http2Attempt {

    private static final String KEY = "sec-websocket-key";
    private static final int MOST_INTERIM_RESPONSES = 16;

    /** A body of at most this size is sent with the head. */
    private static final int MOST_AT_ONCE = 16 * 1024;

    private final Http2Pool pool;
    private final Http2Connection connection;
    private final Request request;
    private final Exchange exchange;
    private final Cancellation cancellation;
    private final ResponseRules rules;
    private final Http2Stream stream;
    private final StreamWaker waker;
    private @Nullable Http2Pump pump;
    private boolean answering;

    Http2Attempt(
            Http2Pool pool,
            Http2Connection connection,
            ResponseRules rules,
            Request request,
            Exchange exchange,
            Cancellation cancellation) {
        this.pool = pool;
        this.connection = connection;
        this.rules = rules;
        this.request = request;
        this.exchange = exchange;
        this.cancellation = cancellation;
        // A thread of the host application's may be interrupted, and would close what others use.
        boolean ofHost = exchange.connection().equals(Exchange.Downstream.IN_PROCESS);
        this.stream = connection.session().newStream(!ofHost);
        this.waker = new StreamWaker(stream);
    }

    Response run() throws AttemptFailure {
        boolean answered = false;
        try {
            if (isExtendedConnect()) {
                awaitExtendedConnect();
            }
            if (!cancellation.guard(waker)) {
                throw AttemptFailure.givenUp(cancellation);
            }
            Response response;
            try {
                send();
                response = receive();
            } catch (IOException trouble) {
                throw judge(trouble);
            }
            if (!cancellation.unguard()) {
                throw AttemptFailure.givenUp(cancellation);
            }
            answered = true;
            return response;
        } finally {
            if (!answered) {
                cancellation.unguard();
                if (pump != null) {
                    pump.stop();
                }
                stream.reset(ErrorCode.CANCEL);
                pool.release(connection);
            }
        }
    }

    /** Waits for the peer to say whether it takes extended CONNECT. */
    private void awaitExtendedConnect() throws AttemptFailure {
        Thread waiting = Thread.currentThread();
        boolean taken = false;
        if (cancellation.guard(cause -> LockSupport.unpark(waiting))) {
            taken = connection.takesExtendedConnect(() -> cancellation.cause() == null && !waiting.isInterrupted());
        }
        if (!cancellation.unguard() || waiting.isInterrupted()) {
            throw AttemptFailure.givenUp(cancellation);
        }
        if (!taken) {
            throw new AttemptFailure(Failure.PROTOCOL_ERROR, "the peer takes no extended CONNECT");
        }
    }

    private boolean isExtendedConnect() {
        return asksForUpgrade() && !request.upgrade().equals(Request.CONNECT);
    }

    private void send() throws IOException {
        exchange.upstreamLocalAddress(connection.localAddress());
        exchange.mark(Phase.US_TX_BEG);
        Headers head = head();
        if (asksForUpgrade()) {
            stream.anyLength();
            stream.open(head, null, false);
            return; // What is to go through the tunnel waits for the answer.
        }
        if (HttpMethod.HEAD.is(request.method())) {
            stream.withoutContent();
        }
        switch (request.body()) {
            case Body.Empty empty -> stream.open(head, null, true);
            case Body.Buffered buffered
            when buffered.length() <= MOST_AT_ONCE -> {
                boolean trailers = buffered.trailers().size() > 0;
                ByteBuffer content = buffered.length() == 0 ? null : buffered.content();
                stream.open(head, content, !trailers);
                if (trailers) {
                    stream.send(JettyFields.of(buffered.trailers()));
                }
            }
            case Body body -> {
                stream.open(head, null, false);
                pump = new Http2Pump(stream, body, exchange);
                pump.start();
            }
        }
        if (pump == null) {
            exchange.mark(Phase.US_TX_END);
        }
    }

    private Headers head() {
        Headers head = new Headers(request.headers().size() + 5);
        boolean connect = request.upgrade().equals(Request.CONNECT);
        head.add(":method", asksForUpgrade() ? "CONNECT" : request.method());
        if (!connect) {
            head.add(":scheme", request.scheme());
        }
        head.add(":authority", authority());
        if (!connect) {
            head.add(":path", request.target());
        }
        if (isExtendedConnect()) {
            head.add(":protocol", request.upgrade());
        }
        for (HttpField field : request.headers()) {
            if (!isExtendedConnect() || !field.is(KEY)) {
                JettyFields.add(head, field);
            }
        }
        return head;
    }

    private String authority() {
        if (!request.authority().isEmpty()) {
            return request.authority();
        }
        int port = connection.endpoint().port();
        return connection.endpoint().hostname() + (port == 0 ? "" : ":" + port);
    }

    private Response receive() throws IOException, AttemptFailure {
        MessageHead head = nextHead();
        answering = true;
        exchange.mark(Phase.US_RX_BEG);
        for (int interims = 1; head.status() < 200; interims++) {
            if (interims > MOST_INTERIM_RESPONSES || head.status() == 101) {
                throw protocolError("an interim response that nobody asked for");
            }
            if (head.status() != 100) {
                exchange.interim(head.status(), JettyFields.of(head.fields()));
                if (!cancellation.guard(waker)) {
                    throw AttemptFailure.givenUp(cancellation);
                }
            }
            head = nextHead();
        }
        int status = head.status();
        HttpFields.Mutable headers = JettyFields.of(head.fields());
        boolean switched = asksForUpgrade() && status / 100 == 2;
        if (switched) {
            pump = new Http2Pump(stream, request.body(), exchange);
            headers.remove(HttpHeader.CONTENT_LENGTH); // In front of a tunnel it means nothing.
            if (!request.upgrade().equals(Request.CONNECT)) {
                status = 101;
                String key = request.headers().get(KEY);
                if (key != null) {
                    headers.put("sec-websocket-accept", WebSocketKey.accept(key));
                }
            }
        }
        Http2ResponseBody body = new Http2ResponseBody(
                pool, connection, stream, exchange, cancellation, waker, pump, head.contentLength());
        Response response = new Response(status, headers, body);
        response.onClose(body::close); // Also when somebody replaces the body.
        if (switched && pump != null) {
            pump.start();
        }
        return response;
    }

    private MessageHead nextHead() throws IOException, AttemptFailure {
        MessageHead head = stream.nextHead();
        String broken = rules.broken(head);
        if (broken != null) {
            throw protocolError(broken);
        }
        return head;
    }

    private boolean asksForUpgrade() {
        return !request.upgrade().isEmpty();
    }

    private AttemptFailure protocolError(String words) {
        pool.protocolError();
        stream.reset(ErrorCode.PROTOCOL_ERROR);
        return new AttemptFailure(Failure.PROTOCOL_ERROR, words);
    }

    private AttemptFailure judge(IOException trouble) {
        if (cancellation.cause() != null || Thread.currentThread().isInterrupted()) {
            return AttemptFailure.givenUp(cancellation);
        }
        IOException broken = pump == null ? null : pump.bodyFailure();
        if (broken != null) {
            return new AttemptFailure(Failure.DOWNSTREAM_PROTOCOL_ERROR, String.valueOf(broken.getMessage()));
        }
        String words = String.valueOf(trouble.getMessage());
        if (trouble instanceof UnencodableException) {
            return new AttemptFailure(Failure.UNSENDABLE, words);
        }
        if (!(trouble instanceof StreamResetException reset)) {
            return new AttemptFailure(Failure.LOCAL_RESET, words);
        }
        return switch (reset.kind()) {
            case PEER -> new AttemptFailure(Failure.REMOTE_RESET, words);
            case UNPROCESSED -> new AttemptFailure(Failure.REFUSED_STREAM, words, Remedy.ANOTHER_CONNECTION);
            case PROTOCOL -> {
                pool.protocolError();
                yield new AttemptFailure(Failure.PROTOCOL_ERROR, words);
            }
            case CONNECTION ->
                new AttemptFailure(
                        Failure.CONNECTION_TERMINATION, words, answering ? Remedy.NONE : Remedy.FRESH_CONNECTION);
            case LOCAL -> new AttemptFailure(Failure.LOCAL_RESET, words);
        };
    }
}
