package dev.attache.core.hpack;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * All names that are met often, found by their string or by their octets. A name has one instance, here and wherever else
 * in the program it is written down, so that most comparisons end at once.
 */
final class KnownNames {

    private static final int SLOTS = 1024;

    private static final String[] AT_ONCE = {
        ":method",
        ":scheme",
        ":status",
        ":protocol",
        "accept-encoding",
        "accept-ranges",
        "access-control-allow-credentials",
        "access-control-allow-headers",
        "access-control-allow-methods",
        "access-control-allow-origin",
        "access-control-expose-headers",
        "access-control-max-age",
        "allow",
        "alt-svc",
        "cache-control",
        "content-encoding",
        "content-language",
        "content-type",
        "cross-origin-resource-policy",
        "dnt",
        "expect",
        "grpc-accept-encoding",
        "grpc-encoding",
        "grpc-status",
        "pragma",
        "referrer-policy",
        "server",
        "strict-transport-security",
        "te",
        "trailer",
        "upgrade-insecure-requests",
        "vary",
        "via",
        "x-cache",
        "x-content-type-options",
        "x-envoy-overloaded",
        "x-envoy-ratelimited",
        "x-frame-options",
        "x-forwarded-port",
        "x-forwarded-proto",
        "x-powered-by",
        "x-requested-with",
        "x-xss-protection",
    };

    private static final String[] ON_REPEAT = {
        ":authority",
        ":path",
        "accept",
        "accept-charset",
        "accept-language",
        "access-control-request-headers",
        "access-control-request-method",
        "age",
        "connection",
        "content-disposition",
        "content-location",
        "content-security-policy",
        "cookie",
        "date",
        "expires",
        "forwarded",
        "from",
        "grpc-message-type",
        "grpc-timeout",
        "host",
        "keep-alive",
        "last-modified",
        "link",
        "location",
        "max-forwards",
        "origin",
        "permissions-policy",
        "priority",
        "proxy-authenticate",
        "proxy-connection",
        "proxy-status",
        "referer",
        "refresh",
        "retry-after",
        "sec-ch-ua",
        "sec-ch-ua-mobile",
        "sec-ch-ua-platform",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-fetch-user",
        "sec-websocket-extensions",
        "sec-websocket-protocol",
        "sec-websocket-version",
        "timing-allow-origin",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "www-authenticate",
        "x-envoy-attempt-count",
        "x-envoy-decorator-operation",
        "x-envoy-external-address",
        "x-envoy-internal",
        "x-envoy-max-retries",
        "x-envoy-original-host",
        "x-envoy-original-path",
        "x-envoy-original-url",
        "x-envoy-retry-grpc-on",
        "x-envoy-retry-on",
        "x-envoy-upstream-rq-per-try-timeout-ms",
        "x-envoy-upstream-rq-timeout-ms",
        "x-forwarded-client-cert",
        "x-forwarded-for",
        "x-forwarded-host",
        "x-real-ip",
    };

    private static final String[] NOT = {
        "b3",
        "baggage",
        "content-length",
        "content-range",
        "etag",
        "grpc-message",
        "grpc-status-details-bin",
        "grpc-trace-bin",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "if-range",
        "if-unmodified-since",
        "range",
        "sec-websocket-accept",
        "sec-websocket-key",
        "server-timing",
        "set-cookie",
        "traceparent",
        "tracestate",
        "x-b3-parentspanid",
        "x-b3-sampled",
        "x-b3-spanid",
        "x-b3-traceid",
        "x-client-trace-id",
        "x-envoy-expected-rq-timeout-ms",
        "x-envoy-upstream-service-time",
        "x-ot-span-context",
        "x-request-id",
        "x-request-start",
    };

    private static final String[] NEVER = {"authorization", "proxy-authorization"};

    private static final @Nullable KnownName[] BY_OCTETS = new KnownName[SLOTS];
    private static final byte[][] OCTETS = new byte[SLOTS][];
    private static final @Nullable KnownName[] BY_STRING = new KnownName[SLOTS];
    private static final @Nullable String[] STRINGS = new String[SLOTS];

    static {
        put(AT_ONCE, Indexing.AT_ONCE);
        put(ON_REPEAT, Indexing.ON_REPEAT);
        put(NOT, Indexing.NOT);
        put(NEVER, Indexing.NEVER);
    }

    private KnownNames() {}

    /** Whoever wrote it, in lower case or With Capitals; null for any other. */
    static @Nullable KnownName find(String name) {
        int slot = slot(name);
        while (true) {
            String there = STRINGS[slot];
            if (there == null) {
                return null;
            }
            if (there.equals(name)) {
                return BY_STRING[slot];
            }
            slot = slot + 1 & SLOTS - 1;
        }
    }

    /** The name that these octets are, in lower case; null for any other. */
    static @Nullable KnownName find(byte[] bytes, int from, int length) {
        if (length == 0) {
            return null;
        }
        int slot = slot(bytes, from, length);
        while (true) {
            KnownName there = BY_OCTETS[slot];
            if (there == null) {
                return null;
            }
            byte[] octets = OCTETS[slot];
            if (Arrays.equals(octets, 0, octets.length, bytes, from, from + length)) {
                return there;
            }
            slot = slot + 1 & SLOTS - 1;
        }
    }

    private static void put(String[] names, Indexing indexing) {
        for (String name : names) {
            KnownName known = KnownName.of(name, indexing);
            byte[] octets = name.getBytes(StandardCharsets.ISO_8859_1);
            int slot = slot(octets, 0, octets.length);
            while (BY_OCTETS[slot] != null) {
                slot = slot + 1 & SLOTS - 1;
            }
            BY_OCTETS[slot] = known;
            OCTETS[slot] = octets;
            put(name, known);
            String capitals = withCapitals(name);
            if (!capitals.equals(name)) {
                put(capitals, known);
            }
        }
    }

    private static void put(String written, KnownName known) {
        int slot = slot(written);
        while (STRINGS[slot] != null) {
            slot = slot + 1 & SLOTS - 1;
        }
        STRINGS[slot] = written;
        BY_STRING[slot] = known;
    }

    private static int slot(String name) {
        int hash = name.hashCode();
        return (hash ^ hash >>> 10 ^ hash >>> 20) & SLOTS - 1;
    }

    private static int slot(byte[] bytes, int from, int length) {
        int ends = bytes[from + length - 1] * 131 + bytes[from] * 961;
        return (length * 31 + ends + bytes[from + length / 2] * 7 + bytes[from + length / 4] * 1021) & SLOTS - 1;
    }

    private static String withCapitals(String name) {
        StringBuilder text = new StringBuilder(name);
        for (int i = 0; i < text.length(); i++) {
            if (i == 0 || text.charAt(i - 1) == '-') {
                text.setCharAt(i, Character.toUpperCase(text.charAt(i)));
            }
        }
        return text.toString();
    }
}
