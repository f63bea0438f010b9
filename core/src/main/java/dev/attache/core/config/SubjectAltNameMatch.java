package dev.attache.core.config;

/**
 * A test of the subject alternative names of a certificate. Names of another kind never pass it, whatever their text: the
 * mail address {@code eve@mail.example.org} is no host below {@code .example.org}.
 *
 * @param kind which names are looked at
 * @param matcher what one of them must be; a DNS name that is asked for exactly may be carried by a wildcard and in any
 *     case, an address written in any way
 */
public record SubjectAltNameMatch(Kind kind, StringMatch matcher) {

    /** A kind of subject alternative name. */
    public enum Kind {
        DNS,
        URI,
        EMAIL,
        IP_ADDRESS,
        /** Each of the others, as Envoy's older field {@code match_subject_alt_names} has it. */
        ANY
    }

    /** A test of DNS names. */
    public static SubjectAltNameMatch dns(StringMatch matcher) {
        return new SubjectAltNameMatch(Kind.DNS, matcher);
    }

    /** A test of URIs. */
    public static SubjectAltNameMatch uri(StringMatch matcher) {
        return new SubjectAltNameMatch(Kind.URI, matcher);
    }

    /** A test of mail addresses. */
    public static SubjectAltNameMatch email(StringMatch matcher) {
        return new SubjectAltNameMatch(Kind.EMAIL, matcher);
    }

    /** A test of IP addresses. */
    public static SubjectAltNameMatch ipAddress(StringMatch matcher) {
        return new SubjectAltNameMatch(Kind.IP_ADDRESS, matcher);
    }

    /** A test that a name of any kind may pass: only for patterns that no two kinds of names can both match. */
    public static SubjectAltNameMatch any(StringMatch matcher) {
        return new SubjectAltNameMatch(Kind.ANY, matcher);
    }
}
