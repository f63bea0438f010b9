package dev.attache.core.proxy;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Makes one cookie header of the several in which a client of HTTP/2 may send it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113#section-8.2.3">RFC 9113, compressing the cookie header field</a>
 */
final class CookieCrumbs {

    private CookieCrumbs() {}

    /** Joins them in their order; changes nothing where there is one at most. */
    static void join(HttpFields.Mutable headers) {
        StringBuilder joined = null;
        HttpField first = null;
        for (int i = 0; i < headers.size(); i++) {
            HttpField field = headers.getField(i);
            if (field.getHeader() != HttpHeader.COOKIE || field.getValue() == null) {
                continue;
            }
            if (first == null) {
                first = field;
            } else {
                joined = joined == null ? new StringBuilder(first.getValue()) : joined;
                joined.append("; ").append(field.getValue());
            }
        }
        if (joined != null) {
            headers.put(HttpHeader.COOKIE, joined.toString());
        }
    }
}
