package dev.attache.core.config;

/**
 * A header that is added to a message.
 *
 * @param name      header name; neither a pseudo-header nor {@code host}
 * @param value     value with {@code %...%} operators; {@code %%} is a percent sign
 * @param action    what happens when the header is already there
 * @param keepEmpty add the header even when the formatted value is empty; default false
 */
public record HeaderAddition(String name, String value, Action action, boolean keepEmpty) {

    /** What happens when the header is already there. */
    public enum Action {
        APPEND_IF_EXISTS_OR_ADD,
        ADD_IF_ABSENT,
        OVERWRITE_IF_EXISTS_OR_ADD,
        OVERWRITE_IF_EXISTS
    }

    public HeaderAddition {
        Checks.notEmpty("name", name);
    }

    public HeaderAddition(String name, String value) {
        this(name, value, Action.APPEND_IF_EXISTS_OR_ADD, false);
    }
}
