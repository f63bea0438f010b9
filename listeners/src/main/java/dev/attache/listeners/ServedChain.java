package dev.attache.listeners;

import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.net.TlsProvider.DownstreamTls;
import dev.attache.core.proxy.ProxyGraph;
import dev.attache.core.stats.Stats;
import org.jspecify.annotations.Nullable;

/**
 * A filter chain of a listener, for as long as one for the same server names is configured: what it does with requests
 * may be replaced, and its connections go over. Safe for use by all threads.
 */
final class ServedChain {

    private final Stats stats;
    private final Deadlines deadlines;
    private volatile FilterChainConfig config;
    private volatile @Nullable DownstreamTls tls;
    private volatile Serving serving;
    private volatile boolean retired;

    ServedChain(ProxyGraph.Chain chain, Stats stats, Deadlines deadlines) {
        this.stats = stats;
        this.deadlines = deadlines;
        this.config = chain.config();
        this.tls = chain.tls();
        this.serving = new Serving(chain.entry(), stats, deadlines);
    }

    /** Serves requests that begin from now on by another entry, and new connections by its TLS. */
    void serve(ProxyGraph.Chain replacement) {
        config = replacement.config();
        tls = replacement.tls();
        serving = new Serving(replacement.entry(), stats, deadlines);
    }

    /** Is configured no more: its connections end with their next request. */
    void retire() {
        retired = true;
    }

    boolean isRetired() {
        return retired;
    }

    FilterChainConfig config() {
        return config;
    }

    /** TLS of new connections; null for plain text. */
    @Nullable
    DownstreamTls tls() {
        return tls;
    }

    Serving serving() {
        return serving;
    }

    /** Whether {@code other} takes this one's place: it takes the same connections. */
    boolean takesTheSameAs(ProxyGraph.Chain other) {
        return config.serverNames().equals(other.config().serverNames()) && (tls == null) == (other.tls() == null);
    }
}
