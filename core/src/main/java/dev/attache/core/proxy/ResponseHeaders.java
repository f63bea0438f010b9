package dev.attache.core.proxy;

import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ServerHeader;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http.WallClock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** The headers that every response of a listener gets: server, date, via, x-request-id. Safe for use by all threads. */
final class ResponseHeaders {

    private record DateOfSecond(long second, HttpField field) {}

    private static volatile DateOfSecond date = new DateOfSecond(-1, new HttpField(HttpHeader.DATE, ""));

    private final ServerHeader serverHeader;
    private final HttpField server;
    private final String via;
    private final boolean requestId;

    ResponseHeaders(HttpConfig config) {
        serverHeader = config.serverHeader();
        server = new HttpField(HttpHeader.SERVER, config.serverName());
        via = config.via();
        requestId = config.alwaysSetRequestIdInResponse();
    }

    void apply(Response response, Exchange exchange) {
        HttpFields.Mutable headers = response.headers();
        switch (serverHeader) {
            case OVERWRITE -> headers.put(server);
            case APPEND_IF_ABSENT -> {
                if (!headers.contains(HttpHeader.SERVER)) {
                    headers.add(server);
                }
            }
            case PASS_THROUGH -> {}
        }
        if (!headers.contains(HttpHeader.DATE)) {
            // When it was received, for one that comes without (RFC 9110, 6.6.1); when it was made, for our own.
            boolean received = response.localReply() == null && exchange.answeredNanos() != 0;
            headers.add(date(received ? exchange.answeredNanos() : System.nanoTime()));
        }
        if (!via.isEmpty()) {
            ForwardingHeaders.appendVia(headers, via);
        }
        if (requestId) {
            Request received = exchange.received();
            @Nullable String id = received == null ? null : received.headers().get("x-request-id");
            if (id != null) {
                headers.put("x-request-id", id);
            }
        }
    }

    private static HttpField date(long nanoTime) {
        long second = WallClock.millis(nanoTime) / 1000;
        DateOfSecond current = date;
        if (current.second != second) {
            String text = DateTimeFormatter.RFC_1123_DATE_TIME.format(
                    Instant.ofEpochSecond(second).atOffset(ZoneOffset.UTC));
            // RFC 1123 pads the day of the month, as RFC 9110 wants it.
            String padded = text.charAt(6) == ' ' ? text.substring(0, 5) + "0" + text.substring(5) : text;
            current = new DateOfSecond(second, new HttpField(HttpHeader.DATE, padded));
            date = current;
        }
        return current.field;
    }
}
