package dev.attache.core.format;

import dev.attache.core.config.HeaderAddition;
import dev.attache.core.http.Exchange;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;

/** A header that is added to messages, its value compiled. Immutable and safe for use by all threads. */
public final class AddedHeader {

    private final HeaderAddition addition;
    private final Format value;

    /** @throws IllegalArgumentException when the value is not a format, with the position */
    public AddedHeader(HeaderAddition addition) {
        this.addition = addition;
        this.value = Format.header(addition.value());
    }

    /** Adds the header, or does not, as its action says. */
    public void addTo(HttpFields.Mutable headers, Exchange exchange) {
        String name = addition.name();
        boolean there = headers.contains(name);
        switch (addition.action()) {
            case APPEND_IF_EXISTS_OR_ADD -> {}
            case OVERWRITE_IF_EXISTS_OR_ADD -> {}
            case ADD_IF_ABSENT -> {
                if (there) {
                    return;
                }
            }
            case OVERWRITE_IF_EXISTS -> {
                if (!there) {
                    return;
                }
            }
        }
        String text = value.apply(exchange);
        if (text.isEmpty() && !addition.keepEmpty()) {
            return;
        }
        if (addition.action() == HeaderAddition.Action.APPEND_IF_EXISTS_OR_ADD) {
            headers.add(new HttpField(name, text));
        } else {
            headers.put(new HttpField(name, text));
        }
    }
}
