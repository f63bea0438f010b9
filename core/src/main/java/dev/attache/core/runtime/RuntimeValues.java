package dev.attache.core.runtime;

import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.RuntimeFraction;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The values of all layers at one moment. Immutable. */
public final class RuntimeValues {

    /**
     * One key.
     *
     * @param layerValues what each layer says, in order; empty text where it says nothing
     * @param finalValue  what holds: the last that is not empty
     */
    public record Entry(List<String> layerValues, String finalValue) {}

    private final List<String> layers;
    private final SortedMap<String, Entry> entries;

    private RuntimeValues(List<String> layers, SortedMap<String, Entry> entries) {
        this.layers = layers;
        this.entries = entries;
    }

    static RuntimeValues of(RuntimeConfig config, Map<String, String> overrides) {
        List<Map<String, String>> values = new ArrayList<>();
        for (RuntimeConfig.Layer layer : config.layers()) {
            values.add(
                    switch (layer) {
                        case RuntimeConfig.Static fixed -> fixed.values();
                        case RuntimeConfig.Admin _ -> overrides;
                    });
        }
        SortedMap<String, Entry> entries = new TreeMap<>();
        for (Map<String, String> layer : values) {
            for (String key : layer.keySet()) {
                entries.computeIfAbsent(key, absent -> entry(values, absent));
            }
        }
        return new RuntimeValues(
                config.layers().stream().map(RuntimeConfig.Layer::name).toList(),
                Collections.unmodifiableSortedMap(entries));
    }

    private static Entry entry(List<Map<String, String>> layers, String key) {
        List<String> said =
                layers.stream().map(layer -> layer.getOrDefault(key, "")).toList();
        String last = said.stream().filter(value -> !value.isEmpty()).reduce("", (earlier, later) -> later);
        return new Entry(said, last);
    }

    /** Names of the layers, in order. */
    public List<String> layers() {
        return layers;
    }

    /** All keys and what each layer says. */
    public SortedMap<String, Entry> entries() {
        return entries;
    }

    /** What holds for a key; empty text where no layer says anything. */
    public String value(String key) {
        Entry entry = entries.get(key);
        return entry == null ? "" : entry.finalValue();
    }

    /** The value of a key where it is a whole number of zero or more; {@code 25.0} is one too. */
    OptionalLong wholeNumber(String key) {
        String value = value(key).strip();
        try {
            if (value.indexOf('.') < 0) {
                return atLeastZero(Long.parseLong(value));
            }
            double number = Double.parseDouble(value);
            return number == Math.rint(number) && number < 1e15 ? atLeastZero((long) number) : OptionalLong.empty();
        } catch (NumberFormatException none) {
            return OptionalLong.empty();
        }
    }

    private static OptionalLong atLeastZero(long number) {
        return number < 0 ? OptionalLong.empty() : OptionalLong.of(number);
    }

    /** The value of a key where it is a numerator and a denominator, in one value or in two keys below this one. */
    @Nullable
    RuntimeFraction fraction(String key) {
        String numerator = value(key + ".numerator");
        String denominator = value(key + ".denominator");
        for (String member : value(key).split("[{},\n]", -1)) {
            int colon = member.indexOf(':');
            if (colon < 0) {
                continue;
            }
            String name = bare(member.substring(0, colon));
            if (name.equals("numerator")) {
                numerator = bare(member.substring(colon + 1));
            } else if (name.equals("denominator")) {
                denominator = bare(member.substring(colon + 1));
            }
        }
        try {
            return numerator.isEmpty() ? null : new RuntimeFraction(Long.parseLong(numerator), parts(denominator), "");
        } catch (IllegalArgumentException none) {
            return null;
        }
    }

    private static long parts(String denominator) {
        return switch (denominator) {
            case "", "HUNDRED" -> 100;
            case "TEN_THOUSAND" -> 10_000;
            case "MILLION" -> 1_000_000;
            default -> Long.parseLong(denominator);
        };
    }

    private static String bare(String text) {
        return text.strip().replace("\"", "").replace("'", "");
    }
}
