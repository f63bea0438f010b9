package dev.attache.core.http;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.StringTokenizer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Headers that speak of one connection and not of the message: they end here, in both directions, and so do those that
 * {@code Connection} nominates.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110.html#section-7.6.1">RFC 9110, 7.6.1</a>
 */
public final class HopByHop {

    private static final String[] ALWAYS = {
        "connection", "keep-alive", "proxy-connection", "te", "transfer-encoding", "upgrade", "http2-settings"
    };

    // A peer may not have these removed by nominating them: others on the way rely on them.
    private static final Set<String> KEPT = Set.of(
            "host",
            "content-length",
            "content-type",
            "transfer-encoding",
            "forwarded",
            "via",
            "authorization",
            "x-request-id",
            "x-real-ip",
            "traceparent",
            "tracestate",
            "b3",
            "x-client-trace-id",
            "x-ot-span-context");
    private static final List<String> KEPT_PREFIXES = List.of("x-forwarded-", "x-envoy-", "x-b3-");

    private static final HttpField TE_TRAILERS = new HttpField(HttpHeader.TE, "trailers");

    private HopByHop() {}

    /**
     * The headers of a request without those of its connection.
     *
     * @param trailers whether trailers are carried: {@code te: trailers} and the field that names them then stay
     */
    public static HttpFields.Mutable request(HttpFields received, boolean trailers) {
        HttpFields.Mutable kept = without(received, trailers);
        if (trailers && received.contains(HttpHeader.TE, "trailers")) {
            kept.add(TE_TRAILERS);
        }
        return kept;
    }

    /**
     * The headers of a response, interim or final, without those of its connection.
     *
     * @param trailers whether trailers are carried: the field that names them then stays
     */
    public static HttpFields.Mutable response(HttpFields received, boolean trailers) {
        return without(received, trailers);
    }

    /**
     * Removes what {@code Connection} nominates, for heads whose other hop-by-hop headers are gone already.
     *
     * @param connection the fields of that name
     */
    public static void removeNominated(HttpFields.Mutable headers, HttpFields connection) {
        for (String name : nominated(connection)) {
            headers.remove(name);
        }
    }

    private static HttpFields.Mutable without(HttpFields received, boolean trailers) {
        Set<String> nominated = nominated(received);
        HttpFields.Mutable kept = HttpFields.build(received.size() + 8);
        for (HttpField field : received) {
            if (stays(field, nominated, trailers)) {
                kept.add(field);
            }
        }
        return kept;
    }

    private static boolean stays(HttpField field, Set<String> nominated, boolean trailers) {
        HttpHeader known = field.getHeader();
        if (known != null) {
            switch (known) {
                case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TE, TRANSFER_ENCODING, UPGRADE, HTTP2_SETTINGS -> {
                    return false;
                }
                case TRAILER -> {
                    return trailers;
                }
                default -> {}
            }
            return nominated.isEmpty() || !nominated.contains(lower(known.asString()));
        }
        return !always(field) && (nominated.isEmpty() || !nominated.contains(lower(field.getName())));
    }

    private static boolean always(HttpField field) {
        for (String name : ALWAYS) {
            if (field.is(name)) {
                return true;
            }
        }
        return false;
    }

    /** What {@code Connection} says ends here, in lower case, save what may not be removed. */
    private static Set<String> nominated(HttpFields received) {
        Set<String> nominated = Set.of();
        for (HttpField field : received) {
            if (field.getHeader() != HttpHeader.CONNECTION || isOption(field.getValue())) {
                continue;
            }
            // Not as a list of quoted strings, which it is not, and whose parser throws.
            StringTokenizer tokens = new StringTokenizer(field.getValue(), ", \t");
            while (tokens.hasMoreTokens()) {
                String name = lower(tokens.nextToken());
                if (!isOption(name) && !kept(name)) {
                    nominated = nominated.isEmpty() ? new java.util.HashSet<>() : nominated;
                    nominated.add(name);
                }
            }
        }
        return nominated;
    }

    private static boolean isOption(String token) {
        return token == null || token.equalsIgnoreCase("keep-alive") || token.equalsIgnoreCase("close");
    }

    private static boolean kept(String name) {
        return KEPT.contains(name) || KEPT_PREFIXES.stream().anyMatch(name::startsWith);
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
