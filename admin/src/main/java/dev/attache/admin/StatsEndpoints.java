package dev.attache.admin;

import dev.attache.core.regex.Regex;
import dev.attache.core.stats.JsonStats;
import dev.attache.core.stats.PrometheusText;
import dev.attache.core.stats.Stats;
import dev.attache.core.stats.StatsFilter;
import dev.attache.core.stats.StatsFilter.Kind;
import dev.attache.core.stats.TextStats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** {@code /stats}, {@code /stats/prometheus} and {@code /reset_counters}. */
final class StatsEndpoints {

    /** Instructions of a filter's program. */
    private static final int LARGEST_FILTER = 250;

    /** What a filter may take of the processor for all names; some 100,000 are within it. */
    private static final Duration MOST_FILTERING = Duration.ofSeconds(1);

    private StatsEndpoints() {}

    static List<AdminEndpoint> of(Stats stats) {
        return List.of(
                new Page(
                        "/stats",
                        "print server stats: filter, usedonly, type, format=text|json|prometheus",
                        query -> stats(stats, query)),
                new Page(
                        "/stats/prometheus",
                        "print server stats in prometheus format: filter, usedonly",
                        query -> prometheus(stats, query)),
                Page.changing("/reset_counters", "reset all counters to zero", _ -> {
                    stats.resetCounters();
                    return AdminReply.ok();
                }));
    }

    private static AdminReply stats(Stats stats, AdminQuery query) {
        return switch (query.get("format", "text")) {
            case "text" -> AdminReply.text(written(out -> TextStats.write(stats, filter(query), out)));
            case "json" -> AdminReply.json(written(out -> JsonStats.write(stats, filter(query), out)));
            case "prometheus" -> prometheus(stats, query);
            default ->
                throw new IllegalArgumentException(
                        "format: " + query.get("format", "") + " (expected: text, json or prometheus)");
        };
    }

    private static AdminReply prometheus(Stats stats, AdminQuery query) {
        return new AdminReply(
                200, PrometheusText.CONTENT_TYPE, written(out -> PrometheusText.write(stats, filter(query), out)));
    }

    private static StatsFilter filter(AdminQuery query) {
        String name = query.get("filter", "");
        return new StatsFilter(
                name.isEmpty() ? Optional.empty() : Optional.of(named(name)),
                query.has("usedonly"),
                kinds(query.get("type", "All")));
    }

    private static Predicate<String> named(String expression) {
        Regex regex = Regex.compile(expression, LARGEST_FILTER);
        ProcessorTime time = new ProcessorTime(MOST_FILTERING);
        return name -> {
            time.step();
            return regex.find(name);
        };
    }

    private static Set<Kind> kinds(String type) {
        return switch (type.toLowerCase(Locale.ROOT)) {
            case "all" -> EnumSet.allOf(Kind.class);
            case "counters" -> EnumSet.of(Kind.COUNTER);
            case "gauges" -> EnumSet.of(Kind.GAUGE);
            case "histograms" -> EnumSet.of(Kind.HISTOGRAM);
            case "textreadouts" -> EnumSet.noneOf(Kind.class);
            default ->
                throw new IllegalArgumentException(
                        "type: " + type + " (expected: Counters, Gauges, Histograms, TextReadouts or All)");
        };
    }

    private interface Writing {
        void to(StringBuilder out) throws IOException;
    }

    private static String written(Writing writing) {
        StringBuilder out = new StringBuilder(16 * 1024);
        try {
            writing.to(out);
        } catch (IOException impossible) {
            throw new UncheckedIOException("a string builder refused", impossible);
        }
        return out.toString();
    }
}
