package dev.attache.tls;

import dev.attache.core.config.StringMatch;
import dev.attache.core.match.StringMatcher;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Asks that some name of a certificate matches some of the configured patterns; no patterns ask nothing. */
final class NameMatchers {

    private final List<StringMatch> matches;
    private final List<StringMatcher> matchers;

    private NameMatchers(List<StringMatch> matches, List<StringMatcher> matchers) {
        this.matches = matches;
        this.matchers = matchers;
    }

    static NameMatchers of(List<StringMatch> matches, Field field) {
        List<StringMatcher> matchers = new ArrayList<>();
        for (int i = 0; i < matches.size(); i++) {
            try {
                matchers.add(StringMatcher.of(matches.get(i)));
            } catch (IllegalArgumentException wrong) {
                throw field.at("subject_alt_names[" + i + "]")
                        .wrong(matches.get(i) + ": " + wrong.getMessage(), "an RE2 expression");
            }
        }
        return new NameMatchers(matches, matchers);
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
            StringMatcher matcher = matchers.get(i);
            if (names.dns().stream().anyMatch(matcher::matches)
                    || names.others().stream().anyMatch(matcher::matches)
                    || names.ip().stream().map(InetAddress::getHostAddress).anyMatch(matcher::matches)) {
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
