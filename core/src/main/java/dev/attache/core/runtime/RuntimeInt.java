package dev.attache.core.runtime;

/** A whole number that an operator may override; reading it costs one volatile read. */
@FunctionalInterface
public interface RuntimeInt {
    long get();
}
