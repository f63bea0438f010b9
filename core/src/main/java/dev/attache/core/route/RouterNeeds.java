package dev.attache.core.route;

import dev.attache.core.deadline.Deadlines;
import dev.attache.core.runtime.Runtime;
import dev.attache.core.stats.StatScope;
import dev.attache.core.upstream.Cluster;
import java.time.Duration;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Router} is made of besides its routes.
 *
 * @param clusters          finds a cluster by name; null where there is none, and its routes answer 503
 * @param deadlines         keeps the timeouts
 * @param runtime           shares and weights that an operator may change
 * @param http              {@code http.<prefix>.}
 * @param streamIdleTimeout silence of an exchange in both directions, for routes that say nothing; zero is off
 * @param bodyBufferLimit   bytes of a request body that are kept for retries, for routes that say nothing
 * @param suppressEnvoyHeaders no x-envoy-* headers are added, but for attempt counts that a virtual host asks for
 */
public record RouterNeeds(
        Function<String, @Nullable Cluster> clusters,
        Deadlines deadlines,
        Runtime runtime,
        StatScope http,
        Duration streamIdleTimeout,
        long bodyBufferLimit,
        boolean suppressEnvoyHeaders) {}
