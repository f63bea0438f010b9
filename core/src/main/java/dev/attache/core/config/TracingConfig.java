package dev.attache.core.config;

import java.time.Duration;

/**
 * Spans sent to an OpenTelemetry collector. Parsed; not served yet.
 *
 * @param cluster cluster of the OTLP/gRPC collector
 * @param timeout limit of one export
 * @param serviceName service name of the spans; empty for none
 * @param randomSamplingPercent share of requests that are sampled, 0 to 100; default 100
 */
public record TracingConfig(String cluster, Duration timeout, String serviceName, double randomSamplingPercent) {

    public TracingConfig {
        Checks.notNegative("timeout", timeout);
        if (!(randomSamplingPercent >= 0 && randomSamplingPercent <= 100)) {
            throw new IllegalArgumentException("random_sampling: " + randomSamplingPercent + " (expected: 0 to 100)");
        }
    }
}
