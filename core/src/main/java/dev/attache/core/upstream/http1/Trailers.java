package dev.attache.core.upstream.http1;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Which trailer fields may be passed on: none that frames or routes a message, says who asks, or says how the content is
 * to be read, for those count only before the content.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-6.5.1">RFC 9110, limitations on use of trailers</a>
 */
final class Trailers {

    private Trailers() {}

    static boolean mayBeForwarded(HttpField field) {
        HttpHeader header = field.getHeader();
        if (header == null) {
            return true;
        }
        return switch (header) {
            case CONTENT_LENGTH,
                    TRANSFER_ENCODING,
                    TRAILER,
                    TE,
                    CONNECTION,
                    KEEP_ALIVE,
                    PROXY_CONNECTION,
                    UPGRADE,
                    EXPECT,
                    HOST,
                    FORWARDED,
                    X_FORWARDED_FOR,
                    X_FORWARDED_HOST,
                    X_FORWARDED_PROTO,
                    MAX_FORWARDS,
                    VIA,
                    AUTHORIZATION,
                    PROXY_AUTHORIZATION,
                    WWW_AUTHENTICATE,
                    PROXY_AUTHENTICATE,
                    COOKIE,
                    SET_COOKIE,
                    CONTENT_ENCODING,
                    CONTENT_TYPE,
                    CONTENT_RANGE,
                    CACHE_CONTROL,
                    AGE,
                    EXPIRES,
                    DATE,
                    LOCATION,
                    RETRY_AFTER,
                    VARY,
                    RANGE -> false;
            default -> true;
        };
    }
}
