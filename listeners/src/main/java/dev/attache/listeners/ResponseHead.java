package dev.attache.listeners;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.http.HopByHop;
import dev.attache.core.http.Request;
import dev.attache.core.http1.HeadBytes;
import dev.attache.core.http1.IllegalHeadException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;

/** How heads of responses are written: what a connection says by itself, and the case of names. Immutable. */
final class ResponseHead {

    /** How the length of a body is told. */
    enum Framing {
        /** There is none to tell of. */
        NONE,
        LENGTH,
        CHUNKED
    }

    private static final int FIRST_STATUS = 100;
    private static final int LAST_STATUS = 599;
    private static final byte[][] STATUS_LINES = statusLines();
    private static final HttpField CONNECTION_CLOSE = new HttpField(HttpHeader.CONNECTION, "close");
    private static final HttpField CONNECTION_UPGRADE = new HttpField(HttpHeader.CONNECTION, "Upgrade");
    private static final HttpField CONNECTION_KEEP_ALIVE = new HttpField(HttpHeader.CONNECTION, "keep-alive");
    private static final HttpField CHUNKED = new HttpField(HttpHeader.TRANSFER_ENCODING, "chunked");
    private static final byte[] CONTENT_LENGTH = HeadBytes.ascii("content-length: ");
    private static final byte[] PROPER_CONTENT_LENGTH = HeadBytes.ascii("Content-Length: ");

    private final HeaderCase headerCase;
    private final HeaderCase ownCase;
    private final boolean trailers;

    ResponseHead(HttpConfig config) {
        headerCase = config.headerCase();
        ownCase = headerCase == HeaderCase.LOWER ? HeaderCase.LOWER : HeaderCase.PROPER_CASE_WORDS;
        trailers = config.enableTrailers();
    }

    boolean trailers() {
        return trailers;
    }

    /** Trailers of nothing yet, in the wanted case. */
    HeadBytes trailerBytes(int fields) {
        return new HeadBytes(headerCase, new byte[64 + 64 * fields]);
    }

    /** What stands in front of a final response. */
    HeadBytes write(
            byte[] space,
            int status,
            HttpFields headers,
            Framing framing,
            long length,
            boolean close,
            boolean keepAlive)
            throws IllegalHeadException {
        HeadBytes bytes = new HeadBytes(headerCase, space);
        statusLine(bytes, status);
        fields(bytes, headers);
        switch (framing) {
            case NONE -> {}
            case LENGTH -> {
                bytes.put(ownCase == HeaderCase.LOWER ? CONTENT_LENGTH : PROPER_CONTENT_LENGTH);
                bytes.number(length);
                bytes.endLine();
            }
            case CHUNKED -> own(bytes, CHUNKED);
        }
        if (close) {
            own(bytes, CONNECTION_CLOSE);
        } else if (keepAlive) {
            own(bytes, CONNECTION_KEEP_ALIVE);
        }
        bytes.endLine();
        return bytes;
    }

    /**
     * What stands in front of a tunnel.
     *
     * @param upgrade the protocol; with {@code connect} nothing is said of it
     */
    HeadBytes writeSwitch(byte[] space, int status, HttpFields headers, String upgrade) throws IllegalHeadException {
        HeadBytes bytes = new HeadBytes(headerCase, space);
        statusLine(bytes, status);
        fields(bytes, headers);
        if (!upgrade.equals(Request.CONNECT)) {
            own(bytes, CONNECTION_UPGRADE);
            own(bytes, new HttpField(HttpHeader.UPGRADE, upgrade));
        }
        bytes.endLine();
        return bytes;
    }

    /** All of an interim response. */
    HeadBytes writeInterim(int status, HttpFields headers) throws IllegalHeadException {
        HeadBytes bytes = new HeadBytes(headerCase, new byte[64 + 64 * headers.size()]);
        statusLine(bytes, status);
        fields(bytes, headers);
        bytes.endLine();
        return bytes;
    }

    private void own(HeadBytes bytes, HttpField field) throws IllegalHeadException {
        bytes.field(field, ownCase);
    }

    private static void statusLine(HeadBytes bytes, int status) {
        if (status >= FIRST_STATUS && status <= LAST_STATUS) {
            bytes.put(STATUS_LINES[status - FIRST_STATUS]);
        } else {
            bytes.put(statusLine(status));
        }
    }

    private void fields(HeadBytes bytes, HttpFields headers) throws IllegalHeadException {
        HttpFields sent = headers.contains(HttpHeader.CONNECTION) ? HopByHop.response(headers, trailers) : headers;
        for (int i = 0; i < sent.size(); i++) {
            HttpField field = sent.getField(i);
            HttpHeader known = field.getHeader();
            if (known == null || !isOfConnection(known)) {
                bytes.field(field);
            }
        }
    }

    private boolean isOfConnection(HttpHeader header) {
        return switch (header) {
            case CONTENT_LENGTH,
                    CONNECTION,
                    KEEP_ALIVE,
                    PROXY_CONNECTION,
                    TE,
                    TRANSFER_ENCODING,
                    UPGRADE,
                    HTTP2_SETTINGS -> true;
            case TRAILER -> !trailers;
            default -> false;
        };
    }

    private static byte[][] statusLines() {
        byte[][] lines = new byte[LAST_STATUS - FIRST_STATUS + 1][];
        for (int status = FIRST_STATUS; status <= LAST_STATUS; status++) {
            lines[status - FIRST_STATUS] = statusLine(status);
        }
        return lines;
    }

    private static byte[] statusLine(int status) {
        return HeadBytes.ascii("HTTP/1.1 " + status + " " + reason(status) + "\r\n");
    }

    /** The phrases of RFC 9110, two of which are others in Jetty's table. */
    private static String reason(int status) {
        HttpStatus.Code known = HttpStatus.getCode(status);
        return switch (status) {
            case HttpStatus.NON_AUTHORITATIVE_INFORMATION_203 -> "Non-Authoritative Information";
            case HttpStatus.INTERNAL_SERVER_ERROR_500 -> "Internal Server Error";
            default -> known == null ? "" : known.getMessage();
        };
    }
}
