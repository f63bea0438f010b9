package dev.attache.listeners;

import java.util.Locale;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;

/**
 * Which trailers are carried: not those that say how a message is framed, where it goes or who sends it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-6.5.1">RFC 9110, 6.5.1</a>
 */
final class TrailerRules {

    private static final Set<String> REFUSED = Set.of(
            "content-length",
            "transfer-encoding",
            "host",
            "connection",
            "keep-alive",
            "proxy-connection",
            "te",
            "trailer",
            "upgrade",
            "expect",
            "max-forwards",
            "range",
            "content-encoding",
            "content-type",
            "content-range",
            "cache-control",
            "authorization",
            "proxy-authorization",
            "proxy-authenticate",
            "www-authenticate",
            "cookie",
            "set-cookie",
            "forwarded",
            "via");

    private TrailerRules() {}

    /** Those of a request; names with underscores pass only where those of headers do. */
    static HttpFields ofRequest(HttpFields trailers, UnderscoreRules underscores) {
        return trailers.size() == 0 ? trailers : underscores.dropTrailers(valid(trailers));
    }

    static HttpFields.Mutable valid(HttpFields trailers) {
        HttpFields.Mutable valid = HttpFields.build(trailers.size());
        for (HttpField field : trailers) {
            String name = field.getName().toLowerCase(Locale.ROOT).replace('_', '-');
            if (!REFUSED.contains(name) && !name.startsWith("x-forwarded-") && !name.startsWith("x-envoy-")) {
                valid.add(field);
            }
        }
        return valid;
    }
}
