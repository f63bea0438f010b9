package dev.attache.core.http;

/**
 * Why a response is not simply what the upstream sent.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage">Envoy
 *     RESPONSE_FLAGS</a>
 */
public enum ResponseFlag {
    NO_HEALTHY_UPSTREAM("UH", "NoHealthyUpstream"),
    UPSTREAM_CONNECTION_FAILURE("UF", "UpstreamConnectionFailure"),
    UPSTREAM_OVERFLOW("UO", "UpstreamOverflow"),
    NO_ROUTE_FOUND("NR", "NoRouteFound"),
    UPSTREAM_RETRY_LIMIT_EXCEEDED("URX", "UpstreamRetryLimitExceeded"),
    NO_CLUSTER_FOUND("NC", "NoClusterFound"),
    DURATION_TIMEOUT("DT", "DurationTimeout"),
    DOWNSTREAM_CONNECTION_TERMINATION("DC", "DownstreamConnectionTermination"),
    FAILED_LOCAL_HEALTH_CHECK("LH", "FailedLocalHealthCheck"),
    UPSTREAM_REQUEST_TIMEOUT("UT", "UpstreamRequestTimeout"),
    LOCAL_RESET("LR", "LocalReset"),
    UPSTREAM_REMOTE_RESET("UR", "UpstreamRemoteReset"),
    UPSTREAM_CONNECTION_TERMINATION("UC", "UpstreamConnectionTermination"),
    DELAY_INJECTED("DI", "DelayInjected"),
    FAULT_INJECTED("FI", "FaultInjected"),
    RATE_LIMITED("RL", "RateLimited"),
    RATE_LIMIT_SERVICE_ERROR("RLSE", "RateLimitServiceError"),
    INVALID_ENVOY_REQUEST_HEADERS("IH", "InvalidEnvoyRequestHeaders"),
    STREAM_IDLE_TIMEOUT("SI", "StreamIdleTimeout"),
    DOWNSTREAM_PROTOCOL_ERROR("DPE", "DownstreamProtocolError"),
    UPSTREAM_PROTOCOL_ERROR("UPE", "UpstreamProtocolError"),
    OVERLOAD_MANAGER("OM", "OverloadManagerTerminated"),
    DOWNSTREAM_REMOTE_RESET("DR", "DownstreamRemoteReset");

    private final String shortName;
    private final String longName;

    ResponseFlag(String shortName, String longName) {
        this.shortName = shortName;
        this.longName = longName;
    }

    /** The letters in {@code %RESPONSE_FLAGS%}. */
    public String shortName() {
        return shortName;
    }

    /** The word in {@code %RESPONSE_FLAGS_LONG%}. */
    public String longName() {
        return longName;
    }
}
