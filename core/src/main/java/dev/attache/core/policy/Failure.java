package dev.attache.core.policy;

import dev.attache.core.http.Cancellation;
import dev.attache.core.http.ResponseFlag;
import org.jspecify.annotations.Nullable;

/** Why an attempt got no answer. */
public enum Failure {
    CONNECT_REFUSED(503, ResponseFlag.UPSTREAM_CONNECTION_FAILURE, "remote connection failure"),
    CONNECT_TIMEOUT(503, ResponseFlag.UPSTREAM_CONNECTION_FAILURE, "connection timeout"),
    /** TLS: no common parameters, or the peer is not who it should be. */
    TLS_FAILURE(503, ResponseFlag.UPSTREAM_CONNECTION_FAILURE, "remote connection failure"),
    /** The upstream closed the connection before a response head was complete. */
    CONNECTION_TERMINATION(503, ResponseFlag.UPSTREAM_CONNECTION_TERMINATION, "connection termination"),
    REMOTE_RESET(503, ResponseFlag.UPSTREAM_REMOTE_RESET, "remote reset"),
    REFUSED_STREAM(503, ResponseFlag.UPSTREAM_REMOTE_RESET, "remote refused stream reset"),
    LOCAL_RESET(503, ResponseFlag.LOCAL_RESET, "local reset"),
    /** What the upstream sent is not HTTP, or breaks a limit. */
    PROTOCOL_ERROR(502, ResponseFlag.UPSTREAM_PROTOCOL_ERROR, "protocol error"),
    /** A circuit breaker's limit: connections and waiting requests, or requests. */
    OVERFLOW(503, ResponseFlag.UPSTREAM_OVERFLOW, "overflow"),
    /** The failure-rate breaker is open. */
    BREAKER_OPEN(503, ResponseFlag.UPSTREAM_OVERFLOW, "failure breaker open"),
    NO_HEALTHY_UPSTREAM(503, ResponseFlag.NO_HEALTHY_UPSTREAM, "no healthy upstream"),
    PER_TRY_TIMEOUT(504, ResponseFlag.UPSTREAM_REQUEST_TIMEOUT, "upstream request timeout"),
    ROUTE_TIMEOUT(504, ResponseFlag.UPSTREAM_REQUEST_TIMEOUT, "upstream request timeout"),
    STREAM_IDLE_TIMEOUT(504, ResponseFlag.STREAM_IDLE_TIMEOUT, "stream timeout"),
    /** The stream has lasted as long as any may. */
    MAX_STREAM_DURATION(504, ResponseFlag.DURATION_TIMEOUT, "downstream duration timeout"),
    /** The client's request body was broken or broke off: the client's fault, never counted against the upstream. */
    DOWNSTREAM_PROTOCOL_ERROR(400, ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR, "bad request"),
    /** The request did not arrive in time. */
    REQUEST_TIMEOUT(408, ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR, "request timeout"),
    /** What a rewrite has made is no target or authority: nothing was sent. */
    INVALID_REWRITE(500, null, "invalid rewrite"),
    /** The same, and it holds what the client has sent. */
    INVALID_REWRITE_OF_CLIENT(400, ResponseFlag.DOWNSTREAM_PROTOCOL_ERROR, "invalid rewrite"),
    /** A field has what this version of HTTP cannot say: nothing was sent. */
    UNSENDABLE(500, null, "unsendable"),
    /** The client is gone; nobody will read the answer. */
    DOWNSTREAM_GONE(503, ResponseFlag.DOWNSTREAM_CONNECTION_TERMINATION, "downstream remote disconnect");

    private final int status;
    private final @Nullable ResponseFlag flag;
    private final String resetReason;

    Failure(int status, @Nullable ResponseFlag flag, String resetReason) {
        this.status = status;
        this.flag = flag;
        this.resetReason = resetReason;
    }

    /** What a wait that was cancelled has failed of. */
    public static Failure of(Cancellation.Cause cause) {
        return switch (cause) {
            case ROUTE_TIMEOUT -> ROUTE_TIMEOUT;
            case PER_TRY_TIMEOUT, PER_TRY_IDLE_TIMEOUT -> PER_TRY_TIMEOUT;
            case CONNECT_TIMEOUT -> CONNECT_TIMEOUT;
            case STREAM_IDLE_TIMEOUT -> STREAM_IDLE_TIMEOUT;
            case MAX_STREAM_DURATION -> MAX_STREAM_DURATION;
            case REQUEST_TIMEOUT -> REQUEST_TIMEOUT;
            case DOWNSTREAM_GONE -> DOWNSTREAM_GONE;
            case SHUTDOWN -> LOCAL_RESET;
        };
    }

    /** Status of the local reply. */
    public int status() {
        return status;
    }

    /** What the log says of it; null for nothing. */
    public @Nullable ResponseFlag flag() {
        return flag;
    }

    /** Envoy's words in {@code reset reason: ...}. */
    public String resetReason() {
        return resetReason;
    }

    /**
     * Whether the attempt ended without response headers through no limit of ours: what Envoy calls an upstream reset,
     * and may be repeated.
     */
    public boolean isReset() {
        return switch (this) {
            case CONNECT_REFUSED,
                    CONNECT_TIMEOUT,
                    TLS_FAILURE,
                    CONNECTION_TERMINATION,
                    REMOTE_RESET,
                    REFUSED_STREAM,
                    LOCAL_RESET,
                    PROTOCOL_ERROR,
                    PER_TRY_TIMEOUT -> true;
            case OVERFLOW,
                    BREAKER_OPEN,
                    NO_HEALTHY_UPSTREAM,
                    ROUTE_TIMEOUT,
                    STREAM_IDLE_TIMEOUT,
                    MAX_STREAM_DURATION,
                    DOWNSTREAM_PROTOCOL_ERROR,
                    REQUEST_TIMEOUT,
                    INVALID_REWRITE,
                    INVALID_REWRITE_OF_CLIENT,
                    UNSENDABLE,
                    DOWNSTREAM_GONE -> false;
        };
    }

    /** Whether no connection came about: nothing of the request was sent. */
    public boolean isConnectFailure() {
        return this == CONNECT_REFUSED || this == CONNECT_TIMEOUT || this == TLS_FAILURE;
    }

    /** Whether the client is to blame: says nothing about the upstream. */
    public boolean isDownstreams() {
        return this == DOWNSTREAM_PROTOCOL_ERROR || this == REQUEST_TIMEOUT || this == DOWNSTREAM_GONE;
    }

    /** Whether the request could not be made as it was to be sent: says nothing about the upstream, which had none. */
    public boolean isUnsent() {
        return this == INVALID_REWRITE || this == INVALID_REWRITE_OF_CLIENT || this == UNSENDABLE;
    }

    /** Whether the upstream is to blame. */
    public boolean upstreamsFault() {
        return (isReset() && this != LOCAL_RESET) || this == ROUTE_TIMEOUT;
    }
}
