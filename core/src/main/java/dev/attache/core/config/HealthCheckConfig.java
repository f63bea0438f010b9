package dev.attache.core.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Active TCP connect checks of a cluster. Parsed; not served yet.
 *
 * @param timeout limit of one check
 * @param interval time between checks
 * @param initialJitter random wait before the first
 * @param unhealthyThreshold failures in a row before an endpoint is left out
 * @param healthyThreshold successes in a row before it comes back
 * @param alwaysLogFailures logs every failure, not only changes
 * @param eventLog file of JSON events
 */
public record HealthCheckConfig(
        Duration timeout,
        Duration interval,
        Duration initialJitter,
        int unhealthyThreshold,
        int healthyThreshold,
        boolean alwaysLogFailures,
        Optional<Path> eventLog) {

    public HealthCheckConfig {
        Checks.notNegative("timeout", timeout);
        Checks.notNegative("interval", interval);
        Checks.notNegative("initialJitter", initialJitter);
    }
}
