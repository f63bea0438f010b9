package dev.attache.core.http;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * What makes a message one of gRPC, and what its headers say. Which version of HTTP carries it plays no part.
 *
 * @see <a href="https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md">gRPC over HTTP/2</a>
 */
public final class Grpc {

    /** The header that ends a call without content, or the trailer that ends any other. */
    public static final String STATUS = "grpc-status";

    /** What a status means in words, percent-encoded. */
    public static final String MESSAGE = "grpc-message";

    /** How long the caller waits. */
    public static final String TIMEOUT = "grpc-timeout";

    /** The type of a message whose encoding is not said. */
    public static final HttpField CONTENT_TYPE = new HttpField(HttpHeader.CONTENT_TYPE, "application/grpc");

    private static final String TYPE = "application/grpc";
    private static final int MOST_TIMEOUT_DIGITS = 8;
    private static final long MOST_TIMEOUT = 99_999_999;

    private Grpc() {}

    /** Whether the headers are those of a gRPC request or response. */
    public static boolean isGrpc(HttpFields headers) {
        return isGrpc(headers.get(HttpHeader.CONTENT_TYPE));
    }

    /** Whether a content type is gRPC's: {@code application/grpc}, {@code application/grpc+proto}, not grpc-web. */
    public static boolean isGrpc(@Nullable String contentType) {
        return contentType != null
                && contentType.startsWith(TYPE)
                && (contentType.length() == TYPE.length() || contentType.charAt(TYPE.length()) == '+');
    }

    /** Nanoseconds that a {@code grpc-timeout} asks for; -1 where there is none, or what is there is malformed. */
    public static long timeoutNanos(HttpFields headers) {
        String value = headers.get(TIMEOUT);
        int digits = value == null ? 0 : value.length() - 1;
        if (value == null || digits < 1 || digits > MOST_TIMEOUT_DIGITS) {
            return -1;
        }
        TimeUnit unit = unit(value.charAt(digits));
        long number = 0;
        for (int i = 0; i < digits; i++) {
            char digit = value.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            number = 10 * number + digit - '0';
        }
        return unit == null ? -1 : unit.toNanos(number);
    }

    private static @Nullable TimeUnit unit(char letter) {
        return switch (letter) {
            case 'H' -> TimeUnit.HOURS;
            case 'M' -> TimeUnit.MINUTES;
            case 'S' -> TimeUnit.SECONDS;
            case 'm' -> TimeUnit.MILLISECONDS;
            case 'u' -> TimeUnit.MICROSECONDS;
            case 'n' -> TimeUnit.NANOSECONDS;
            default -> null;
        };
    }

    /** A {@code grpc-timeout} of so many nanoseconds: in milliseconds, rounded up, or coarser where they are too many. */
    public static HttpField timeout(long nanos) {
        long millis = Math.max(1, nanos / 1_000_000 + (nanos % 1_000_000 == 0 ? 0 : 1));
        String value = millis <= MOST_TIMEOUT ? millis + "m" : Math.min(millis / 1000, MOST_TIMEOUT) + "S";
        return new HttpField((HttpHeader) null, TIMEOUT, value);
    }
}
