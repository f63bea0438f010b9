package dev.attache.core.stats;

import java.io.IOException;

/**
 * Stats as the lines of {@code /stats}: {@code name: value}, sorted, histograms last. For a histogram each quantile is
 * shown as {@code P50(interval,cumulative)}; intervals are not kept, so the first of the two is always {@code nan}.
 */
public final class TextStats {

    private TextStats() {}

    public static void write(Stats stats, StatsFilter filter, Appendable out) throws IOException {
        StringBuilder histograms = new StringBuilder();
        for (Stat stat : stats.sorted()) {
            if (filter.shows(stat)) {
                String name = stat.name().full();
                switch (stat) {
                    case Counter counter -> line(out, name, counter.value());
                    case Gauge gauge -> line(out, name, gauge.value());
                    case SuppliedGauge gauge -> line(out, name, gauge.value());
                    case Histogram histogram ->
                        histograms
                                .append(name)
                                .append(": ")
                                .append(quantiles(histogram.snapshot()))
                                .append('\n');
                }
            }
        }
        out.append(histograms);
    }

    private static void line(Appendable out, String name, long value) throws IOException {
        out.append(name).append(": ").append(Long.toString(value)).append('\n');
    }

    private static String quantiles(HistogramSnapshot snapshot) {
        if (snapshot.count() == 0) {
            return "No recorded values";
        }
        StringBuilder out = new StringBuilder();
        for (double percent : HistogramSnapshot.PERCENTS) {
            out.append(out.isEmpty() ? "P" : " P")
                    .append(Decimals.of(percent))
                    .append("(nan,")
                    .append(Decimals.of(snapshot.quantile(percent / 100)))
                    .append(')');
        }
        return out.toString();
    }
}
