package dev.attache.core.config;

/**
 * One descriptor that is sent to a rate limit service.
 *
 * @param headerName request header whose value is sent; the descriptor is left out when it is absent
 * @param descriptorKey key of the entry
 */
public record RateLimitAction(String headerName, String descriptorKey) {}
