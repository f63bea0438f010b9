package dev.attache.listeners;

import dev.attache.core.http.HopByHop;
import dev.attache.core.http.Request;
import dev.attache.core.http1.Characters;
import dev.attache.core.http1.MalformedMessageException;
import dev.attache.core.http1.MessageParser;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.StringTokenizer;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpVersion;
import org.jspecify.annotations.Nullable;

/**
 * The head of one request while it is parsed: keeps what goes on upstream, and notes what is meant for this connection
 * alone.
 */
final class RequestHead implements MessageParser.Head {

    private static final String[] METHODS = {"GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"};

    static final int MOST_LENGTH_DIGITS = 18;
    private static final HttpField TE_TRAILERS = new HttpField(HttpHeader.TE, "trailers");

    private final boolean trailers;
    private final HttpFields.Mutable fields = HttpFields.build();
    private String method = "";
    private String uri = "";
    private HttpVersion version = HttpVersion.HTTP_1_1;
    private int fieldCount;
    private @Nullable String host;
    private @Nullable HttpField transferEncoding;
    private long contentLength = -1;
    private boolean close;
    private boolean keepAlive;
    private boolean upgrading;
    private boolean onlyH2c = true;
    private String upgrade = "";
    private boolean expectsContinue;
    private boolean unknownExpectation;
    private boolean underscores;
    private boolean teTrailers;
    private HttpFields.@Nullable Mutable nominating;

    /** An empty head; {@code trailers} says whether trailers are carried. */
    RequestHead(boolean trailers) {
        this.trailers = trailers;
    }

    @Override
    public void firstLine(byte[] bytes, int from, int to) throws MalformedMessageException {
        int afterMethod = next(bytes, from, to);
        int afterTarget = next(bytes, Math.min(afterMethod + 1, to), to);
        if (afterMethod == from || afterTarget == afterMethod + 1 || afterTarget == to) {
            throw malformed("not an HTTP/1 request line");
        }
        method = method(bytes, from, afterMethod);
        uri = target(bytes, afterMethod + 1, afterTarget);
        version(bytes, afterTarget, to);
    }

    /** Where the next blank is; {@code to} where there is none. */
    private static int next(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && bytes[i] != ' ') {
            i++;
        }
        return i;
    }

    private static String method(byte[] bytes, int from, int to) throws MalformedMessageException {
        for (String known : METHODS) {
            if (known.length() == to - from && isHere(known, bytes, from)) {
                return known;
            }
        }
        for (int i = from; i < to; i++) {
            if (!Characters.isToken(bytes[i])) {
                throw malformed("a method that is no token");
            }
        }
        return new String(bytes, from, to - from, StandardCharsets.US_ASCII);
    }

    private static boolean isHere(String text, byte[] bytes, int from) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) != bytes[from + i]) {
                return false;
            }
        }
        return true;
    }

    private static String target(byte[] bytes, int from, int to) throws MalformedMessageException {
        for (int i = from; i < to; i++) {
            if (bytes[i] == '\t' || !Characters.isText(bytes[i])) {
                throw malformed("a control character in a target");
            }
        }
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** {@code HTTP/}, a digit, a point and a digit (RFC 9112, 2.3); what is not that is no version at all. */
    private void version(byte[] bytes, int from, int to) throws MalformedMessageException {
        boolean version = to - from == " HTTP/1.1".length()
                && isHere(" HTTP/", bytes, from)
                && isDigit(bytes[to - 3])
                && bytes[to - 2] == '.'
                && isDigit(bytes[to - 1]);
        if (!version) {
            throw isLikeATarget(uri)
                    ? malformed("not an HTTP/1 request line")
                    : MalformedMessageException.foreign("neither a target nor a version of HTTP in the first line");
        }
        int major = bytes[to - 3] - '0';
        int minor = bytes[to - 1] - '0';
        if (major == 1 && minor <= 1) {
            this.version = minor == 1 ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
        } else if (major == 2 && minor == 0 && method.equals("PRI")) {
            this.version = HttpVersion.HTTP_2;
        } else {
            throw new MalformedMessageException(505, "neither HTTP/1.0 nor HTTP/1.1");
        }
    }

    private static boolean isLikeATarget(String text) {
        return text.startsWith("/") || text.equals("*") || text.contains(":");
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    private static MalformedMessageException malformed(String what) {
        return new MalformedMessageException(400, what);
    }

    @Override
    public void field(HttpField field) throws MalformedMessageException {
        fieldCount++;
        HttpHeader header = field.getHeader();
        if (header == null) {
            underscores |= field.getName().indexOf('_') >= 0;
            fields.add(field);
            return;
        }
        switch (header) {
            case HOST -> {
                if (host != null) {
                    throw malformed("more than one host");
                }
                host = field.getValue();
            }
            case CONNECTION -> connection(field);
            case CONTENT_LENGTH -> contentLength(field);
            case TRANSFER_ENCODING -> {
                if (transferEncoding != null) {
                    throw malformed("more than one transfer-encoding");
                }
                transferEncoding = field;
            }
            case EXPECT -> expect(field.getValue());
            case UPGRADE -> upgrade(field);
            case TE -> teTrailers |= trailers && field.contains("trailers");
            case KEEP_ALIVE, PROXY_CONNECTION, HTTP2_SETTINGS -> {}
            case TRAILER -> {
                if (trailers) {
                    fields.add(field);
                }
            }
            default -> fields.add(field);
        }
    }

    private void connection(HttpField field) throws MalformedMessageException {
        boolean nominates = false;
        StringTokenizer tokens = new StringTokenizer(field.getValue(), ", \t");
        while (tokens.hasMoreTokens()) {
            String token = tokens.nextToken();
            if (token.equalsIgnoreCase("close")) {
                close = true;
            } else if (token.equalsIgnoreCase("keep-alive")) {
                keepAlive = true;
            } else if (!Characters.isToken(token)) {
                throw malformed("a connection option that is no token");
            } else {
                upgrading |= token.equalsIgnoreCase("upgrade");
                nominates = true;
            }
        }
        if (nominates) {
            if (nominating == null) {
                nominating = HttpFields.build();
            }
            nominating.add(field);
        }
    }

    private void contentLength(HttpField field) throws MalformedMessageException {
        String value = field.getValue();
        int digits = value.length();
        if (contentLength >= 0 || digits == 0 || digits > MOST_LENGTH_DIGITS) {
            throw malformed("content-length");
        }
        long length = 0;
        for (int i = 0; i < digits; i++) {
            char digit = value.charAt(i);
            if (digit < '0' || digit > '9') {
                throw malformed("content-length");
            }
            length = 10 * length + digit - '0';
        }
        contentLength = length;
        boolean padded = digits > 1 && value.charAt(0) == '0'; // 005, to some an octal number
        fields.add(padded ? new HttpField.LongValueHttpField(HttpHeader.CONTENT_LENGTH, length) : field);
    }

    private void expect(@Nullable String value) {
        if ("100-continue".equalsIgnoreCase(value)) {
            expectsContinue = true;
        } else {
            unknownExpectation = true;
        }
    }

    /** A list of protocols, each a token and perhaps a version behind a slash (RFC 9110, 7.8). */
    private void upgrade(HttpField field) throws MalformedMessageException {
        StringTokenizer protocols = new StringTokenizer(field.getValue(), ",");
        while (protocols.hasMoreTokens()) {
            String protocol = protocols.nextToken().strip();
            if (protocol.isEmpty()) {
                continue;
            }
            int slash = protocol.indexOf('/');
            if (!Characters.isToken(slash < 0 ? protocol : protocol.substring(0, slash))
                    || (slash >= 0 && !Characters.isToken(protocol.substring(slash + 1)))) {
                throw malformed("an upgrade to what is no token");
            }
            onlyH2c &= "h2c".equalsIgnoreCase(protocol);
            upgrade = upgrade.isEmpty() ? protocol : upgrade + ", " + protocol;
        }
    }

    /** All fields are there. */
    void complete() throws MalformedMessageException {
        if (transferEncoding != null && contentLength >= 0) {
            throw malformed("content-length and transfer-encoding");
        }
        if (transferEncoding != null && !endsChunked(transferEncoding.getValue())) {
            throw malformed("a transfer-encoding that does not end in chunks");
        }
        if (nominating != null) {
            HopByHop.removeNominated(fields, nominating);
        }
        if (teTrailers) {
            fields.add(TE_TRAILERS);
        }
    }

    private static boolean endsChunked(String codings) {
        int comma = codings.lastIndexOf(',');
        return codings.substring(comma + 1).strip().equalsIgnoreCase("chunked")
                && (comma < 0
                        || !codings.substring(0, comma).toLowerCase(Locale.ROOT).contains("chunked"));
    }

    String method() {
        return method;
    }

    /** The target as it came. */
    String uri() {
        return uri;
    }

    boolean isHttp10() {
        return version == HttpVersion.HTTP_1_0;
    }

    /** Whether it is the first line of an HTTP/2 connection. */
    boolean isHttp2() {
        return version == HttpVersion.HTTP_2;
    }

    /** The protocol's name for logs. */
    String protocol() {
        return isHttp10() ? "HTTP/1.0" : "HTTP/1.1";
    }

    /** How many fields came. */
    int fieldCount() {
        return fieldCount;
    }

    /** What goes on upstream: neither {@code host} nor {@code expect}, and nothing of this connection alone. */
    HttpFields.Mutable fields() {
        return fields;
    }

    /** The value of {@code host}; null where it did not come. */
    @Nullable
    String host() {
        return host;
    }

    @Nullable
    HttpField transferEncoding() {
        return transferEncoding;
    }

    /** The length that was announced; -1 where none was. */
    long contentLength() {
        return contentLength;
    }

    /** Whether a field has an underscore in its name. */
    boolean hasUnderscores() {
        return underscores;
    }

    /**
     * The protocol that is asked for, in lower case; empty where there is none, or merely HTTP/2, which one can do
     * without. Several are told as one that nobody knows.
     */
    String upgrade() {
        if (isConnect()) {
            return isHttp10() ? "" : Request.CONNECT;
        }
        return !upgrading || onlyH2c || isHttp10() ? "" : upgrade.toLowerCase(Locale.ROOT);
    }

    /** Whether nothing but the method asks for a tunnel. */
    boolean isConnect() {
        return method.equals("CONNECT");
    }

    /** Whether the client holds its content back until it is told to go on. */
    boolean expectsContinue() {
        return expectsContinue && !unknownExpectation && !isHttp10();
    }

    /** Whether something is expected that is not known here. */
    boolean hasUnknownExpectation() {
        return unknownExpectation && !isHttp10();
    }

    /** Whether the client would like to go on with this connection. */
    boolean persistent() {
        return !close && (!isHttp10() || keepAlive);
    }

    @Override
    public String toString() {
        return method + " " + uri;
    }
}
