package dev.attache.listeners;

import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HopByHop;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.StreamResetException;
import java.io.IOException;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.http.MetaData;
import org.eclipse.jetty.http2.ErrorCode;
import org.eclipse.jetty.http2.frames.HeadersFrame;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request on one stream, on the one virtual thread that is this stream's own: has it answered, writes the answer. */
final class Http2Exchange implements Runnable, Http2Stream.Watcher {

    private static final Logger LOG = LoggerFactory.getLogger(Http2Exchange.class);

    private final Http2Connection connection;
    private final Serving serving;
    private final Http2Stream stream;
    private final Exchange exchange;
    private @Nullable HeadersFrame frame;

    Http2Exchange(Http2Connection connection, Serving serving, Http2Stream stream, Exchange exchange) {
        this.connection = connection;
        this.serving = serving;
        this.stream = stream;
        this.exchange = exchange;
    }

    Http2Stream stream() {
        return stream;
    }

    /** The head of the request is here. */
    void received(HeadersFrame head) {
        frame = head;
        stream.watch(this);
    }

    /** There is no head that could be read. */
    void malformed() {
        frame = null;
    }

    void start() {
        if (stream.isFailed()) {
            connection.connection().stats().rqRxReset.increment();
            connection.ended(exchange); // Given up before it has begun: it costs no thread and no more than a count.
            return;
        }
        Thread.ofVirtual().name("attache-stream").start(this);
    }

    /** The client gives the stream up, or is gone. */
    @Override
    public void failed(StreamResetException failure) {
        exchange.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
    }

    @Override
    public void run() {
        try {
            HeadersFrame head = frame;
            if (head == null) {
                refuse("", "", HttpFields.EMPTY, RequestRules.BAD_REQUEST);
            } else if (exchange.cancellation().cause() == null) {
                serve((MetaData.Request) head.getMetaData(), head.isEndStream());
            }
        } catch (IOException gone) {
            LOG.debug("exchange {}: client is gone", exchange.id(), gone);
        } catch (Throwable bug) {
            LOG.error("exchange {}", exchange.id(), bug);
        } finally {
            if (!stream.sentAll()) {
                stream.reset(ErrorCode.INTERNAL_ERROR);
            } else if (!stream.ended()) {
                stream.reset(ErrorCode.NO_ERROR); // The answer is complete: no more of the request is wanted.
            }
            connection.ended(exchange);
        }
    }

    private void serve(MetaData.Request head, boolean complete) throws IOException {
        RequestRules.Verdict verdict = serving.http2Rules().check(head, complete);
        switch (verdict) {
            case RequestRules.Refused refused -> {
                String host = head.getHttpURI().getAuthority();
                refuse(head.getMethod(), host == null ? "" : host, head.getHttpFields(), refused);
            }
            case RequestRules.Accepted accepted -> {
                exchange.interimSink(this::interim);
                String upgrade = Http2Rules.upgrade(head);
                if (upgrade.isEmpty()) {
                    answer(head, accepted, complete);
                } else {
                    goOver(head, accepted, upgrade);
                }
            }
        }
    }

    private void answer(MetaData.Request head, RequestRules.Accepted accepted, boolean complete) throws IOException {
        Http2RequestBody streaming =
                complete ? null : new Http2RequestBody(stream, exchange, head, serving.http2Underscores());
        Body body = streaming == null ? Body.EMPTY : streaming.whole();
        if (streaming == null) {
            exchange.mark(Exchange.Phase.DS_RX_END, exchange.nanos(Exchange.Phase.DS_RX_BEG));
        } else if (body == streaming) {
            exchange.cancellation().listen(streaming::cancelled);
            streaming.mustArrive(serving);
        }
        Response answer = serving.entry().handle(request(head, accepted, body), exchange);
        if (streaming != null) {
            streaming.arrived();
        }
        write(answer, head.getMethod());
        if (streaming != null) {
            streaming.close();
        }
    }

    /** Answers an (extended) CONNECT; what comes on the stream is no content, but the other protocol's. */
    private void goOver(MetaData.Request head, RequestRules.Accepted accepted, String upgrade) throws IOException {
        exchange.mark(Exchange.Phase.DS_RX_END, exchange.nanos(Exchange.Phase.DS_RX_BEG));
        Http2RequestBody tunnel = new Http2RequestBody(stream, exchange, head, serving.http2Underscores());
        exchange.cancellation().listen(tunnel::cancelled);
        Request request = request(head, accepted, tunnel).withUpgrade(upgrade);
        Response answer = serving.entry().handle(request, exchange);
        if (request.switchedBy(answer)) {
            if (answer.status() == HttpStatus.SWITCHING_PROTOCOLS_101) {
                answer.status(HttpStatus.OK_200); // RFC 8441, 5: there is no 101.
            }
            write(answer, head.getMethod(), tunnel::awaitEnd);
        } else {
            write(answer, head.getMethod());
        }
        tunnel.close();
    }

    private Request request(MetaData.Request head, RequestRules.Accepted accepted, Body body) {
        return new Request(
                Http2Rules.method(head),
                connection.connection().scheme(),
                accepted.authority(),
                accepted.target(),
                accepted.headers(),
                body);
    }

    private void refuse(String method, String authority, HttpFields headers, RequestRules.Refused refused)
            throws IOException {
        String scheme = connection.connection().scheme();
        exchange.received(new Request(method, scheme, authority, "", headers, Body.EMPTY));
        write(serving.entry().rejected(exchange, refused.reply()), method);
    }

    private void write(Response answer, String method) throws IOException {
        write(answer, method, () -> {});
    }

    /** Writes an answer, and does what is still to be done before it is closed. */
    private void write(Response answer, String method, Runnable then) throws IOException {
        try (answer) {
            if (exchange.cancellation().cause() != Cancellation.Cause.DOWNSTREAM_GONE) {
                new Http2Writer(stream, exchange, method.equals("HEAD")).write(answer);
                then.run();
            }
        } catch (TruncatedBodyException cut) {
            LOG.debug("exchange {}: {}", exchange.id(), cut.getMessage(), cut);
        } catch (Http2Stream.StalledException stalled) {
            stream.reset(ErrorCode.CANCEL_STREAM_ERROR);
            exchange.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
            LOG.debug("exchange {}: {}", exchange.id(), stalled.getMessage());
        } catch (IOException gone) {
            exchange.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
            LOG.debug("exchange {}: client is gone", exchange.id(), gone);
        }
    }

    private void interim(int status, HttpFields headers) {
        if (status == 100 || status == 101) {
            return;
        }
        try {
            stream.send(
                    new MetaData.Response(
                            status,
                            null,
                            HttpVersion.HTTP_2,
                            HopByHop.response(headers, true).asImmutable()),
                    false);
        } catch (IOException gone) {
            LOG.debug("client gone before an interim response", gone); // It shows when the final one is written.
        }
    }
}
