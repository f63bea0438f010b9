package dev.attache.core.stats;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All stats of one cluster, one listener or one HTTP prefix, and how many use them. Once the last of these is gone nothing
 * of it is shown any more, and what still counts, such as a request in its last moments, counts for itself.
 */
final class StatRoot {

    /** Begin of the full names; empty for what stays for ever. */
    final String prefix;

    /** Full names of its stats. */
    final Set<String> names = ConcurrentHashMap.newKeySet();

    int users; // This and the other: guarded by the Stats.
    boolean gone;

    StatRoot(String prefix) {
        this.prefix = prefix;
    }
}
