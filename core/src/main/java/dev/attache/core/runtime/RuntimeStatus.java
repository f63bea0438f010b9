package dev.attache.core.runtime;

/** A comparison of an HTTP status with a number that an operator may override. */
@FunctionalInterface
public interface RuntimeStatus {

    /** Whether the status passes; 0 stands for no response at all. */
    boolean passes(int status);
}
