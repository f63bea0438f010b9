package dev.attache.core.config;

/** How an endpoint is chosen. */
public enum LbPolicy {
    ROUND_ROBIN,
    /** The less busy of two random endpoints. */
    LEAST_REQUEST,
    RANDOM
}
