package dev.attache.core.config;

import java.util.Set;

/**
 * Lets through what has ended with one of several gRPC statuses; where none was said, the one that stands for the HTTP
 * status.
 *
 * @param statuses numbers of statuses
 * @param exclude  lets through all others instead; default false
 */
public record GrpcStatusFilter(Set<Integer> statuses, boolean exclude) {

    public GrpcStatusFilter {
        statuses = Set.copyOf(statuses);
    }

    /** Whether a status passes. */
    public boolean passes(int status) {
        return statuses.contains(status) != exclude;
    }
}
