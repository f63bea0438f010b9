package dev.attache.core.grpcstats;

import dev.attache.core.config.FilterConfig;
import dev.attache.core.stats.StatScope;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The stats of methods by cluster and path. Clients make up paths, so there is a bound: what comes later is counted
 * together, as is what no method can be called. Safe for use by all threads.
 */
final class MethodTable {

    /** Methods that have stats of their own. */
    static final int MOST = 1000;

    /** Of one cluster. */
    private record OfCluster(StatScope scope, MethodStats others, Map<String, MethodStats> byPath) {}

    private final FilterConfig.GrpcStats config;
    private final Function<String, @Nullable StatScope> clusters;
    private final Map<String, OfCluster> byCluster = new ConcurrentHashMap<>();
    private final AtomicInteger named = new AtomicInteger();

    MethodTable(FilterConfig.GrpcStats config, Function<String, @Nullable StatScope> clusters) {
        this.config = config;
        this.clusters = clusters;
    }

    /** The stats of a call; null where there is no such cluster. */
    @Nullable
    MethodStats find(String cluster, String path) {
        OfCluster known = byCluster.get(cluster);
        if (known == null) {
            StatScope scope = clusters.apply(cluster);
            if (scope == null) {
                return null;
            }
            known = byCluster.computeIfAbsent(cluster, absent -> {
                StatScope grpc = scope.scope("grpc");
                return new OfCluster(scope, new MethodStats(grpc, config.upstreamTime()), new ConcurrentHashMap<>());
            });
        }
        MethodStats method = known.byPath.get(path);
        return method == null ? name(known, path) : method;
    }

    private MethodStats name(OfCluster cluster, String path) {
        int slash = path.indexOf('/', 1);
        if (slash < 2
                || slash == path.length() - 1
                || !isName(path, 1, slash)
                || !isName(path, slash + 1, path.length())) {
            return cluster.others;
        }
        String service = path.substring(1, slash);
        String method = path.substring(slash + 1);
        if (!hasStats(service, method) || named.get() >= MOST) {
            return cluster.others;
        }
        return cluster.byPath.computeIfAbsent(path, absent -> {
            named.incrementAndGet();
            String shown = config.replaceDots() ? service.replace('.', '_') : service;
            StatScope scope = cluster.scope
                    .scope("grpc", shown, "envoy_grpc_bridge_service")
                    .scope(method, "envoy_grpc_bridge_method");
            return new MethodStats(scope, config.upstreamTime());
        });
    }

    private boolean hasStats(String service, String method) {
        return config.allMethods()
                || config.methods().getOrDefault(service, Set.of()).contains(method);
    }

    /** Whether it is made of what names in an interface definition are made of. */
    private static boolean isName(String path, int from, int to) {
        for (int i = from; i < to; i++) {
            char c = path.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (!plain && c != '_' && c != '.') {
                return false;
            }
        }
        return true;
    }
}
