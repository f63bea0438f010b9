package dev.attache.core.localreply;

import dev.attache.core.config.LocalReplyConfig;
import dev.attache.core.config.LocalReplyConfig.BodyFormat;
import dev.attache.core.config.LogFormat;
import dev.attache.core.format.AddedHeader;
import dev.attache.core.format.Format;
import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Grpc;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.runtime.RuntimeStatus;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Turns the local replies of a listener into bytes, at its outermost stage and once for each. Immutable and safe for use
 * by all threads.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/local_reply">Envoy local
 *     reply modification</a>
 */
public final class LocalReplies {

    private record CompiledBody(Format format, String contentType, boolean json) {
        static CompiledBody of(BodyFormat body) {
            boolean json = body.format() instanceof LogFormat.Json;
            String usual = json ? "application/json" : "text/plain";
            return new CompiledBody(
                    Format.body(body.format()), body.contentType().isEmpty() ? usual : body.contentType(), json);
        }

        /** Without the line feed that ends a JSON object in a body. */
        byte[] message(byte[] bytes) {
            return json ? Arrays.copyOf(bytes, bytes.length - 1) : bytes;
        }
    }

    private record Mapper(
            RuntimeStatus filter,
            int status,
            @Nullable String body,
            @Nullable CompiledBody format,
            List<AddedHeader> headers) {}

    private static final byte[] NOTHING = {};

    private final List<Mapper> mappers;
    private final @Nullable CompiledBody format;

    /** @throws IllegalArgumentException when a format is none, with the position */
    public LocalReplies(LocalReplyConfig config, Runtime runtime) {
        mappers = config.mappers().stream()
                .map(mapper -> compile(mapper, runtime))
                .toList();
        format = compile(config.format());
    }

    private static Mapper compile(LocalReplyConfig.Mapper mapper, Runtime runtime) {
        return new Mapper(
                runtime.status(mapper.filter()),
                mapper.status(),
                mapper.body().orElse(null),
                compile(mapper.format()),
                mapper.headersAdd().stream().map(AddedHeader::new).toList());
    }

    private static @Nullable CompiledBody compile(Optional<BodyFormat> body) {
        return body.map(CompiledBody::of).orElse(null);
    }

    /**
     * Gives a response that stands for a local reply its status, headers and body, and notes them in the exchange; for a
     * gRPC request those that a gRPC caller understands. Does nothing to any other response.
     */
    public void apply(Response response, Exchange exchange) {
        LocalReply reply = response.localReply();
        if (reply == null) {
            return;
        }
        Mapper mapper = mapper(reply.status());
        String text = reply.body();
        CompiledBody body = format;
        if (mapper != null) {
            if (mapper.status != 0) {
                response.status(mapper.status);
            }
            text = mapper.body == null ? text : mapper.body;
            body = mapper.format == null ? format : mapper.format;
        }
        exchange.details(reply.details());
        exchange.localReplyBody(text);
        exchange.responded(response.status(), response.headers());
        if (mapper != null) {
            mapper.headers.forEach(header -> header.addTo(response.headers(), exchange));
        }
        byte[] bytes = body == null ? text.getBytes(StandardCharsets.UTF_8) : body.format.bytes(exchange);
        Request request = exchange.received();
        boolean head = request != null && request.method().equals("HEAD");
        if (request != null && Grpc.isGrpc(request.headers())) {
            byte[] message = body == null ? bytes : body.message(bytes);
            TrailersOnly.write(response, reply, head ? NOTHING : message);
        } else {
            write(response, bytes, body == null ? "" : body.contentType, head);
        }
    }

    /** The first whose filter lets the status through. */
    private @Nullable Mapper mapper(int status) {
        for (Mapper mapper : mappers) {
            if (mapper.filter.passes(status)) {
                return mapper;
            }
        }
        return null;
    }

    private static void write(Response response, byte[] bytes, String contentType, boolean head) {
        HttpFields.Mutable headers = response.headers();
        headers.remove(HttpHeader.CONTENT_LENGTH);
        int status = response.status();
        if (status < 200 || status == 204 || status == 304) {
            response.body(Body.EMPTY);
            return;
        }
        headers.put(HttpHeader.CONTENT_LENGTH, bytes.length);
        if (bytes.length == 0) {
            headers.remove(HttpHeader.CONTENT_TYPE);
        } else if (!contentType.isEmpty()) {
            headers.put(HttpHeader.CONTENT_TYPE, contentType);
        } else if (!headers.contains(HttpHeader.CONTENT_TYPE)) {
            headers.put(HttpHeader.CONTENT_TYPE, "text/plain");
        }
        response.body(head ? Body.EMPTY : Body.of(bytes));
    }
}
