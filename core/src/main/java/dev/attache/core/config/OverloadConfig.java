package dev.attache.core.config;

/**
 * Limits of the whole process.
 *
 * @param maxConnections downstream connections over all listeners that do not ignore it; 0 means no limit
 */
public record OverloadConfig(long maxConnections) {

    public OverloadConfig {
        Checks.range("max_active_downstream_connections", maxConnections, 0, Long.MAX_VALUE);
    }

    /** No limit. */
    public static final OverloadConfig NONE = new OverloadConfig(0);
}
