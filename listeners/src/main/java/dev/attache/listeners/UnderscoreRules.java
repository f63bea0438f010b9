package dev.attache.listeners;

import dev.attache.core.config.UnderscoresInHeaders;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.StatScope;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;

/**
 * What becomes of header names with underscores over one version of HTTP, and how often, under Envoy's names ({@code
 * http1.*}, {@code http2.*}, of all listeners together). Safe for use by all threads.
 */
final class UnderscoreRules {

    // Read with underscores as dashes, as CGI and its heirs do, these would change what a request is.
    private static final Set<String> NEVER =
            Set.of("transfer-encoding", "content-length", "host", "connection", "expect", "upgrade");

    private final UnderscoresInHeaders action;
    private final Counter dropped;
    private final Counter rejected;

    UnderscoreRules(UnderscoresInHeaders action, StatScope codec) {
        this.action = action;
        this.dropped = codec.counter("dropped_headers_with_underscores");
        this.rejected = codec.counter("requests_rejected_with_underscores_in_headers");
    }

    /** Whether a request may not go on for its headers. */
    boolean refuse(HttpFields headers) {
        for (HttpField field : headers) {
            if (hasUnderscore(field) && (action == UnderscoresInHeaders.REJECT_REQUEST || isNever(field))) {
                rejected.increment();
                return true;
            }
        }
        return false;
    }

    private static boolean isNever(HttpField field) {
        return NEVER.contains(field.getName().replace('_', '-').toLowerCase(Locale.ROOT));
    }

    private static boolean hasUnderscore(HttpField field) {
        return field.getHeader() == null && field.getName().indexOf('_') >= 0;
    }

    /** Takes out of the headers of a request that goes on what does not. Returns them. */
    HttpFields drop(HttpFields.Mutable headers) {
        if (action == UnderscoresInHeaders.DROP_HEADER) {
            remove(headers);
        }
        return headers;
    }

    /** As {@link #drop}, of trailers: for them it is too late to refuse the request. */
    HttpFields dropTrailers(HttpFields.Mutable trailers) {
        if (action != UnderscoresInHeaders.ALLOW) {
            remove(trailers);
        }
        return trailers;
    }

    private void remove(HttpFields.Mutable from) {
        for (Iterator<HttpField> fields = from.iterator(); fields.hasNext(); ) {
            if (hasUnderscore(fields.next())) {
                fields.remove();
                dropped.increment();
            }
        }
    }
}
