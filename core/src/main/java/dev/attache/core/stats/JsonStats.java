package dev.attache.core.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Stats as one JSON object, as Envoy's {@code /stats?format=json} gives it. */
public final class JsonStats {

    private JsonStats() {}

    public static void write(Stats stats, StatsFilter filter, Appendable out) throws IOException {
        List<Histogram> histograms = new ArrayList<>();
        out.append("{\"stats\":[");
        String comma = "";
        for (Stat stat : stats.sorted()) {
            if (!filter.shows(stat)) {
                continue;
            }
            switch (stat) {
                case Counter counter -> number(out.append(comma), stat, counter.value());
                case Gauge gauge -> number(out.append(comma), stat, gauge.value());
                case SuppliedGauge gauge -> number(out.append(comma), stat, gauge.value());
                case Histogram histogram -> {
                    histograms.add(histogram);
                    continue;
                }
            }
            comma = ",";
        }
        if (!histograms.isEmpty()) {
            histograms(out.append(comma), histograms);
        }
        out.append("]}\n");
    }

    private static void number(Appendable out, Stat stat, long value) throws IOException {
        out.append("{\"name\":").append(quoted(stat.name().full())).append(",\"value\":");
        out.append(Long.toString(value)).append('}');
    }

    /** Intervals are not kept: null. */
    private static void histograms(Appendable out, List<Histogram> histograms) throws IOException {
        out.append("{\"histograms\":{\"supported_quantiles\":[");
        String comma = "";
        for (double percent : HistogramSnapshot.PERCENTS) {
            out.append(comma).append(Decimals.of(percent));
            comma = ",";
        }
        out.append("],\"computed_quantiles\":[");
        String next = "";
        for (Histogram histogram : histograms) {
            HistogramSnapshot snapshot = histogram.snapshot();
            out.append(next).append("{\"name\":").append(quoted(histogram.name().full()));
            out.append(",\"values\":[");
            String between = "";
            for (double percent : HistogramSnapshot.PERCENTS) {
                String value = snapshot.count() == 0 ? "null" : Decimals.of(snapshot.quantile(percent / 100));
                out.append(between)
                        .append("{\"interval\":null,\"cumulative\":")
                        .append(value)
                        .append('}');
                between = ",";
            }
            out.append("]}");
            next = ",";
        }
        out.append("]}}");
    }

    private static String quoted(String name) {
        StringBuilder out = new StringBuilder(name.length() + 2).append('"');
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ') {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }
}
