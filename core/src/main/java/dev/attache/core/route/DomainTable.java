package dev.attache.core.route;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds what belongs to a host: an exact domain, else the longest {@code *.suffix}, else the longest {@code prefix.*},
 * else {@code *}. A wildcard stands for one character at least; {@code host:*} is a prefix like any other. Letters count
 * without regard to case. Immutable and safe for use by all threads.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto">Envoy
 *     VirtualHost.domains</a>
 */
final class DomainTable<T> {

    /** Wildcards whose fixed part has one length. */
    private record OfLength<T>(int length, Map<String, T> byFixedPart) {}

    private final Map<String, T> exact;
    private final List<OfLength<T>> suffixes;
    private final List<OfLength<T>> prefixes;
    private final @Nullable T any;

    private DomainTable(Map<String, T> exact, List<OfLength<T>> suffixes, List<OfLength<T>> prefixes, @Nullable T any) {
        this.exact = exact;
        this.suffixes = suffixes;
        this.prefixes = prefixes;
        this.any = any;
    }

    /** The value of the domain that fits {@code authority} best; null where none does. */
    @Nullable
    T find(String authority) {
        if (exact.isEmpty() && suffixes.isEmpty() && prefixes.isEmpty()) {
            return any;
        }
        String host = authority.toLowerCase(Locale.ROOT);
        T found = exact.get(host);
        for (int i = 0; found == null && i < suffixes.size(); i++) {
            OfLength<T> same = suffixes.get(i);
            if (same.length < host.length()) {
                found = same.byFixedPart.get(host.substring(host.length() - same.length));
            }
        }
        for (int i = 0; found == null && i < prefixes.size(); i++) {
            OfLength<T> same = prefixes.get(i);
            if (same.length < host.length()) {
                found = same.byFixedPart.get(host.substring(0, same.length));
            }
        }
        return found == null ? any : found;
    }

    /** Collects domains; for one thread. */
    static final class Builder<T> {
        private final Map<String, T> exact = new HashMap<>();
        private final Map<Integer, OfLength<T>> suffixes = new TreeMap<>(Comparator.reverseOrder());
        private final Map<Integer, OfLength<T>> prefixes = new TreeMap<>(Comparator.reverseOrder());
        private @Nullable T any;

        /**
         * Adds a domain.
         *
         * @throws IllegalArgumentException when it is there already
         */
        void add(String domain, T value) {
            String lower = domain.toLowerCase(Locale.ROOT);
            T old;
            if (lower.equals("*")) {
                old = any;
                any = value;
            } else if (lower.startsWith("*")) {
                old = put(suffixes, lower.substring(1), value);
            } else if (lower.endsWith("*")) {
                old = put(prefixes, lower.substring(0, lower.length() - 1), value);
            } else {
                old = exact.put(lower, value);
            }
            if (old != null) {
                throw new IllegalArgumentException("domain " + domain + ": given twice (expected: once)");
            }
        }

        private static <T> @Nullable T put(Map<Integer, OfLength<T>> wildcards, String fixedPart, T value) {
            return wildcards
                    .computeIfAbsent(fixedPart.length(), length -> new OfLength<>(length, new HashMap<>()))
                    .byFixedPart
                    .put(fixedPart, value);
        }

        DomainTable<T> build() {
            // Not Map.copyOf() of the names: it probes slowly where their hashes are neighbours, as those of ports are.
            return new DomainTable<>(
                    new HashMap<>(exact), List.copyOf(suffixes.values()), List.copyOf(prefixes.values()), any);
        }
    }
}
