package dev.attache.tls;

import dev.attache.core.config.StringMatch;
import dev.attache.core.config.SubjectAltNameMatch;
import dev.attache.core.config.SubjectAltNameMatch.Kind;
import dev.attache.core.match.StringMatcher;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** Asks that some name of a certificate matches some of the configured patterns; no patterns ask nothing. */
final class NameMatchers {

    private record Compiled(SubjectAltNameMatch match, StringMatcher matcher) {

        boolean accepts(CertificateNames names) {
            return (looksAt(Kind.DNS) && dns(names))
                    || (looksAt(Kind.IP_ADDRESS) && address(names))
                    || (looksAt(Kind.URI) && names.uris().stream().anyMatch(matcher::matches))
                    || (looksAt(Kind.EMAIL) && names.mails().stream().anyMatch(matcher::matches));
        }

        private boolean looksAt(Kind kind) {
            return match.kind() == kind || match.kind() == Kind.ANY;
        }

        private boolean dns(CertificateNames names) {
            // An exact pattern is a host name: the certificate may carry it by a wildcard.
            return (match.matcher() instanceof StringMatch.Exact exact
                            && names.dns().stream()
                                    .anyMatch(pattern -> CertificateNames.matches(pattern, exact.value())))
                    || names.dns().stream().anyMatch(matcher::matches);
        }

        private boolean address(CertificateNames names) {
            // An address has several spellings, of which a certificate holds none.
            return (match.matcher() instanceof StringMatch.Exact exact
                            && names.ip().contains(CertificateNames.address(exact.value())))
                    || names.ip().stream().map(InetAddress::getHostAddress).anyMatch(matcher::matches);
        }
    }

    private final List<Compiled> matchers;

    private NameMatchers(List<Compiled> matchers) {
        this.matchers = matchers;
    }

    static NameMatchers of(List<SubjectAltNameMatch> matches, Field field) {
        List<Compiled> matchers = new ArrayList<>();
        for (SubjectAltNameMatch match : matches) {
            try {
                matchers.add(new Compiled(match, StringMatcher.of(match.matcher())));
            } catch (IllegalArgumentException wrong) {
                throw field.at("subject_alt_names[" + matchers.size() + "]")
                        .wrong(match.matcher() + ": " + wrong.getMessage(), "an RE2 expression");
            }
        }
        return new NameMatchers(List.copyOf(matchers));
    }

    boolean accept(CertificateNames names) {
        return matchers.isEmpty() || matchers.stream().anyMatch(matcher -> matcher.accepts(names));
    }

    @Override
    public String toString() {
        return matchers.stream()
                .map(it -> it.match().kind() + " " + it.match().matcher())
                .toList()
                .toString();
    }
}
