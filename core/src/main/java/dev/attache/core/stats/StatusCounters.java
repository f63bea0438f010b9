package dev.attache.core.stats;

/** Counters of HTTP statuses: one for each status that was seen, and one for each class. */
public interface StatusCounters {

    void count(int status);
}
