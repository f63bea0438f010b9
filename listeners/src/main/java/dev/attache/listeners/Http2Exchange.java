package dev.attache.listeners;

import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Headers;
import dev.attache.core.http.HopByHop;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http.ResponseFlag;
import dev.attache.core.http2.ErrorCode;
import dev.attache.core.http2.Http2Stream;
import dev.attache.core.http2.JettyFields;
import dev.attache.core.http2.MessageHead;
import dev.attache.core.http2.StreamResetException;
import dev.attache.core.vital.OutOfMemory;
import java.io.IOException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One request on one stream, on the one virtual thread that is this stream's own: has it answered, writes the answer. */
final class Http2Exchange implements Runnable, Http2Stream.Watcher {

    private static final Logger LOG = LoggerFactory.getLogger(Http2Exchange.class);

    private final Http2Connection connection;
    private final Serving serving;
    private final Http2Stream stream;
    private final MessageHead head;
    private final boolean complete;
    private final Exchange exchange;

    /** {@code complete}: nothing follows the head. */
    Http2Exchange(
            Http2Connection connection,
            Serving serving,
            Http2Stream stream,
            MessageHead head,
            boolean complete,
            Exchange exchange) {
        this.connection = connection;
        this.serving = serving;
        this.stream = stream;
        this.head = head;
        this.complete = complete;
        this.exchange = exchange;
    }

    Http2Stream stream() {
        return stream;
    }

    /** From now on a client that gives the stream up is noticed. */
    void watch() {
        stream.watch(this);
    }

    void start() {
        Thread.ofVirtual().name("attache-stream").start(this);
    }

    /** The client gives the stream up, or is gone. */
    @Override
    public void failed(StreamResetException failure) {
        if (failure.kind() == StreamResetException.Kind.PROTOCOL) {
            exchange.flag(ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR);
        }
        exchange.cancellation().cancel(Cancellation.Cause.DOWNSTREAM_GONE);
        if (connection.withdraw(this)) {
            unanswered();
        }
    }

    /** The stream was given up, or was no HTTP, before anything was done for it. Never blocks. */
    void unanswered() {
        String wrong = head.malformed();
        if (wrong == null) {
            connection.connection().stats().rqRxReset.increment();
        } else {
            LOG.debug("exchange {}: a request that is no HTTP: {}", exchange.id(), wrong);
        }
        exchange.received(new Request(
                head.method(),
                connection.connection().scheme(),
                head.authority() == null ? "" : head.authority(),
                head.path(),
                JettyFields.of(head.fields()),
                Body.EMPTY));
        serving.entry().unanswered(exchange, wrong != null);
        stream.finish();
        connection.ended(exchange);
    }

    @Override
    public void run() {
        try {
            serve();
        } catch (IOException gone) {
            LOG.debug("exchange {}: client is gone", exchange.id(), gone);
        } catch (Throwable bug) {
            OutOfMemory.look(bug);
            LOG.error("exchange {}", exchange.id(), bug);
        } finally {
            stream.finish();
            connection.finished(exchange);
        }
    }

    private void serve() throws IOException {
        RequestRules.Verdict verdict = serving.http2Rules().check(head);
        switch (verdict) {
            case RequestRules.Refused refused -> {
                String host = head.authority();
                refuse(head.method(), host == null ? "" : host, JettyFields.of(head.fields()), refused);
            }
            case RequestRules.Accepted accepted -> {
                exchange.interimSink(this::interim);
                String upgrade = Http2Rules.upgrade(head);
                if (upgrade.isEmpty()) {
                    answer(accepted);
                } else {
                    goOver(accepted, upgrade);
                }
            }
        }
    }

    private void answer(RequestRules.Accepted accepted) throws IOException {
        Http2RequestBody streaming =
                complete ? null : new Http2RequestBody(stream, exchange, head, serving.http2Underscores());
        Body body = streaming == null ? Body.EMPTY : streaming.whole();
        if (streaming == null) {
            exchange.mark(Exchange.Phase.DS_RX_END, exchange.nanos(Exchange.Phase.DS_RX_BEG));
        } else if (body == streaming) {
            exchange.cancellation().listen(streaming::cancelled);
            streaming.mustArrive(serving);
        }
        try (Response answer = serving.entry().handle(request(accepted, body), exchange)) {
            if (streaming != null) {
                streaming.arrived();
            }
            write(answer, head.method());
        } finally {
            if (streaming != null) {
                streaming.close();
            }
        }
    }

    /** Answers an (extended) CONNECT; what comes on the stream is no content, but the other protocol's. */
    private void goOver(RequestRules.Accepted accepted, String upgrade) throws IOException {
        exchange.mark(Exchange.Phase.DS_RX_END, exchange.nanos(Exchange.Phase.DS_RX_BEG));
        Http2RequestBody tunnel = new Http2RequestBody(stream, exchange, head, serving.http2Underscores());
        exchange.cancellation().listen(tunnel::cancelled);
        Request request = request(accepted, tunnel).withUpgrade(upgrade);
        Response answer = serving.entry().handle(request, exchange);
        if (request.switchedBy(answer)) {
            if (answer.status() == HttpStatus.SWITCHING_PROTOCOLS_101) {
                answer.status(HttpStatus.OK_200); // RFC 8441, 5: there is no 101.
            }
            write(answer, head.method(), tunnel::awaitEnd);
        } else {
            write(answer, head.method());
        }
        tunnel.close();
    }

    private Request request(RequestRules.Accepted accepted, Body body) {
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
                new Http2Writer(stream, serving.entry(), exchange, method.equals("HEAD")).write(answer);
                then.run();
            }
        } catch (TruncatedBodyException cut) {
            LOG.debug("exchange {}: {}", exchange.id(), cut.getMessage(), cut);
        } catch (Http2Stream.StalledException stalled) {
            stream.reset(ErrorCode.CANCEL);
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
            HttpFields passed = HopByHop.response(headers, true);
            Headers interim = new Headers(passed.size() + 1).add(":status", String.valueOf(status));
            for (HttpField field : passed) {
                JettyFields.add(interim, field);
            }
            stream.send(interim, false);
        } catch (IOException gone) {
            LOG.debug("an interim response was not sent", gone); // It shows when the final one is written.
        }
    }
}
