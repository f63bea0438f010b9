package dev.attache.core.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How long a stream may last, from the head of its request to the end of its response, whatever is sent meanwhile.
 *
 * @param max                     limit of every stream; zero is off; empty means that of the listener
 * @param grpcTimeoutHeaderMax    the {@code grpc-timeout} of a gRPC request takes the place of {@code max}, and counts
 *     as this at most; zero takes it as it is; empty passes it over
 * @param grpcTimeoutHeaderOffset taken off that header's time, so that the proxy is the first to give up; a stream of
 *     which nothing is left ends at once; default zero
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto">Envoy
 *     RouteAction.MaxStreamDuration</a>
 */
public record StreamDurationConfig(
        Optional<Duration> max, Optional<Duration> grpcTimeoutHeaderMax, Duration grpcTimeoutHeaderOffset) {

    public StreamDurationConfig {
        max.ifPresent(value -> Checks.notNegative("max", value));
        grpcTimeoutHeaderMax.ifPresent(value -> Checks.notNegative("grpcTimeoutHeaderMax", value));
        Checks.notNegative("grpcTimeoutHeaderOffset", grpcTimeoutHeaderOffset);
    }
}
