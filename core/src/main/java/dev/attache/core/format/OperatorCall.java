package dev.attache.core.format;

import org.jspecify.annotations.Nullable;

/**
 * An operator as it is written in a format.
 *
 * @param name     its name
 * @param argument what stands in parentheses; null where there are none
 * @param position where its percent sign stands in the format, from 1
 */
record OperatorCall(String name, @Nullable String argument, int position) {

    /** The argument of an operator that needs one. */
    String required(String what) {
        if (argument == null || argument.isEmpty()) {
            throw wrong("no argument", name + "(" + what + ")");
        }
        return argument;
    }

    /** The argument, or empty text where there is none. */
    String optional() {
        return argument == null ? "" : argument;
    }

    void none() {
        if (argument != null) {
            throw wrong("(" + argument + ")", "no argument");
        }
    }

    IllegalArgumentException wrong(String found, String expected) {
        return new IllegalArgumentException(
                "position " + position + ": %" + name + "%: " + found + " (expected: " + expected + ")");
    }
}
