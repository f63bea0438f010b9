package dev.attache.core.upstream;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one DNS name of a cluster.
 *
 * @param name         as configured
 * @param sinceSuccess time since the last successful look-up; null where there was none
 * @param error        why the last look-up failed; empty where it did not
 * @param failures     look-ups that failed since the last success
 */
public record NameState(String name, @Nullable Duration sinceSuccess, String error, int failures) {}
