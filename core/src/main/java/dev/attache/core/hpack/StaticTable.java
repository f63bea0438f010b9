package dev.attache.core.hpack;

import java.util.Arrays;

/** The fields that both ends know from the beginning: RFC 7541, appendix A. */
final class StaticTable {

    // Name and value by turns.
    private static final String[] FIELDS = {
        ":authority", "",
        ":method", "GET",
        ":method", "POST",
        ":path", "/",
        ":path", "/index.html",
        ":scheme", "http",
        ":scheme", "https",
        ":status", "200",
        ":status", "204",
        ":status", "206",
        ":status", "304",
        ":status", "400",
        ":status", "404",
        ":status", "500",
        "accept-charset", "",
        "accept-encoding", "gzip, deflate",
        "accept-language", "",
        "accept-ranges", "",
        "accept", "",
        "access-control-allow-origin", "",
        "age", "",
        "allow", "",
        "authorization", "",
        "cache-control", "",
        "content-disposition", "",
        "content-encoding", "",
        "content-language", "",
        "content-length", "",
        "content-location", "",
        "content-range", "",
        "content-type", "",
        "cookie", "",
        "date", "",
        "etag", "",
        "expect", "",
        "expires", "",
        "from", "",
        "host", "",
        "if-match", "",
        "if-modified-since", "",
        "if-none-match", "",
        "if-range", "",
        "if-unmodified-since", "",
        "last-modified", "",
        "link", "",
        "location", "",
        "max-forwards", "",
        "proxy-authenticate", "",
        "proxy-authorization", "",
        "range", "",
        "referer", "",
        "refresh", "",
        "retry-after", "",
        "server", "",
        "set-cookie", "",
        "strict-transport-security", "",
        "transfer-encoding", "",
        "user-agent", "",
        "vary", "",
        "via", "",
        "www-authenticate", "",
    };

    /** The last index. */
    static final int SIZE = FIELDS.length / 2;

    private StaticTable() {}

    /** The name at an index from 1 to {@link #SIZE}. */
    static String name(int index) {
        return FIELDS[2 * index - 2];
    }

    /** The value at an index from 1 to {@link #SIZE}. */
    static String value(int index) {
        return FIELDS[2 * index - 1];
    }

    /** The first index of a name; 0 if it has none. */
    static int first(String name) {
        for (int i = 1; i <= SIZE; i++) {
            if (name(i).equals(name)) {
                return i;
            }
        }
        return 0;
    }

    /** The values of a name from its first index on; none for index 0. */
    static String[] values(int first) {
        int end = first;
        while (first > 0 && end <= SIZE && name(end).equals(name(first))) {
            end++;
        }
        String[] values = new String[end - first];
        Arrays.setAll(values, i -> value(first + i));
        return values;
    }
}
