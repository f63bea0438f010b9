package dev.attache.core.config.services;

import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.HeaderMatch;
import dev.attache.core.config.HeaderMutations;
import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RateLimitAction;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.RuntimeFraction;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.VirtualHostConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The routes of one entry: the hosts that go elsewhere, the share that goes elsewhere, and all the rest. */
final class EntryRoutes {

    private static final String XFP = "x-forwarded-proto";
    private static final String USER_AGENT = "user-agent";

    private final Dialect dialect;
    private final ClusterBook clusters;
    private final Notes notes;

    EntryRoutes(Dialect dialect, ClusterBook clusters, Notes notes) {
        this.dialect = dialect;
        this.clusters = clusters;
        this.notes = notes;
    }

    /** Makes the clusters of {@code entry}; false where one of them cannot be made. */
    boolean defineClusters(Entry entry) {
        boolean sound = clusters.define(cluster(entry), entry.upstream());
        for (Entry.HostSplit split : entry.splits()) {
            sound &= clusters.define(cluster(entry, split), split.upstream());
        }
        if (entry.split().isPresent()) {
            sound &= clusters.define(splitCluster(entry), entry.split().get().upstream());
        }
        return sound;
    }

    RouteTableConfig table(Entry entry) {
        List<RouteConfig> routes = new ArrayList<>();
        for (Entry.HostSplit split : entry.splits()) {
            HeaderMatch host = new HeaderMatch(
                    ":authority", new HeaderMatch.Value(new StringMatch.Regex(split.hostRegex())), false, false);
            RouteMatch match = all().headers(List.of(host)).build();
            routes.add(route(entry, match, forward(entry, cluster(entry, split), split.upstream(), true)));
        }
        entry.split().ifPresent(split -> {
            RouteMatch match = all().fraction(
                            new RuntimeFraction(split.percentage(), 100, "routing.traffic_shift." + cluster(entry)))
                    .build();
            // The generator leaves the idle timeout of a stream out here.
            routes.add(route(entry, match, forward(entry, splitCluster(entry), split.upstream(), false)));
        });
        routes.add(route(entry, all().build(), forward(entry, cluster(entry), entry.upstream(), true)));
        VirtualHostConfig.Builder host = VirtualHostConfig.builder(entry.name(), List.of("*"), routes);
        if (dialect != Dialect.NATIVE) {
            host.retry(RetryPolicyConfig.NONE); // As in the Envoy configuration that is made of it.
        }
        if (entry.rateLimit().isPresent()) {
            host.rateLimits(List.of(new RateLimitAction(USER_AGENT, USER_AGENT)));
        }
        return RouteTableConfig.builder()
                .name(entry.name() + "_route")
                .virtualHosts(List.of(notes.put(host.build(), entry.at())))
                .headers(headers(entry))
                .build();
    }

    private static RouteMatch.Builder all() {
        return RouteMatch.builder(new PathMatch.Prefix("/"));
    }

    private RouteConfig route(Entry entry, RouteMatch match, ForwardConfig forward) {
        return notes.put(RouteConfig.builder(match, forward).build(), entry.at());
    }

    private ForwardConfig forward(Entry entry, String cluster, Upstream upstream, boolean idleTimeout) {
        ForwardConfig.Builder forward =
                ForwardConfig.to(cluster).timeout(entry.timeout()).host(host(entry, upstream));
        entry.retry().ifPresent(forward::retry);
        if (idleTimeout) {
            entry.idleTimeout().ifPresent(forward::idleTimeout);
        }
        return notes.put(forward.build(), entry.at());
    }

    private static RouteAction.HostRewrite host(Entry entry, Upstream upstream) {
        Optional<RouteAction.HostRewrite> literal = entry.httpHost().map(RouteAction.HostRewrite.Literal::new);
        return literal.orElseGet(() ->
                upstream.rewritesHost() ? new RouteAction.HostRewrite.Auto() : new RouteAction.HostRewrite.None());
    }

    private static HeaderMutations headers(Entry entry) {
        HeaderMutations own = entry.tuning().headers();
        if (entry.xfp().isEmpty()) {
            return own;
        }
        // Removal runs before addition, so that exactly one value is left.
        List<HeaderAddition> add =
                new ArrayList<>(List.of(new HeaderAddition(XFP, entry.xfp().get())));
        add.addAll(own.requestAdd());
        List<String> remove = new ArrayList<>(List.of(XFP));
        remove.addAll(own.requestRemove());
        return new HeaderMutations(add, remove, own.responseAdd(), own.responseRemove());
    }

    private String cluster(Entry entry) {
        return dialect == Dialect.HOST ? hostName(entry.upstream()) : entry.name();
    }

    private String cluster(Entry entry, Entry.HostSplit split) {
        return dialect == Dialect.HOST ? hostName(split.upstream()) : entry.name() + "-" + split.name();
    }

    private String splitCluster(Entry entry) {
        return cluster(entry) + "-split";
    }

    private static String hostName(Upstream upstream) {
        String service = upstream.service().map(Upstream.Service::name).orElse("");
        return ClusterNames.host(service, upstream.host());
    }
}
