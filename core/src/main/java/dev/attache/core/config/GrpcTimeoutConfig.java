package dev.attache.core.config;

import java.time.Duration;

/**
 * The {@code grpc-timeout} of a gRPC request as the timeout of its route: the former way of {@link
 * StreamDurationConfig}.
 *
 * @param max    the header counts as this at most, and a request without one has it; zero is no limit
 * @param offset taken off the header's time where more than that is left; default zero
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto">Envoy
 *     RouteAction.max_grpc_timeout</a>
 */
public record GrpcTimeoutConfig(Duration max, Duration offset) {

    public GrpcTimeoutConfig {
        Checks.notNegative("max", max);
        Checks.notNegative("offset", offset);
    }
}
