package dev.attache.core.http2;

import dev.attache.core.http.Headers;
import org.jspecify.annotations.Nullable;

/**
 * A header block that was received: the head of a request or of a response, or trailers. Names and values are octets, as
 * ISO-8859-1. Immutable once it is handed on.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html#section-8.3">RFC 9113, 8.3</a>
 */
public final class MessageHead {

    @Nullable
    String method;

    @Nullable
    String scheme;

    @Nullable
    String authority;

    @Nullable
    String path;

    @Nullable
    String protocol;

    int status;
    long contentLength = -1;
    boolean tooLarge;

    @Nullable
    String malformed;

    final Headers fields = new Headers(FIELDS);

    private static final int FIELDS = 16;

    MessageHead() {}

    /** The method of a request; empty where there is none. */
    public String method() {
        return method == null ? "" : method;
    }

    /** The scheme of a request; empty where there is none. */
    public String scheme() {
        return scheme == null ? "" : scheme;
    }

    /** The authority of a request; null where there is none, as the {@code host} field may say it. */
    public @Nullable String authority() {
        return authority;
    }

    /** Path and query of a request; empty where there is none. */
    public String path() {
        return path == null ? "" : path;
    }

    /** The protocol of an extended CONNECT (RFC 8441); null for every other request. */
    public @Nullable String protocol() {
        return protocol;
    }

    /** Whether this is a CONNECT, extended or not. */
    public boolean isConnect() {
        return "CONNECT".equals(method);
    }

    /** The status of a response, 100 to 999; 0 for anything else. */
    public int status() {
        return status;
    }

    /** The fields, without those that begin with a colon; not to be changed. */
    public Headers fields() {
        return fields;
    }

    /** What {@code content-length} says; -1 where it says nothing. */
    public long contentLength() {
        return contentLength;
    }

    /** Whether there were more fields, or more octets of them, than are taken: {@link #fields} holds the first ones. */
    public boolean tooLarge() {
        return tooLarge;
    }

    /** What is not as HTTP wants it; null where all is well. */
    public @Nullable String malformed() {
        return malformed;
    }
}
