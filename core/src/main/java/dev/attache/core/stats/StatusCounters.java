package dev.attache.core.stats;

import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Counters of HTTP statuses: one for each status that was seen, and one for each class. A counter is made when its
 * status is first seen; after that, counting makes nothing. Safe for use by all threads.
 */
public final class StatusCounters {

    private static final int PER_CLASS = 100;

    private final StatScope scope;
    private final String name;
    private final boolean classesOnly;
    private final AtomicReferenceArray<@Nullable Counter> classes = new AtomicReferenceArray<>(6);
    private final AtomicReferenceArray<@Nullable AtomicReferenceArray<@Nullable Counter>> statuses =
            new AtomicReferenceArray<>(10);

    StatusCounters(StatScope scope, String name, boolean classesOnly) {
        this.scope = scope;
        this.name = name;
        this.classesOnly = classesOnly;
    }

    /** Counts one response; a status that has not three digits is none. */
    public void count(int status) {
        int hundreds = status / PER_CLASS;
        if (status < PER_CLASS || hundreds > 9) {
            return;
        }
        if (hundreds < classes.length()) {
            Counter ofClass = classes.get(hundreds);
            (ofClass == null ? makeClass(hundreds) : ofClass).increment();
        }
        if (!classesOnly) {
            AtomicReferenceArray<@Nullable Counter> inClass = statuses.get(hundreds);
            Counter ofStatus = inClass == null ? null : inClass.get(status % PER_CLASS);
            (ofStatus == null ? makeStatus(status) : ofStatus).increment();
        }
    }

    /** Makes the counters of all classes now, so that they are shown as 0 before any was seen. */
    StatusCounters withAllClasses() {
        for (int hundreds = 1; hundreds < classes.length(); hundreds++) {
            makeClass(hundreds);
        }
        return this;
    }

    private Counter makeClass(int hundreds) {
        Counter made = scope.labelled(
                name + "_" + hundreds + "xx", name + "_xx", "envoy_response_code_class", Integer.toString(hundreds));
        classes.set(hundreds, made);
        return made;
    }

    private Counter makeStatus(int status) {
        Counter made = scope.labelled(name + "_" + status, name, "envoy_response_code", Integer.toString(status));
        int hundreds = status / PER_CLASS;
        AtomicReferenceArray<@Nullable Counter> inClass = statuses.get(hundreds);
        if (inClass == null) {
            AtomicReferenceArray<@Nullable Counter> fresh = new AtomicReferenceArray<>(PER_CLASS);
            AtomicReferenceArray<@Nullable Counter> other = statuses.compareAndExchange(hundreds, null, fresh);
            inClass = other == null ? fresh : other;
        }
        inClass.set(status % PER_CLASS, made);
        return made;
    }
}
