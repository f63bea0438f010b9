package dev.attache.core.regex;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** A compiled RE2 expression. Immutable and safe for use by all threads. */
public final class Regex {

    /**
     * Instructions that the program of an expression of a configuration has at most: enough for 2,500 literal characters,
     * and few enough that a text of 1,000 characters costs a tenth of a second at the very worst.
     */
    public static final int MAX_PROGRAM = 2500;

    /** By how much the bound of a program may lie above what the program is. */
    private static final int MARGIN = 4;

    /** Characters of an expression for each instruction that it may have: classes of characters take much text. */
    private static final int LONGEST = 10;

    private final Pattern pattern;

    private Regex(Pattern pattern) {
        this.pattern = pattern;
    }

    /**
     * Compiles an expression whose program has at most {@link #MAX_PROGRAM} instructions: what a configuration may give.
     *
     * @throws IllegalArgumentException when it is not RE2 syntax, or too large; the message says what is wrong
     */
    public static Regex compile(String expression) {
        return compile(expression, MAX_PROGRAM);
    }

    /**
     * Compiles an expression under a limit of the caller's own. A match takes at most a step for each instruction and
     * each character of the text, so that the limit is what bounds its cost. Compiling is bounded too: what is far too
     * large is refused before it is written out.
     *
     * @param limit instructions of the program, 1 or more
     * @throws IllegalArgumentException when it is not RE2 syntax, or too large; the message says what is wrong
     */
    public static Regex compile(String expression, int limit) {
        if (expression.length() > LONGEST * (long) limit) {
            throw new IllegalArgumentException("an expression of " + expression.length() + " characters where "
                    + LONGEST * (long) limit + " are allowed");
        }
        // A program turns out smaller than its bound where parts of it fold into one, "a|b" into "[ab]".
        int bound = ProgramSize.atMost(expression);
        if (bound > MARGIN * (long) limit) {
            throw tooLarge("up to " + bound, limit);
        }
        try {
            Pattern pattern = Pattern.compile(expression);
            if (pattern.programSize() > limit) {
                throw tooLarge(Integer.toString(pattern.programSize()), limit);
            }
            return new Regex(pattern);
        } catch (PatternSyntaxException wrong) {
            throw new IllegalArgumentException("not an RE2 expression: " + wrong.getMessage(), wrong);
        }
    }

    private static IllegalArgumentException tooLarge(String found, int limit) {
        return new IllegalArgumentException("an expression of " + found + " instructions where " + limit
                + " are allowed; a repetition like {1,1000} counts as often as it repeats");
    }

    /** Whether the whole of {@code text} matches. */
    public boolean matches(CharSequence text) {
        return pattern.matcher(text).matches();
    }

    /** Whether some part of {@code text} matches. */
    public boolean find(CharSequence text) {
        return pattern.matcher(text).find();
    }

    /**
     * Replaces every match.
     *
     * @param substitution text in which {@code \0} to {@code \9} stand for groups and {@code \\} for a backslash
     */
    public String replaceAll(CharSequence text, String substitution) {
        Matcher matcher = pattern.matcher(text);
        StringBuilder out = new StringBuilder(text.length() + 16);
        int from = 0;
        while (matcher.find()) {
            out.append(text, from, matcher.start());
            appendSubstitution(out, matcher, substitution);
            from = matcher.end();
        }
        return out.append(text, from, text.length()).toString();
    }

    private static void appendSubstitution(StringBuilder out, Matcher matcher, String substitution) {
        for (int i = 0; i < substitution.length(); i++) {
            char c = substitution.charAt(i);
            if (c != '\\' || i + 1 == substitution.length()) {
                out.append(c);
                continue;
            }
            char next = substitution.charAt(++i);
            if (next < '0' || next > '9') {
                out.append(next);
            } else if (next - '0' <= matcher.groupCount()) {
                String group = matcher.group(next - '0');
                out.append(group == null ? "" : group);
            }
        }
    }

    @Override
    public String toString() {
        return pattern.pattern();
    }
}
