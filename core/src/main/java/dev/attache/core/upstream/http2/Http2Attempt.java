package dev.attache.core.upstream.http2;

import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Exchange.Phase;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http.WebSocketKey;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.StreamResetException;
import dev.attache.core.policy.Failure;
import dev.attache.core.upstream.AttemptFailure;
import dev.attache.core.upstream.AttemptFailure.Remedy;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.eclipse.jetty.http.HostPortHttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpMethod;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
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
    private final Http2Stream stream = new Http2Stream(0);
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
    }

    Response run() throws AttemptFailure {
        boolean answered = false;
        try {
            if (!cancellation.guard(cause -> stream.reset(ErrorCode.CANCEL_STREAM_ERROR))) {
                throw AttemptFailure.givenUp(cancellation);
            }
            if (asksForUpgrade() && !request.upgrade().equals(Request.CONNECT) && !connection.takesExtendedConnect()) {
                throw new AttemptFailure(Failure.PROTOCOL_ERROR, "the peer takes no extended CONNECT");
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
                stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
                pool.release(connection);
            }
        }
    }

    private void send() throws IOException {
        exchange.upstreamLocalAddress(connection.session().getLocalSocketAddress());
        exchange.mark(Phase.US_TX_BEG);
        MetaData.Request head = head();
        if (asksForUpgrade()) {
            stream.open(connection.session(), head, null, false);
            return; // What is to go through the tunnel waits for the answer.
        }
        switch (request.body()) {
            case Body.Empty empty -> stream.open(connection.session(), head, null, true);
            case Body.Buffered buffered
            when buffered.length() <= MOST_AT_ONCE -> {
                boolean trailers = buffered.trailers().size() > 0;
                ByteBuffer content = buffered.length() == 0 ? null : buffered.content();
                stream.open(connection.session(), head, content, !trailers);
                if (trailers) {
                    stream.send(buffered.trailers());
                }
            }
            case Body body -> {
                stream.open(connection.session(), head, null, false);
                pump = new Http2Pump(stream, body, exchange);
                pump.start();
            }
        }
        if (pump == null) {
            exchange.mark(Phase.US_TX_END);
        }
    }

    private MetaData.Request head() {
        String authority = request.authority().isEmpty()
                ? connection.endpoint().hostname()
                        + (connection.endpoint().port() == 0
                                ? ""
                                : ":" + connection.endpoint().port())
                : request.authority();
        HostPortHttpField host = new HostPortHttpField(authority);
        if (request.upgrade().equals(Request.CONNECT)) {
            return new MetaData.ConnectRequest((String) null, host, null, request.headers(), null);
        }
        if (asksForUpgrade()) {
            HttpFields fields = HttpFields.build(request.headers()).remove(KEY);
            return new MetaData.ConnectRequest(request.scheme(), host, request.target(), fields, request.upgrade());
        }
        return new MetaData.Request(
                request.method(), request.scheme(), host, request.target(), HttpVersion.HTTP_2, request.headers(), -1);
    }

    private Response receive() throws IOException, AttemptFailure {
        MetaData.Response head = nextHead();
        answering = true;
        exchange.mark(Phase.US_RX_BEG);
        for (int interims = 1; head.getStatus() < 200; interims++) {
            if (interims > MOST_INTERIM_RESPONSES || head.getStatus() == 101) {
                throw protocolError("an interim response that nobody asked for");
            }
            if (head.getStatus() != 100) {
                exchange.interim(head.getStatus(), head.getHttpFields());
                if (!cancellation.guard(cause -> stream.reset(ErrorCode.CANCEL_STREAM_ERROR))) {
                    throw AttemptFailure.givenUp(cancellation);
                }
            }
            head = nextHead();
        }
        HttpFields fields = head.getHttpFields();
        int status = head.getStatus();
        if (stream.ended() && mayHaveContent(status) && fields.getLongField(HttpHeader.CONTENT_LENGTH) > 0) {
            throw protocolError("content that was announced is not there");
        }
        HttpFields.Mutable headers = HttpFields.build(fields);
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
        Http2ResponseBody body = new Http2ResponseBody(pool, connection, stream, exchange, cancellation, pump, headers);
        Response response = new Response(status, headers, body);
        response.onClose(body::close); // Also when somebody replaces the body.
        if (switched && pump != null) {
            pump.start();
        }
        return response;
    }

    private MetaData.Response nextHead() throws IOException, AttemptFailure {
        MetaData.Response head = stream.nextHead();
        String broken = rules.broken(head);
        if (broken != null) {
            throw protocolError(broken);
        }
        return head;
    }

    private boolean mayHaveContent(int status) {
        return !HttpMethod.HEAD.is(request.method()) && status != 204 && status != 304;
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
