package dev.attache.core.config.envoy;

import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The {@code stats_config} and {@code stats_sinks} of a bootstrap. */
final class StatsReader {

    /** A Graphite server; this proxy's own message: {@code address}, {@code prefix}, {@code interval}. */
    static final String GRAPHITE = "dev.attache.stat_sinks.v1.GraphiteSink";

    private static final Duration GRAPHITE_INTERVAL = Duration.ofSeconds(10);

    private final Addresses addresses;

    StatsReader(Context context) {
        this.addresses = new Addresses(context);
    }

    StatsConfig read(Section bootstrap) {
        List<StatsConfig.Buckets> buckets = new ArrayList<>();
        bootstrap.section("stats_config").ifPresent(section -> {
            section.ignore("use_all_default_tags");
            section.withoutEffect("stats_tags", "stats_matcher");
            section.sections("histogram_bucket_settings")
                    .forEach(settings -> buckets(settings).ifPresent(buckets::add));
        });
        Optional<StatsConfig.Graphite> graphite = Optional.empty();
        for (Section sink : bootstrap.sections("stats_sinks")) {
            Optional<StatsConfig.Graphite> read =
                    Extension.read(sink, List.of(GRAPHITE), Map.of()).flatMap(chosen -> graphite(chosen.config()));
            if (graphite.isPresent()) {
                sink.error("a second sink", "at most one");
            }
            graphite = graphite.or(() -> read);
        }
        return new StatsConfig(buckets, graphite);
    }

    private static Optional<StatsConfig.Buckets> buckets(Section section) {
        section.unsupported("bins");
        Optional<StringMatch> match = section.required("match", "a string matcher")
                .map(Value::section)
                .flatMap(Matchers::string);
        List<Double> bounds = new ArrayList<>();
        section.required("buckets", "ascending bounds");
        for (Value bound : section.items("buckets")) {
            bound.decimal(0, 1e15).ifPresent(bounds::add);
        }
        return match.flatMap(it -> section.make(() -> new StatsConfig.Buckets(it, bounds)));
    }

    private Optional<StatsConfig.Graphite> graphite(Section section) {
        Optional<Section> socket =
                Optional.of(section.requiredSection("address").requiredSection("socket_address"));
        String prefix = section.string("prefix", "");
        Duration interval = section.duration("interval").orElse(GRAPHITE_INTERVAL);
        return socket.flatMap(addresses::socket)
                .flatMap(address -> section.make(() -> new StatsConfig.Graphite(address, prefix, interval)));
    }
}
