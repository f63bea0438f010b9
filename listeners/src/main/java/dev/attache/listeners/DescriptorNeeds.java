package dev.attache.listeners;

import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many file descriptors a configuration asks for by its limits.
 *
 * @param clients   connections of clients; of listeners without a limit there are none in it
 * @param upstreams connections to upstreams
 */
record DescriptorNeeds(long clients, long upstreams) {

    private static final Logger LOG = LoggerFactory.getLogger(DescriptorNeeds.class);

    static DescriptorNeeds of(ProxyConfig config) {
        long listeners = config.listeners().stream()
                .filter(ListenerConfig::bindToPort)
                .mapToLong(ListenerConfig::maxConnections)
                .reduce(0, DescriptorNeeds::sum);
        long global = config.overload().maxConnections();
        long upstreams = config.clusters().stream()
                .mapToLong(cluster -> cluster.circuitBreaker().maxConnections())
                .reduce(0, DescriptorNeeds::sum);
        return new DescriptorNeeds(global == 0 ? listeners : Math.min(global, listeners), upstreams);
    }

    /** Says so where they are more than there are; new clients will then wait earlier than by their limits. */
    void warnAbove(long limit) {
        if (sum(clients, upstreams) > limit) {
            LOG.warn(
                    "the limits of connections ({} of clients, {} to upstreams) do not fit into the {} file"
                        + " descriptors of this process; where these end, new clients wait (raise ulimit -n, or lower"
                        + " the limits)",
                    clients,
                    upstreams,
                    limit);
        }
    }

    static long sum(long a, long b) {
        return a > Long.MAX_VALUE - b ? Long.MAX_VALUE : a + b;
    }
}
