package dev.attache.core.http2;

import dev.attache.core.http.Headers;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/** Between the header list of the codec and the one that filters and routes see. */
public final class JettyFields {

    private static final int MORE = 8;

    private JettyFields() {}

    /** The fields of a message, to be added to. */
    public static HttpFields.Mutable of(Headers headers) {
        HttpFields.Mutable fields = HttpFields.build(headers.size() + MORE);
        for (int i = 0; i < headers.size(); i++) {
            fields.add(field(headers.name(i), headers.value(i)));
        }
        return fields;
    }

    /** One field. */
    public static HttpField field(String name, String value) {
        return new HttpField(HttpHeader.CACHE.get(name), name, value);
    }

    /** Trailers, as they are sent. */
    public static Headers of(HttpFields fields) {
        Headers headers = new Headers(fields.size());
        for (HttpField field : fields) {
            add(headers, field);
        }
        return headers;
    }

    /** Adds one field. */
    public static void add(Headers headers, HttpField field) {
        String value = field.getValue();
        headers.add(field.getLowerCaseName(), value == null ? "" : value);
    }
}
