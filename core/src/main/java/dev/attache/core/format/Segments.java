package dev.attache.core.format;

import dev.attache.core.http.Octets;
import java.util.ArrayList;
import java.util.List;

/** A format taken apart: literals, and operators in between. */
final class Segments {

    /** A part of a format. */
    sealed interface Segment {
        /** Text as it stands, in bytes. */
        record Literal(String text) implements Segment {}

        /** An operator. */
        record Value(Operator operator) implements Segment {}
    }

    private final String format;
    private final List<Segment> segments = new ArrayList<>();
    private final StringBuilder literal = new StringBuilder();
    private int at;

    private Segments(String format) {
        this.format = format;
    }

    /**
     * Takes a format apart.
     *
     * @throws IllegalArgumentException with the position, what was found and what was expected
     */
    static List<Segment> parse(String format) {
        return new Segments(format).parse();
    }

    private List<Segment> parse() {
        while (at < format.length()) {
            char c = format.charAt(at);
            if (c != '%') {
                literal.append(c);
                at++;
            } else if (format.startsWith("%%", at)) {
                literal.append('%');
                at += 2;
            } else {
                endLiteral();
                segments.add(new Segment.Value(operator()));
            }
        }
        endLiteral();
        return List.copyOf(segments);
    }

    private void endLiteral() {
        if (!literal.isEmpty()) {
            segments.add(new Segment.Literal(Octets.of(literal.toString())));
            literal.setLength(0);
        }
    }

    /** {@code %NAME%}, {@code %NAME(argument)%}, either with {@code :length} before the last percent sign. */
    private Operator operator() {
        int start = at++;
        int nameStart = at;
        while (at < format.length() && nameCharacter(format.charAt(at))) {
            at++;
        }
        String name = format.substring(nameStart, at);
        String argument = null;
        if (at < format.length() && format.charAt(at) == '(') {
            int close = close(at + 1);
            if (close < 0) {
                throw wrong(start, ") before the next operator's end");
            }
            argument = format.substring(at + 1, close);
            at = close + 1;
        }
        int end = end(at);
        if (name.isEmpty() || end < 0) {
            throw wrong(start, "%NAME%, %NAME(argument)%, %NAME(argument):LENGTH%, or %% for a percent sign");
        }
        Operator operator = Operators.compile(new OperatorCall(name, argument, start + 1));
        if (end > at) {
            operator = new Operator.Truncated(operator, length(start, format.substring(at + 1, end)));
        }
        at = end + 1;
        return operator;
    }

    private static boolean nameCharacter(char c) {
        return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    }

    /** The parenthesis that ends an argument: the first with the end of the operator behind it. */
    private int close(int from) {
        for (int close = format.indexOf(')', from); close >= 0; close = format.indexOf(')', close + 1)) {
            if (end(close + 1) >= 0) {
                return close;
            }
        }
        return -1;
    }

    /** Where the last percent sign of the operator stands, possibly behind a length; -1 where there is none. */
    private int end(int from) {
        int end = from;
        if (end < format.length() && format.charAt(end) == ':') {
            end++;
            while (end < format.length() && Character.isDigit(format.charAt(end))) {
                end++;
            }
            if (end == from + 1) {
                return -1;
            }
        }
        return end < format.length() && format.charAt(end) == '%' ? end : -1;
    }

    private int length(int start, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException tooLong) {
            throw wrong(start, "a length below 2147483648");
        }
    }

    private IllegalArgumentException wrong(int start, String expected) {
        String found = format.substring(start, Math.min(format.length(), start + 40));
        return new IllegalArgumentException("position " + (start + 1) + ": " + found + " (expected: " + expected + ")");
    }
}
