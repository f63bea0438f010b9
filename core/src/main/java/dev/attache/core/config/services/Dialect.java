package dev.attache.core.config.services;

import dev.attache.core.config.Defaults;

/** Whose meaning the keys have. */
enum Dialect {
    /** Wikimedia's list for hosts. */
    HOST,
    /** The map of Wikimedia's Kubernetes charts. */
    KUBERNETES,
    /** Plain keys. */
    NATIVE;

    Defaults defaults() {
        return this == NATIVE ? Defaults.NATIVE : Defaults.WIKIMEDIA;
    }
}
