package dev.attache.core.runtime;

import dev.attache.core.config.RuntimeFraction;

/** Values that an operator may override while the proxy runs. Safe for use by all threads. */
public interface Runtime {

    /** A handle on a whole number; with an empty key, or a value that is none, it is always {@code defaultValue}. */
    RuntimeInt integer(String key, long defaultValue);

    /** A handle on a share of requests. */
    RuntimeShare share(RuntimeFraction fraction);
}
