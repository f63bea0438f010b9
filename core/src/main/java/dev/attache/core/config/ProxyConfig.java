package dev.attache.core.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The whole configuration of a proxy. Immutable and compared by value: a part that is equal in a new configuration is
 * kept running.
 *
 * @param listeners listeners
 * @param clusters clusters, with unique names
 * @param admin admin interface; empty for none
 * @param runtime runtime layers
 * @param stats stats
 * @param overload limits of the whole process
 * @param dns name resolution
 */
public record ProxyConfig(
        List<ListenerConfig> listeners,
        List<ClusterConfig> clusters,
        Optional<AdminConfig> admin,
        RuntimeConfig runtime,
        StatsConfig stats,
        OverloadConfig overload,
        DnsConfig dns) {

    public ProxyConfig {
        listeners = List.copyOf(listeners);
        clusters = List.copyOf(clusters);
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.listeners = listeners;
        builder.clusters = clusters;
        builder.admin = admin;
        builder.runtime = runtime;
        builder.stats = stats;
        builder.overload = overload;
        builder.dns = dns;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private List<ListenerConfig> listeners = List.of();
        private List<ClusterConfig> clusters = List.of();
        private Optional<AdminConfig> admin = Optional.empty();
        private RuntimeConfig runtime = RuntimeConfig.DEFAULT;
        private StatsConfig stats = StatsConfig.DEFAULT;
        private OverloadConfig overload = OverloadConfig.NONE;
        private DnsConfig dns = DnsConfig.builder().build();

        private Builder() {}

        public Builder listeners(List<ListenerConfig> value) {
            this.listeners = value;
            return this;
        }

        /** Adds one listener behind those already there. */
        public Builder listener(ListenerConfig value) {
            this.listeners = with(listeners, value);
            return this;
        }

        public Builder clusters(List<ClusterConfig> value) {
            this.clusters = value;
            return this;
        }

        /** Adds one cluster behind those already there. */
        public Builder cluster(ClusterConfig value) {
            this.clusters = with(clusters, value);
            return this;
        }

        public Builder admin(AdminConfig value) {
            this.admin = Optional.of(value);
            return this;
        }

        public Builder runtime(RuntimeConfig value) {
            this.runtime = value;
            return this;
        }

        public Builder stats(StatsConfig value) {
            this.stats = value;
            return this;
        }

        public Builder overload(OverloadConfig value) {
            this.overload = value;
            return this;
        }

        public Builder dns(DnsConfig value) {
            this.dns = value;
            return this;
        }

        public ProxyConfig build() {
            return new ProxyConfig(listeners, clusters, admin, runtime, stats, overload, dns);
        }

        private static <T> List<T> with(List<T> parts, T last) {
            List<T> all = new ArrayList<>(parts);
            all.add(last);
            return all;
        }
    }
}
