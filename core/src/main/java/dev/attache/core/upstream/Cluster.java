package dev.attache.core.upstream;

import dev.attache.core.config.ClusterConfig;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A running cluster: its endpoints, its limits and its connections. Safe for use by all threads. */
public interface Cluster extends AutoCloseable {

    ClusterConfig config();

    ClusterStats stats();

    /** Makes the attempts. */
    UpstreamClient client();

    /** The current endpoints; a new list whenever they change. */
    List<Endpoint> endpoints();

    /**
     * Chooses an endpoint.
     *
     * @param tried endpoints of earlier attempts, which come last
     * @return null where there is no endpoint
     */
    @Nullable
    Endpoint choose(List<Endpoint> tried);

    /** Limits of one priority. */
    Limits limits(boolean highPriority);

    /** Waits until discovery has given its first answer, good or bad, or the time is over. */
    boolean awaitReady(Duration atMost) throws InterruptedException;

    /** Begins discovery. */
    void start();

    /** Ends discovery; idle connections are closed now, busy ones when they are done. */
    @Override
    void close();
}
