package dev.attache.core.stats;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Stats in Prometheus' text format 0.0.4, with Envoy's names and labels; times are in milliseconds. Stats of one family
 * stand together, under one {@code # TYPE} line.
 *
 * @see <a href="https://prometheus.io/docs/instrumenting/exposition_formats/">Prometheus exposition formats</a>
 */
public final class PrometheusText {

    /** Media type of the text. */
    public static final String CONTENT_TYPE = "text/plain; version=0.0.4";

    private PrometheusText() {}

    public static void write(Stats stats, StatsFilter filter, Appendable out) throws IOException {
        Map<String, List<Stat>> families = new TreeMap<>();
        for (Stat stat : stats.sorted()) {
            if (filter.shows(stat)) {
                families.computeIfAbsent(stat.name().family(), absent -> new ArrayList<>())
                        .add(stat);
            }
        }
        for (Map.Entry<String, List<Stat>> family : families.entrySet()) {
            String type = type(family.getValue().getFirst());
            out.append("# TYPE ")
                    .append(family.getKey())
                    .append(' ')
                    .append(type)
                    .append('\n');
            for (Stat stat : family.getValue()) {
                // A second kind under one name is no valid text; the first one wins.
                if (type(stat).equals(type)) {
                    write(out, stat);
                }
            }
        }
    }

    private static String type(Stat stat) {
        return switch (stat) {
            case Counter _ -> "counter";
            case Gauge _, SuppliedGauge _ -> "gauge";
            case Histogram _ -> "histogram";
        };
    }

    private static void write(Appendable out, Stat stat) throws IOException {
        StatName name = stat.name();
        switch (stat) {
            case Counter counter -> sample(out, name, "", name.labels(), Long.toString(counter.value()));
            case Gauge gauge -> sample(out, name, "", name.labels(), Long.toString(gauge.value()));
            case SuppliedGauge gauge -> sample(out, name, "", name.labels(), Long.toString(gauge.value()));
            case Histogram histogram -> write(out, name, histogram.snapshot());
        }
    }

    private static void write(Appendable out, StatName name, HistogramSnapshot snapshot) throws IOException {
        String comma = name.labels().isEmpty() ? "" : ",";
        long below = 0;
        for (int i = 0; i < snapshot.buckets(); i++) {
            below += snapshot.count(i);
            String labels = name.labels() + comma + "le=\"" + Decimals.exact(snapshot.bound(i)) + "\"";
            sample(out, name, "_bucket", labels, Long.toString(below));
        }
        sample(out, name, "_sum", name.labels(), Decimals.millis(snapshot.sumNanos()));
        sample(out, name, "_count", name.labels(), Long.toString(below));
    }

    private static void sample(Appendable out, StatName name, String suffix, String labels, String value)
            throws IOException {
        out.append(name.family()).append(suffix).append('{').append(labels).append("} ");
        out.append(value).append('\n');
    }
}
