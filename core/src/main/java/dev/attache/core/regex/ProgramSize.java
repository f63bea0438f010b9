package dev.attache.core.regex;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bounds the size of the program of an expression from its text alone, before the library writes its repetitions out:
 * {@code ((a{100}){100}){100}} is 20 characters and a million instructions. One pass over the text, a step a character.
 *
 * <p>The bound is never below what the library makes of a valid expression. An invalid one has some bound too; its
 * fault is the library's to tell.
 */
final class ProgramSize {

    /** Beyond any limit, and far enough from overflowing. */
    private static final long CEILING = Integer.MAX_VALUE;

    private final String text;
    private final Deque<Group> outer = new ArrayDeque<>();
    private Group group = new Group();
    private int at;

    private ProgramSize(String text) {
        this.text = text;
    }

    /** Instructions that the program of {@code expression} has at most; {@link Integer#MAX_VALUE} for "too many to say". */
    static int atMost(String expression) {
        return new ProgramSize(expression).measure();
    }

    private int measure() {
        while (at < text.length()) {
            char c = text.charAt(at);
            switch (c) {
                case '(' -> open();
                case ')' -> close();
                case '|' -> {
                    group.end();
                    group.add(2);
                    at++;
                }
                case '*', '+', '?' -> {
                    group.repeat(0, -1);
                    at++;
                }
                case '{' -> repeat();
                case '[' -> characterClass();
                case '\\' -> escape();
                default -> {
                    group.atom(1);
                    at++;
                }
            }
        }
        while (!outer.isEmpty()) {
            close();
        }
        // A program has an instruction to fail and one to match beside what the expression says.
        return (int) Math.min(CEILING, group.total() + 2);
    }

    private void open() {
        outer.push(group);
        group = new Group();
        at++;
        if (text.startsWith("?", at)) {
            // What stands between "(?" and ":" are flags or a name. "(?i)" is a group without content.
            while (at < text.length() && text.charAt(at) != ':' && text.charAt(at) != '>' && text.charAt(at) != ')') {
                at++;
            }
            if (at < text.length() && text.charAt(at) != ')') {
                at++;
            }
        }
    }

    private void close() {
        long size = group.total() + 2;
        group = outer.isEmpty() ? group : outer.pop();
        group.atom(size);
        at++;
    }

    private void repeat() {
        int longest = Math.min(text.length(), at + 16);
        int end = text.indexOf('}', at, longest);
        int comma = text.indexOf(',', at, longest);
        if (end > at) {
            int least = number(at + 1, comma > 0 && comma < end ? comma : end);
            int most = comma < 0 || comma > end ? least : comma + 1 == end ? -1 : number(comma + 1, end);
            if (least >= 0 && most >= -1) {
                group.repeat(least, most);
                at = end + 1;
                return;
            }
        }
        group.atom(1);
        at++;
    }

    /** Returns -2 where no number stands. */
    private int number(int from, int to) {
        if (from == to) {
            return -2;
        }
        int number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (c < '0' || c > '9') {
                return -2;
            }
            number = Math.min(1_000_000, number * 10 + c - '0');
        }
        return number;
    }

    private void characterClass() {
        int i = at + 1;
        if (i < text.length() && text.charAt(i) == '^') {
            i++;
        }
        // A bracket that stands first is a member of the class.
        if (i < text.length() && text.charAt(i) == ']') {
            i++;
        }
        while (i < text.length() && text.charAt(i) != ']') {
            int named = text.startsWith("[:", i) ? text.indexOf(":]", i + 2, Math.min(text.length(), i + 16)) : -1;
            i = text.charAt(i) == '\\' ? i + 2 : named > 0 ? named + 2 : i + 1;
        }
        group.atom(1);
        at = i + 1;
    }

    private void escape() {
        char kind = at + 1 < text.length() ? text.charAt(at + 1) : ' ';
        if (kind == 'Q') {
            int end = text.indexOf("\\E", at);
            int last = end < 0 ? text.length() : end;
            for (int i = at + 2; i < last; i++) {
                group.atom(1);
            }
            at = end < 0 ? text.length() : end + 2;
            return;
        }
        // "\x{10FFFF}" and "\p{Greek}" are one character each, and their braces no repetition.
        int end = (kind == 'x' || kind == 'p' || kind == 'P') && text.startsWith("{", at + 2)
                ? text.indexOf('}', at, Math.min(text.length(), at + 64))
                : -1;
        group.atom(1);
        at = end > 0 ? end + 1 : at + 2;
    }

    /** What stands between two parentheses: all that is complete, and the atom that a repetition may follow. */
    private static final class Group {
        private long complete = 1;
        private long atom;

        void atom(long size) {
            end();
            atom = size;
        }

        void add(long size) {
            complete = Math.min(CEILING, complete + size);
        }

        void end() {
            add(atom);
            atom = 0;
        }

        /** {@code most} is -1 for no upper end. */
        void repeat(int least, int most) {
            long copies = Math.max(1, least);
            long size = copies * (atom + 1) + 2;
            if (most > least) {
                size += (most - least) * (atom + 1);
            }
            atom = Math.min(CEILING, size);
        }

        long total() {
            return Math.min(CEILING, complete + atom);
        }
    }
}
