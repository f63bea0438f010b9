package dev.attache.core.stats;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Which stats are shown.
 *
 * @param name     which full names, such as those in which an expression is found; empty for all
 * @param usedOnly only what was ever touched
 * @param kinds    kinds that are shown
 */
public record StatsFilter(Optional<Predicate<String>> name, boolean usedOnly, Set<Kind> kinds) {

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
                && (name.isEmpty() || name.get().test(stat.name().full()))
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
