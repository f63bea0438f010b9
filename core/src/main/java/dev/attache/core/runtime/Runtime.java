package dev.attache.core.runtime;

import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.RuntimeFraction;
import dev.attache.core.config.StatusFilter;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.Gauge;
import dev.attache.core.stats.StatScope;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;

/**
 * Values that an operator may override while the proxy runs, in layers of which later ones win. Handles are made when
 * the graph is built; they see a change at once. Safe for use by all threads.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/configuration/operations/runtime">Envoy runtime</a>
 */
public final class Runtime {

    /** The admin layer was to be changed, but the configuration has none. */
    public static final class NoAdminLayerException extends IllegalStateException {
        private static final long serialVersionUID = 1L;

        NoAdminLayerException() {
            super("no admin layer specified");
        }
    }

    private final Gauge overridesActive;
    private final Gauge keys;
    private final Gauge layers;
    private final Counter loads;
    private RuntimeConfig config;
    private Map<String, String> overrides = Map.of();
    private volatile RuntimeValues values;

    private Runtime(RuntimeConfig config, StatScope scope) {
        overridesActive = scope.gauge("admin_overrides_active");
        keys = scope.gauge("num_keys");
        layers = scope.gauge("num_layers");
        loads = scope.counter("load_success");
        this.config = config;
        values = load();
    }

    /** The values of a configuration; {@code scope} is {@code runtime}. */
    public static Runtime of(RuntimeConfig config, StatScope scope) {
        return new Runtime(config, scope);
    }

    /**
     * A handle on a whole number. With an empty key, or where the value is not a whole number of zero or more, it is
     * always {@code defaultValue}.
     */
    public RuntimeInt integer(String key, long defaultValue) {
        if (key.isEmpty()) {
            return () -> defaultValue;
        }
        Handle<Long> handle = new Handle<>(current -> current.wholeNumber(key).orElse(defaultValue));
        return handle::get;
    }

    /**
     * A handle on a share of requests. The value may be a whole number, which is percent, or {@code {numerator: N,
     * denominator: HUNDRED | TEN_THOUSAND | MILLION}}; any other leaves the share as configured.
     */
    public RuntimeShare share(RuntimeFraction fraction) {
        Share configured = new Share(fraction.numerator(), fraction.denominator());
        String key = fraction.runtimeKey();
        if (key.isEmpty()) {
            return configured::includes;
        }
        Handle<Share> handle = new Handle<>(current -> share(current, key, configured));
        return random -> handle.get().includes(random);
    }

    /** A handle on a comparison of statuses. */
    public RuntimeStatus status(StatusFilter filter) {
        RuntimeInt value = integer(filter.runtimeKey(), filter.value());
        return switch (filter.op()) {
            case EQ -> status -> status == value.get();
            case GE -> status -> status >= value.get();
            case LE -> status -> status <= value.get();
            case NE -> status -> status != value.get();
        };
    }

    /**
     * Sets values in the admin layer, all at once; an empty value takes the override away.
     *
     * @throws NoAdminLayerException when the configuration has no admin layer
     */
    public synchronized void modify(Map<String, String> changes) {
        if (config.layers().stream().noneMatch(RuntimeConfig.Admin.class::isInstance)) {
            throw new NoAdminLayerException();
        }
        Map<String, String> changed = new LinkedHashMap<>(overrides);
        changes.forEach((key, value) -> {
            if (value.isEmpty()) {
                changed.remove(key);
            } else {
                changed.put(key, value);
            }
        });
        overrides = changed;
        values = load();
    }

    /** Takes the layers of a new configuration; what was set in the admin layer stays. */
    public synchronized void reload(RuntimeConfig changed) {
        config = changed;
        values = load();
    }

    /** All layers and values as they are now. */
    public RuntimeValues values() {
        return values;
    }

    private RuntimeValues load() {
        RuntimeValues loaded = RuntimeValues.of(config, overrides);
        overridesActive.set(overrides.isEmpty() ? 0 : 1);
        keys.set(loaded.entries().size());
        layers.set(loaded.layers().size());
        loads.increment();
        return loaded;
    }

    private static Share share(RuntimeValues current, String key, Share configured) {
        OptionalLong percent = current.wholeNumber(key);
        if (percent.isPresent()) {
            return new Share(percent.getAsLong(), 100);
        }
        RuntimeFraction fraction = current.fraction(key);
        return fraction == null ? configured : new Share(fraction.numerator(), fraction.denominator());
    }

    private record Share(long numerator, long denominator) {
        boolean includes(long random) {
            return Long.remainderUnsigned(random, denominator) < numerator;
        }
    }

    /** A parsed value; parsed again only after the values have changed. */
    private final class Handle<T> {
        private record Seen<T>(RuntimeValues values, T parsed) {}

        private final Function<RuntimeValues, T> parser;
        private volatile Seen<T> seen;

        private Handle(Function<RuntimeValues, T> parser) {
            this.parser = parser;
            this.seen = parse(values);
        }

        private T get() {
            RuntimeValues current = values;
            Seen<T> last = seen;
            if (last.values != current) {
                last = parse(current);
                seen = last;
            }
            return last.parsed;
        }

        private Seen<T> parse(RuntimeValues current) {
            return new Seen<>(current, parser.apply(current));
        }
    }
}
