package dev.attache.core.runtime;

/** A share of requests that an operator may override. */
@FunctionalInterface
public interface RuntimeShare {

    /** Whether a request with this random number (any value, evenly spread) belongs to the share. */
    boolean includes(long random);
}
