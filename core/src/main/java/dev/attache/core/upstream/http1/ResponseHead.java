package dev.attache.core.upstream.http1;

import dev.attache.core.http.Request;
import dev.attache.core.http1.Characters;
import dev.attache.core.http1.HeadBytes;
import dev.attache.core.http1.MalformedMessageException;
import dev.attache.core.http1.MessageParser;
import java.util.StringTokenizer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * The head of one response while it is parsed: keeps what goes on downstream, and heeds what is meant for this
 * connection alone.
 */
final class ResponseHead implements MessageParser.Head {

    private static final byte[] VERSION = HeadBytes.ascii("HTTP/1.");
    private static final int STATUS = 9;

    private final int maxFields;
    private final boolean keepTrailer;
    private final HttpFields.Mutable fields = HttpFields.build();
    private int seen;
    private int status;
    private boolean http10;
    private boolean chunked;
    private boolean close;
    private boolean keepAlive;
    private boolean upgrading;
    private String upgrade = "";
    private long contentLength = -1;
    private @Nullable String nominated;
    private @Nullable String violation;

    ResponseHead(int maxFields, boolean keepTrailer) {
        this.maxFields = maxFields;
        this.keepTrailer = keepTrailer;
    }

    /** Whether a status line may have {@code b} at {@code index}, of which the first {@code STATUS + 4} are told apart. */
    static boolean isStatusLine(int index, int b) {
        return switch (index) {
            case 0, 1, 2, 3, 4, 5, 6 -> b == VERSION[index];
            case 7 -> b == '0' || b == '1';
            case 8 -> b == ' ';
            case STATUS -> b >= '1' && b <= '9';
            case STATUS + 1, STATUS + 2 -> b >= '0' && b <= '9';
            case STATUS + 3 -> b == ' ' || b == '\r';
            default -> true;
        };
    }

    @Override
    public void firstLine(byte[] bytes, int from, int to) throws MalformedMessageException {
        int length = to - from;
        for (int i = 0; i < length; i++) {
            if (!isStatusLine(i, bytes[from + i]) || !Characters.isText(bytes[from + i])) {
                throw malformed("not an HTTP/1 status line");
            }
        }
        if (length < STATUS + 3) {
            throw malformed("not an HTTP/1 status line");
        }
        int at = from + STATUS;
        http10 = bytes[from + 7] == '0';
        status = (bytes[at] - '0') * 100 + (bytes[at + 1] - '0') * 10 + bytes[at + 2] - '0';
    }

    private static MalformedMessageException malformed(String what) {
        return new MalformedMessageException(502, what);
    }

    @Override
    public void field(HttpField field) {
        if (++seen > maxFields) {
            violate("more than " + maxFields + " header fields");
            return;
        }
        HttpHeader header = field.getHeader();
        if (header == null) {
            fields.add(field);
            return;
        }
        switch (header) {
            case CONNECTION -> connection(field.getValue());
            case TRANSFER_ENCODING -> transferEncoding(field.getValue());
            case CONTENT_LENGTH -> contentLength(field.getValue());
            case UPGRADE -> upgrade = upgrade.isEmpty() ? field.getValue() : upgrade + ", " + field.getValue();
            case KEEP_ALIVE, PROXY_CONNECTION, TE -> {}
            case TRAILER -> {
                if (keepTrailer) {
                    fields.add(field);
                }
            }
            default -> fields.add(field);
        }
    }

    private void connection(@Nullable String value) {
        if (value == null) {
            return;
        }
        StringTokenizer tokens = new StringTokenizer(value, ", \t");
        while (tokens.hasMoreTokens()) {
            String token = tokens.nextToken();
            if (token.equalsIgnoreCase("close")) {
                close = true;
            } else if (token.equalsIgnoreCase("keep-alive")) {
                keepAlive = true;
            } else {
                upgrading |= token.equalsIgnoreCase("upgrade");
                nominated = nominated == null ? token : nominated + ',' + token;
            }
        }
    }

    private void transferEncoding(@Nullable String value) {
        // Any other coding would reach the client without its label, for the label is meant for one connection.
        if (!"chunked".equalsIgnoreCase(value)) {
            violate("transfer-encoding: " + value);
        } else if (http10) {
            violate("transfer-encoding in HTTP/1.0");
        }
        chunked = true;
    }

    private void contentLength(@Nullable String value) {
        long length = 0;
        if (value == null || value.isEmpty() || value.length() > 18 || contentLength >= 0) {
            violate("content-length: " + value);
            return;
        }
        for (int i = 0; i < value.length(); i++) {
            char digit = value.charAt(i);
            if (digit < '0' || digit > '9') {
                violate("content-length: " + value);
                return;
            }
            length = 10 * length + (digit - '0');
        }
        contentLength = length;
    }

    /** All fields are there. */
    void complete() {
        if (chunked && contentLength >= 0) {
            violate("transfer-encoding and content-length");
        }
        if (nominated != null) {
            StringTokenizer tokens = new StringTokenizer(nominated, ",");
            while (tokens.hasMoreTokens()) {
                fields.remove(tokens.nextToken());
            }
        }
        if (contentLength >= 0 && status >= 200 && status != 204) {
            fields.add(new HttpField.LongValueHttpField(HttpHeader.CONTENT_LENGTH, contentLength));
        }
    }

    void violate(String what) {
        if (violation == null) {
            violation = what;
        }
    }

    /** What is wrong with this head; null where it is fine. */
    @Nullable
    String violation() {
        return violation;
    }

    int status() {
        return status;
    }

    /** Whether the connection carries {@code protocol} from now on. */
    boolean switchesTo(String protocol) {
        if (protocol.equals(Request.CONNECT)) {
            return status / 100 == 2;
        }
        return status == 101 && upgrading && upgrade.equalsIgnoreCase(protocol);
    }

    /** What goes on downstream. */
    HttpFields.Mutable fields() {
        return fields;
    }

    boolean chunked() {
        return chunked;
    }

    /** The length that was announced; -1 where none was. */
    long contentLength() {
        return contentLength;
    }

    /** Whether the upstream keeps the connection open. */
    boolean persistent() {
        return !close && (!http10 || keepAlive);
    }
}
