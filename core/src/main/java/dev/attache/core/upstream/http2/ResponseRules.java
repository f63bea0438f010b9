package dev.attache.core.upstream.http2;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MetaData;
import org.jspecify.annotations.Nullable;

/**
 * What the head of a response over HTTP/2 must keep to beyond what the codec has seen to. Immutable.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html#section-8.2.2">RFC 9113, 8.2.2 and 8.3.2</a>
 */
record ResponseRules(int maxHeaders) {

    private static final int LEAST_STATUS = 100;
    private static final int MOST_STATUS = 999;
    private static final int MOST_LENGTH_DIGITS = 18;

    /** What is wrong with {@code head}; null where nothing is. */
    @Nullable
    String broken(MetaData.Response head) {
        if (head.getStatus() < LEAST_STATUS || head.getStatus() > MOST_STATUS) {
            return "status " + head.getStatus();
        }
        if (head.getHttpFields().size() > maxHeaders) {
            return "more than " + maxHeaders + " fields in a response";
        }
        boolean length = false;
        for (HttpField field : head.getHttpFields()) {
            HttpHeader known = field.getHeader();
            if (known == null) {
                continue;
            }
            switch (known) {
                case CONNECTION, KEEP_ALIVE, PROXY_CONNECTION, TRANSFER_ENCODING, UPGRADE -> {
                    return "a field of HTTP/1 connections: " + field.getName();
                }
                case CONTENT_LENGTH -> {
                    if (length || !isNumber(field.getValue())) {
                        return "content-length";
                    }
                    length = true;
                }
                default -> {}
            }
        }
        return null;
    }

    private static boolean isNumber(@Nullable String value) {
        return value != null
                && !value.isEmpty()
                && value.length() <= MOST_LENGTH_DIGITS
                && value.chars().allMatch(c -> c >= '0' && c <= '9');
    }
}
