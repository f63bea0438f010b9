package dev.attache.core.config.services;

import dev.attache.core.config.Positions;
import dev.attache.core.config.RetryPolicyConfig;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * One listener of the list or the map, as it was written.
 *
 * @param at where it was written
 * @param name name, unique in the list
 * @param port port; 0 lets the system choose
 * @param portAt where the port stands
 * @param timeout of the whole call
 * @param idleTimeout silence of a stream; empty means the listener's default
 * @param httpHost Host sent upstream
 * @param xfp x-forwarded-proto sent upstream
 * @param retry retry policy; empty for none
 * @param upstream where it forwards to
 * @param split a share that goes elsewhere
 * @param splits hosts that go elsewhere
 * @param rateLimit rate limiting of the Kubernetes form
 * @param tuning what only the native form can say
 */
record Entry(
        Positions.Position at,
        String name,
        int port,
        Positions.Position portAt,
        Duration timeout,
        Optional<Duration> idleTimeout,
        Optional<String> httpHost,
        Optional<String> xfp,
        Optional<RetryPolicyConfig> retry,
        Upstream upstream,
        Optional<Split> split,
        List<HostSplit> splits,
        Optional<RateLimit> rateLimit,
        ListenerTuning tuning) {

    Entry {
        splits = List.copyOf(splits);
    }

    /** This entry with a rate limit. */
    Entry limited(RateLimit limit) {
        return new Entry(
                at,
                name,
                port,
                portAt,
                timeout,
                idleTimeout,
                httpHost,
                xfp,
                retry,
                upstream,
                split,
                splits,
                Optional.of(limit),
                tuning);
    }

    /** A share of the requests, which an operator may change while the proxy runs. */
    record Split(Upstream upstream, int percentage) {}

    /** Requests whose authority matches an expression as a whole. */
    record HostSplit(String name, String hostRegex, Upstream upstream) {}

    /** Asks the mesh's rate limit service, by user agent. */
    record RateLimit(String domain) {}
}
