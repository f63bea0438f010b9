package dev.attache.core.stats;

import dev.attache.core.regex.Regex;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * Which stats are shown.
 *
 * @param name     the full name has a part that matches; empty for all
 * @param usedOnly only what was ever touched
 * @param kinds    kinds that are shown
 */
public record StatsFilter(Optional<Regex> name, boolean usedOnly, Set<Kind> kinds) {

    /** What a stat is. */
    public enum Kind {
        COUNTER,
        GAUGE,
        HISTOGRAM
    }

    /** Everything. */
    public static final StatsFilter ALL = new StatsFilter(Optional.empty(), false, EnumSet.allOf(Kind.class));

    public StatsFilter {
        kinds = Set.copyOf(kinds);
    }

    boolean shows(Stat stat) {
        return kinds.contains(kind(stat))
                && (name.isEmpty() || name.get().find(stat.name().full()))
                && (!usedOnly || stat.used());
    }

    private static Kind kind(Stat stat) {
        return switch (stat) {
            case Counter _ -> Kind.COUNTER;
            case Gauge _, SuppliedGauge _ -> Kind.GAUGE;
            case Histogram _ -> Kind.HISTOGRAM;
        };
    }
}
