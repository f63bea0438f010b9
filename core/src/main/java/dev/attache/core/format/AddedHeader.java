package dev.attache.core.format;

import dev.attache.core.config.HeaderAddition;
import dev.attache.core.http.Exchange;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/** A header that is added to messages, its value compiled. Immutable and safe for use by all threads. */
public final class AddedHeader {

    private final HeaderAddition addition;
    private final Format value;

    /** What is added where the value is the same for all exchanges. */
    private final @Nullable HttpField fixed;

    /** @throws IllegalArgumentException when the value is not a format, with the position */
    public AddedHeader(HeaderAddition addition) {
        this.addition = addition;
        this.value = Format.header(addition.value());
        this.fixed = value.constant() ? new HttpField(addition.name(), value.apply(Exchange.begin())) : null;
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
        HttpField field = fixed == null ? new HttpField(name, value.apply(exchange)) : fixed;
        if (field.getValue().isEmpty() && !addition.keepEmpty()) {
            return;
        }
        if (addition.action() == HeaderAddition.Action.APPEND_IF_EXISTS_OR_ADD) {
            headers.add(field);
        } else {
            headers.put(field);
        }
    }
}
