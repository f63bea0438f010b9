package dev.attache.core.regex;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;

/** A compiled RE2 expression. Immutable and safe for use by all threads. */
public final class Regex {

    private final Pattern pattern;

    private Regex(Pattern pattern) {
        this.pattern = pattern;
    }

    /**
     * Compiles an expression.
     *
     * @throws IllegalArgumentException when it is not RE2 syntax; the message says what is wrong
     */
    public static Regex compile(String expression) {
        try {
            return new Regex(Pattern.compile(expression));
        } catch (PatternSyntaxException wrong) {
            throw new IllegalArgumentException("not an RE2 expression: " + wrong.getMessage(), wrong);
        }
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
