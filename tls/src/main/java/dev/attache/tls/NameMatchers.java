package dev.attache.tls;

import dev.attache.core.config.StringMatch;
import dev.attache.core.regex.Regex;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Asks that some name of a certificate matches some of the configured patterns; no patterns ask nothing. */
final class NameMatchers {

    private final List<StringMatch> matches;
    private final List<Predicate<String>> tests;

    private NameMatchers(List<StringMatch> matches, List<Predicate<String>> tests) {
        this.matches = matches;
        this.tests = tests;
    }

    static NameMatchers of(List<StringMatch> matches, Field field) {
        List<Predicate<String>> tests = new ArrayList<>();
        for (int i = 0; i < matches.size(); i++) {
            tests.add(test(matches.get(i), field.at("subject_alt_names[" + i + "]")));
        }
        return new NameMatchers(matches, tests);
    }

    private static Predicate<String> test(StringMatch match, Field field) {
        return switch (match) {
            case StringMatch.Exact(String value, boolean fold) ->
                name -> fold(name, fold).equals(fold(value, fold));
            case StringMatch.Prefix(String value, boolean fold) ->
                name -> fold(name, fold).startsWith(fold(value, fold));
            case StringMatch.Suffix(String value, boolean fold) ->
                name -> fold(name, fold).endsWith(fold(value, fold));
            case StringMatch.Contains(String value, boolean fold) ->
                name -> fold(name, fold).contains(fold(value, fold));
            case StringMatch.Regex(String regex) -> compile(regex, field)::matches;
        };
    }

    private static Regex compile(String regex, Field field) {
        try {
            return Regex.compile(regex);
        } catch (IllegalArgumentException wrong) {
            throw field.wrong(regex + ": " + wrong.getMessage(), "an RE2 expression");
        }
    }

    private static String fold(String value, boolean fold) {
        return fold ? value.toLowerCase(Locale.ROOT) : value;
    }

    boolean accept(CertificateNames names) {
        if (matches.isEmpty()) {
            return true;
        }
        for (int i = 0; i < matches.size(); i++) {
            // An exact pattern is a host name: the certificate may carry it by a wildcard, or written another way.
            if (matches.get(i) instanceof StringMatch.Exact exact && names.carry(exact.value())) {
                return true;
            }
            Predicate<String> test = tests.get(i);
            if (names.dns().stream().anyMatch(test)
                    || names.others().stream().anyMatch(test)
                    || names.ip().stream().map(InetAddress::getHostAddress).anyMatch(test)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public String toString() {
        return matches.toString();
    }
}
