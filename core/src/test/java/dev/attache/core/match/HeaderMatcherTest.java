package dev.attache.core.match;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.HeaderMatch;
import dev.attache.core.config.StringMatch;
import dev.attache.core.http.Body;
import dev.attache.core.http.Request;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HeaderMatcherTest {

    private static final Request REQUEST = new Request(
            "POST",
            "https",
            "en.Example.org:8443",
            "/a/b?c=d",
            HttpFields.build()
                    .add("X-One", "first")
                    .add("X-Two", "a")
                    .add("X-Two", "b")
                    .add("X-Number", "-7")
                    .add("X-Empty", ""),
            Body.EMPTY);

    private static HeaderMatch.Test test(String kind, String value) {
        return switch (kind) {
            case "exact" -> new HeaderMatch.Value(new StringMatch.Exact(value, false));
            case "iexact" -> new HeaderMatch.Value(new StringMatch.Exact(value, true));
            case "prefix" -> new HeaderMatch.Value(new StringMatch.Prefix(value, false));
            case "iprefix" -> new HeaderMatch.Value(new StringMatch.Prefix(value, true));
            case "suffix" -> new HeaderMatch.Value(new StringMatch.Suffix(value, false));
            case "contains" -> new HeaderMatch.Value(new StringMatch.Contains(value, false));
            case "icontains" -> new HeaderMatch.Value(new StringMatch.Contains(value, true));
            case "regex" -> new HeaderMatch.Value(new StringMatch.Regex(value));
            case "present" -> new HeaderMatch.Present(Boolean.parseBoolean(value));
            case "range" -> {
                String[] ends = value.split("_");
                yield new HeaderMatch.Range(Long.parseLong(ends[0]), Long.parseLong(ends[1]));
            }
            default -> throw new IllegalArgumentException(kind);
        };
    }

    @ParameterizedTest(name = "{0} {1} {2}: {3}")
    @CsvSource({
        "x-one, exact, first, true",
        "x-one, exact, First, false",
        "x-one, iexact, FIRST, true",
        "x-one, prefix, fir, true",
        "x-one, prefix, firstest, false",
        "x-one, iprefix, FIR, true",
        "x-one, suffix, rst, true",
        "x-one, suffix, no-such-long-suffix, false",
        "x-one, contains, irs, true",
        "x-one, contains, IRS, false",
        "x-one, icontains, IRS, true",
        "x-one, regex, f.*t, true",
        "x-one, regex, f.*s, false",
        "x-one, present, true, true",
        "x-one, present, false, false",
        "x-none, present, true, false",
        "x-none, present, false, true",
        "x-empty, present, true, true",
        "'x-two', exact, 'a,b', true",
        "x-two, exact, a, false",
        "x-number, range, -7_0, true",
        "x-number, range, -20_-7, false",
        "x-one, range, 0_10, false",
        "x-none, exact, '', false",
        ":method, exact, POST, true",
        ":scheme, exact, https, true",
        ":authority, exact, en.Example.org:8443, true",
        "host, suffix, :8443, true",
        ":path, exact, /a/b?c=d, true",
    })
    void testsOneHeader(String name, String kind, String value, boolean expected) {
        assertThat(HeaderMatcher.of(new HeaderMatch(name, test(kind, value), false, false))
                        .matches(REQUEST))
                .isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0} {1} {2} invert {3} missing as empty {4}: {5}")
    @CsvSource({
        "x-one, exact, first, true, false, false",
        "x-one, exact, other, true, false, true",
        // An absent header fails the inverted test as well, unless it counts as empty.
        "x-none, exact, other, true, false, false",
        "x-none, exact, other, true, true, true",
        "x-none, exact, '', false, true, true",
        "x-none, range, 0_10, true, true, true",
        "x-none, range, 0_10, true, false, false",
        "x-none, present, true, true, false, true",
        "x-one, present, true, true, false, false",
        "x-none, present, true, false, true, true",
    })
    void invertsAndTreatsMissingAsEmpty(
            String name, String kind, String value, boolean invert, boolean missingAsEmpty, boolean expected) {
        assertThat(HeaderMatcher.of(new HeaderMatch(name, test(kind, value), invert, missingAsEmpty))
                        .matches(REQUEST))
                .isEqualTo(expected);
    }

    @Test
    void testsTheHeadersOfAResponse() {
        HeaderMatcher matcher = HeaderMatcher.of(new HeaderMatch("X-Again", test("exact", "yes"), false, false));
        assertThat(matcher.matches(HttpFields.build().add("x-again", "yes"))).isTrue();
        assertThat(matcher.matches(HttpFields.build().add("x-again", "no"))).isFalse();
    }
}
