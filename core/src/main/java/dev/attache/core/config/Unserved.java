package dev.attache.core.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Features that this version reads into a configuration but does not serve. A proxy refuses to serve them, so that
 * nobody relies on what is not there; an operator may ask for the rest to be served {@linkplain #without without} them,
 * except for those that protect somebody.
 */
public final class Unserved {

    /** Such a feature. */
    public enum Feature {
        RATE_LIMIT("rate limiting", true),
        FAULT("fault injection", false),
        TRACING("tracing", false),
        TCP_PROXY("the TCP proxy", false),
        HEALTH_CHECKS("active health checks", false);

        private final String words;
        private final boolean protects;

        Feature(String words, boolean protects) {
            this.words = words;
            this.protects = protects;
        }

        /** Whether leaving it out would take away somebody's protection; then it always refuses. */
        public boolean protects() {
            return protects;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** What is done about what is not served. */
    public enum Policy {
        /** It is an error: to serve. */
        REFUSE,
        /** It is a warning that names the error: to validate. */
        FORETELL,
        /** It is left out, with a warning: the operator has asked for it. */
        LEAVE_OUT,
        /** It is left to the start, which refuses what stands in the records; a field without a place there is told. */
        DEFER;

        ConfigProblem judge(ConfigProblem problem) {
            return switch (this) {
                case REFUSE ->
                    problem.as(
                            ConfigProblem.Severity.ERROR,
                            "a configuration without it, or --allow-unserved to leave it out");
                case FORETELL ->
                    problem.as(
                            ConfigProblem.Severity.WARNING,
                            "--allow-unserved to leave it out; without that it is an error in serving");
                case LEAVE_OUT ->
                    ConfigProblem.warning(problem.source(), problem.path(), problem.found() + "; left out");
                case DEFER -> problem;
            };
        }
    }

    private static final int NAMES_TOLD = 5;

    /** Where a feature is used: the part that has the position, and names in the order of the configuration. */
    private static final class Uses {
        private final Object first;
        private final Set<String> names = new LinkedHashSet<>();

        Uses(Object first) {
            this.first = first;
        }
    }

    private Unserved() {}

    /**
     * One problem for each such feature of {@code config}, and each field that the files have said and the records have
     * no place for.
     *
     * @param policy what is done about them; those that protect are errors always
     */
    public static List<ConfigProblem> problems(ProxyConfig config, Positions positions, Policy policy) {
        List<ConfigProblem> problems = new ArrayList<>();
        find(config).forEach((feature, uses) -> {
            Positions.Position at = positions.of(uses.first);
            String found = feature + " (" + names(uses) + ") is not served yet";
            problems.add(
                    feature.protects()
                            ? ConfigProblem.error(
                                    at.source(),
                                    at.path(),
                                    found,
                                    "a configuration without it: it" + " protects, so it is never left out silently")
                            : ConfigProblem.unserved(at.source(), at.path(), found));
        });
        return judged(problems, policy);
    }

    /** Some problems as errors or warnings, by what is done about what is not served. */
    public static List<ConfigProblem> judged(List<ConfigProblem> problems, Policy policy) {
        return problems.stream()
                .map(problem -> problem.isUnserved() ? policy.judge(problem) : problem)
                .toList();
    }

    /** The features of {@code config} that are not served. */
    public static Set<Feature> features(ProxyConfig config) {
        return Set.copyOf(find(config).keySet());
    }

    /**
     * {@code config} without the features that do not protect. A listener of which nothing is left goes.
     */
    public static ProxyConfig without(ProxyConfig config) {
        if (features(config).isEmpty()) {
            return config;
        }
        List<ClusterConfig> clusters = config.clusters().stream()
                .map(cluster -> cluster.healthChecks().isEmpty()
                        ? cluster
                        : cluster.toBuilder().healthChecks(List.of()).build())
                .toList();
        List<ListenerConfig> listeners = config.listeners().stream()
                .flatMap(listener -> without(listener).stream())
                .toList();
        return config.toBuilder().clusters(clusters).listeners(listeners).build();
    }

    private static Map<Feature, Uses> find(ProxyConfig config) {
        Map<Feature, Uses> found = new EnumMap<>(Feature.class);
        for (ListenerConfig listener : config.listeners()) {
            for (FilterChainConfig chain : listener.filterChains()) {
                features(chain)
                        .forEach(feature -> note(found, feature, listener, "listener " + shown(listener, chain)));
            }
        }
        for (ClusterConfig cluster : config.clusters()) {
            if (!cluster.healthChecks().isEmpty()) {
                note(found, Feature.HEALTH_CHECKS, cluster, "cluster " + cluster.name());
            }
        }
        return found;
    }

    private static void note(Map<Feature, Uses> found, Feature feature, Object part, String name) {
        found.computeIfAbsent(feature, _ -> new Uses(part)).names.add(name);
    }

    private static Stream<Feature> features(FilterChainConfig chain) {
        return switch (chain.protocol()) {
            case TcpProxyConfig _ -> Stream.of(Feature.TCP_PROXY);
            case HttpConfig http -> features(http);
        };
    }

    private static Stream<Feature> features(HttpConfig http) {
        Set<Feature> found = new LinkedHashSet<>();
        for (FilterConfig filter : http.filters()) {
            switch (filter) {
                case FilterConfig.RateLimit _ -> found.add(Feature.RATE_LIMIT);
                case FilterConfig.Fault _ -> found.add(Feature.FAULT);
                case FilterConfig.GrpcStats _, FilterConfig.Extension _ -> {}
            }
        }
        if (http.tracing().isPresent()) {
            found.add(Feature.TRACING);
        }
        return found.stream();
    }

    private static Optional<ListenerConfig> without(ListenerConfig listener) {
        List<FilterChainConfig> chains = listener.filterChains().stream()
                .flatMap(chain -> without(chain).stream())
                .toList();
        if (chains.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                chains.equals(listener.filterChains())
                        ? listener
                        : listener.toBuilder().filterChains(chains).build());
    }

    private static Optional<FilterChainConfig> without(FilterChainConfig chain) {
        return switch (chain.protocol()) {
            case TcpProxyConfig _ -> Optional.empty();
            case HttpConfig http ->
                Optional.of(chain.toBuilder().protocol(without(http)).build());
        };
    }

    private static HttpConfig without(HttpConfig http) {
        List<FilterConfig> filters = http.filters().stream()
                .filter(filter -> !(filter instanceof FilterConfig.Fault))
                .toList();
        return http.toBuilder().filters(filters).noTracing().build();
    }

    private static String shown(ListenerConfig listener, FilterChainConfig chain) {
        if (!listener.name().isEmpty()) {
            return listener.name();
        }
        String prefix = chain.protocol().statPrefix();
        return prefix.isEmpty() ? listener.address().toString() : prefix;
    }

    private static String names(Uses uses) {
        String told = String.join(", ", uses.names.stream().limit(NAMES_TOLD).toList());
        int more = uses.names.size() - NAMES_TOLD;
        return more > 0 ? told + " and " + more + " more" : told;
    }
}
