package dev.attache.listeners;

import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.http.HopByHop;
import java.util.Locale;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/** Writes the headers of responses in the case that the configuration asks for. Immutable. */
final class ResponseHead {

    private final HeaderCase headerCase;
    private final boolean trailers;

    /** Names of well-known headers, by ordinal, in the wanted case. */
    private final String[] names;

    ResponseHead(HttpConfig config) {
        headerCase = config.headerCase();
        trailers = config.enableTrailers();
        HttpHeader[] known = HttpHeader.values();
        names = new String[known.length];
        for (HttpHeader header : known) {
            names[header.ordinal()] = cased(header.asString());
        }
    }

    boolean trailers() {
        return trailers;
    }

    /** Adds {@code headers}, without those of a connection, to those of the message that is written. */
    void copy(HttpFields headers, HttpFields.Mutable written) {
        for (HttpField field : HopByHop.response(headers, trailers)) {
            written.add(cased(field));
        }
    }

    private HttpField cased(HttpField field) {
        HttpHeader known = field.getHeader();
        if (known == null) {
            String name = cased(field.getName());
            return name.equals(field.getName()) ? field : new HttpField(null, name, field.getValue());
        }
        return switch (known) {
            // The server reads these itself, and writes them in its own case.
            case CONTENT_LENGTH, CONNECTION, TRANSFER_ENCODING -> field;
            default -> {
                String name = headerCase == HeaderCase.PRESERVE ? field.getName() : names[known.ordinal()];
                // Without its constant, or the server would write the name in its own case.
                yield new HttpField(null, name, field.getValue());
            }
        };
    }

    private String cased(String name) {
        return switch (headerCase) {
            case LOWER -> name.toLowerCase(Locale.ROOT);
            case PROPER_CASE_WORDS -> properCase(name);
            case PRESERVE -> name;
        };
    }

    private static String properCase(String name) {
        StringBuilder proper = new StringBuilder(name.length());
        boolean first = true;
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            proper.append(first ? Character.toUpperCase(c) : Character.toLowerCase(c));
            first = c == '-';
        }
        return proper.toString();
    }
}
