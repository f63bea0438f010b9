package dev.attache.core.policy;

/** What a failure-rate breaker does with requests; its ordinal is the value of the stat. */
public enum BreakerState {
    /** Lets them through and counts. */
    CLOSED,
    /** Lets a few through, to try. */
    HALF_OPEN,
    /** Refuses them. */
    OPEN
}
