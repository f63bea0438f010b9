package dev.attache.core.stats;

import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.StringMatch;
import dev.attache.core.regex.Regex;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** Which bucket bounds a histogram has, by its name; asked once for each. */
final class HistogramBounds {

    /** Envoy's default, in milliseconds. */
    private static final double[] DEFAULT = {
        0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000
    };

    private record Rule(Predicate<String> match, List<Double> bounds) {}

    private final List<Rule> rules;

    HistogramBounds(List<StatsConfig.Buckets> configured) {
        rules = configured.stream()
                .map(buckets -> new Rule(predicate(buckets.match()), buckets.bounds()))
                .toList();
    }

    double[] of(String statName) {
        for (Rule rule : rules) {
            if (rule.match().test(statName)) {
                return rule.bounds().stream().mapToDouble(Double::doubleValue).toArray();
            }
        }
        return DEFAULT;
    }

    private static Predicate<String> predicate(StringMatch match) {
        return switch (match) {
            case StringMatch.Exact exact ->
                name -> exact.ignoreCase() ? name.equalsIgnoreCase(exact.value()) : name.equals(exact.value());
            case StringMatch.Prefix prefix ->
                name -> name.regionMatches(
                        prefix.ignoreCase(),
                        0,
                        prefix.value(),
                        0,
                        prefix.value().length());
            case StringMatch.Suffix suffix ->
                name -> name.regionMatches(
                        suffix.ignoreCase(),
                        name.length() - suffix.value().length(),
                        suffix.value(),
                        0,
                        suffix.value().length());
            case StringMatch.Contains contains ->
                name -> contains.ignoreCase()
                        ? name.toLowerCase(Locale.ROOT)
                                .contains(contains.value().toLowerCase(Locale.ROOT))
                        : name.contains(contains.value());
            case StringMatch.Regex regex -> Regex.compile(regex.regex())::matches;
        };
    }
}
