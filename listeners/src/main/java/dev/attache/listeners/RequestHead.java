package dev.attache.listeners;

import dev.attache.core.http.HopByHop;
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
final class RequestHead {

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
    private boolean upgrade;
    private boolean onlyH2c = true;
    private boolean upgradeOffered;
    private boolean expectsContinue;
    private boolean unknownExpectation;
    private boolean underscores;
    private boolean teTrailers;
    private HttpFields.@Nullable Mutable nominating;

    /** An empty head; {@code trailers} says whether trailers are carried. */
    RequestHead(boolean trailers) {
        this.trailers = trailers;
    }

    void start(String newMethod, String newUri, HttpVersion newVersion) {
        method = newMethod;
        uri = newUri;
        version = newVersion;
    }

    void add(HttpField field) {
        fieldCount++;
        HttpHeader header = field.getHeader();
        if (header == null) {
            underscores |= field.getName().indexOf('_') >= 0;
            fields.add(field);
            return;
        }
        switch (header) {
            case HOST -> host = field.getValue();
            case CONNECTION -> connection(field);
            case CONTENT_LENGTH -> contentLength(field);
            case TRANSFER_ENCODING -> transferEncoding = field;
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

    private void connection(HttpField field) {
        String value = field.getValue();
        if (value == null) {
            return;
        }
        boolean nominates = false;
        StringTokenizer tokens = new StringTokenizer(value, ", \t");
        while (tokens.hasMoreTokens()) {
            String token = tokens.nextToken();
            if (token.equalsIgnoreCase("close")) {
                close = true;
            } else if (token.equalsIgnoreCase("keep-alive")) {
                keepAlive = true;
            } else {
                upgrade |= token.equalsIgnoreCase("upgrade");
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

    private void contentLength(HttpField field) {
        contentLength = field.getLongValue(); // The parser has seen to it that it is a number, and alone.
        String value = field.getValue();
        boolean padded = value.length() > 1 && value.charAt(0) == '0'; // 005, to some an octal number
        fields.add(padded ? new HttpField.LongValueHttpField(HttpHeader.CONTENT_LENGTH, contentLength) : field);
    }

    private void expect(@Nullable String value) {
        if ("100-continue".equalsIgnoreCase(value)) {
            expectsContinue = true;
        } else {
            unknownExpectation = true;
        }
    }

    private void upgrade(HttpField field) {
        upgradeOffered = true;
        for (String protocol : field.getValues()) {
            onlyH2c &= "h2c".equalsIgnoreCase(protocol);
        }
    }

    /** All fields are there. */
    void complete() {
        if (nominating != null) {
            HopByHop.removeNominated(fields, nominating);
        }
        if (teTrailers) {
            fields.add(TE_TRAILERS);
        }
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

    /** Whether it is neither HTTP/1.0 nor HTTP/1.1. */
    boolean isForeign() {
        return version != HttpVersion.HTTP_1_1 && version != HttpVersion.HTTP_1_0;
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

    /** Whether content may follow. */
    boolean hasContent() {
        return contentLength > 0 || transferEncoding != null;
    }

    /** Whether a field has an underscore in its name. */
    boolean hasUnderscores() {
        return underscores;
    }

    /** Whether another protocol is asked for, and not merely HTTP/2, which one can do without. */
    boolean asksForUpgrade() {
        return upgradeOffered && !onlyH2c && upgrade && !isHttp10();
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
