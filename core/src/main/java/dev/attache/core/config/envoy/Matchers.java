package dev.attache.core.config.envoy;

import dev.attache.core.config.HeaderMatch;
import dev.attache.core.config.QueryMatch;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import dev.attache.core.regex.Regex;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Envoy's matchers of strings, headers and query parameters, and its regular expressions. */
final class Matchers {

    private Matchers() {}

    /** The expression of the {@code RegexMatcher} under {@code key}, which compiles. */
    static Optional<String> regex(Section owner, String key) {
        Optional<Section> matcher = owner.section(key);
        if (matcher.isEmpty()) {
            return Optional.empty();
        }
        matcher.get().ignore("google_re2");
        Optional<Value> expression = matcher.get().required("regex", "an RE2 expression");
        return expression.flatMap(Value::string).filter(text -> compiles(expression.get(), text));
    }

    private static boolean compiles(Value value, String expression) {
        try {
            Regex.compile(expression);
            return true;
        } catch (IllegalArgumentException wrong) {
            value.error(String.valueOf(wrong.getMessage()), "an RE2 expression");
            return false;
        }
    }

    /** A {@code StringMatcher}. */
    static Optional<StringMatch> string(Section section) {
        section.unsupported("custom");
        boolean ignoreCase = section.bool("ignore_case", false);
        Optional<String> kind = section.oneOf("exact", "prefix", "suffix", "contains", "safe_regex");
        List<Optional<StringMatch>> tests = List.of(
                section.string("exact").map(text -> new StringMatch.Exact(text, ignoreCase)),
                section.string("prefix").map(text -> new StringMatch.Prefix(text, ignoreCase)),
                section.string("suffix").map(text -> new StringMatch.Suffix(text, ignoreCase)),
                section.string("contains").map(text -> new StringMatch.Contains(text, ignoreCase)),
                regex(section, "safe_regex").map(StringMatch.Regex::new));
        if (kind.isEmpty()) {
            section.error("no test", "one of exact, prefix, suffix, contains, safe_regex");
        }
        return tests.stream().flatMap(Optional::stream).findFirst();
    }

    /** The {@code StringMatcher}s of a list. */
    static List<StringMatch> strings(Section owner, String key) {
        return owner.sections(key).stream()
                .flatMap(section -> string(section).stream())
                .toList();
    }

    /** The {@code HeaderMatcher}s of a list. */
    static List<HeaderMatch> headers(Section owner, String key) {
        return owner.sections(key).stream()
                .flatMap(section -> header(section).stream())
                .toList();
    }

    private static Optional<HeaderMatch> header(Section section) {
        String name = section.requiredString("name").toLowerCase(Locale.ROOT);
        boolean invert = section.bool("invert_match", false);
        boolean missingAsEmpty = section.bool("treat_missing_header_as_empty", false);
        Optional<String> kind = section.oneOf(
                "exact_match",
                "safe_regex_match",
                "range_match",
                "present_match",
                "prefix_match",
                "suffix_match",
                "contains_match",
                "string_match");
        List<Optional<HeaderMatch.Test>> tests = List.of(
                section.string("exact_match").map(text -> value(new StringMatch.Exact(text, false))),
                regex(section, "safe_regex_match").map(text -> value(new StringMatch.Regex(text))),
                section.string("prefix_match").map(text -> value(new StringMatch.Prefix(text, false))),
                section.string("suffix_match").map(text -> value(new StringMatch.Suffix(text, false))),
                section.string("contains_match").map(text -> value(new StringMatch.Contains(text, false))),
                section.section("string_match").flatMap(Matchers::string).map(Matchers::value),
                section.bool("present_match").map(HeaderMatch.Present::new),
                section.section("range_match").map(Matchers::range));
        Optional<HeaderMatch.Test> test =
                tests.stream().flatMap(Optional::stream).findFirst();
        if (test.isEmpty() && kind.isPresent()) {
            return Optional.empty();
        }
        // Without a test the header has to be there.
        HeaderMatch.Test found = test.orElse(new HeaderMatch.Present(true));
        String key = name.equals("host") ? ":authority" : name;
        return name.isEmpty()
                ? Optional.empty()
                : section.make(() -> new HeaderMatch(key, found, invert, missingAsEmpty));
    }

    private static HeaderMatch.Test value(StringMatch match) {
        return new HeaderMatch.Value(match);
    }

    private static HeaderMatch.Test range(Section section) {
        long start = section.integer("start", Long.MIN_VALUE, Long.MAX_VALUE).orElse(0L);
        long end = section.integer("end", Long.MIN_VALUE, Long.MAX_VALUE).orElse(0L);
        return new HeaderMatch.Range(start, end);
    }

    /** The {@code QueryParameterMatcher}s of a list. */
    static List<QueryMatch> query(Section owner, String key) {
        List<QueryMatch> matches = new ArrayList<>();
        for (Section section : owner.sections(key)) {
            String name = section.requiredString("name");
            section.oneOf("string_match", "present_match");
            Optional<StringMatch> value = section.section("string_match").flatMap(Matchers::string);
            if (section.bool("present_match").equals(Optional.of(false))) {
                section.error("present_match", "false is not supported", "true");
            }
            if (!name.isEmpty()) {
                matches.add(new QueryMatch(name, value));
            }
        }
        return matches;
    }
}
