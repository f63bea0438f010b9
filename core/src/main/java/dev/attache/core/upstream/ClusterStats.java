package dev.attache.core.upstream;

import dev.attache.core.net.TlsStats;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.Gauge;
import dev.attache.core.stats.Histogram;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.StatusCounters;

/** The stats of one cluster under Envoy's names, resolved once. Fields are named as the stats are. */
public final class ClusterStats {

    public final Counter upstreamCxTotal;
    public final Gauge upstreamCxActive;
    public final Counter upstreamCxHttp1Total;
    public final Counter upstreamCxHttp2Total;
    public final Counter upstreamCxKeepaliveTimeout;
    public final Counter upstreamCxConnectFail;
    public final Counter upstreamCxConnectTimeout;
    /** Ours: a connection was not opened for want of a file descriptor. */
    public final Counter upstreamCxNoDescriptor;

    public final Counter upstreamCxIdleTimeout;
    public final Counter upstreamCxOverflow;
    public final Histogram upstreamCxConnectMs;
    public final Histogram upstreamCxLengthMs;
    public final Counter upstreamCxDestroy;
    public final Counter upstreamCxDestroyLocal;
    public final Counter upstreamCxDestroyRemote;
    public final Counter upstreamCxDestroyWithActiveRq;
    public final Counter upstreamCxRxBytesTotal;
    public final Counter upstreamCxTxBytesTotal;
    public final Counter upstreamCxProtocolError;
    public final Counter upstreamCxMaxRequests;
    public final Counter upstreamCxNoneHealthy;
    public final Counter upstreamRqTotal;
    public final Gauge upstreamRqActive;
    public final Counter upstreamRqPendingTotal;
    public final Counter upstreamRqPendingOverflow;
    public final Gauge upstreamRqPendingActive;
    public final Counter upstreamRqActiveOverflow;
    public final Counter upstreamRqCancelled;
    public final Counter upstreamRqTimeout;
    public final Counter upstreamRqPerTryTimeout;
    public final Counter upstreamRqRxReset;
    public final Counter upstreamRqTxReset;
    public final Counter upstreamRqRetry;
    public final Counter upstreamRqRetryBackoffExponential;
    public final Counter upstreamRqRetryLimitExceeded;
    public final Counter upstreamRqRetrySuccess;
    public final Counter upstreamRqRetryOverflow;
    public final Counter upstreamRqCompleted;
    public final StatusCounters upstreamRq;
    public final StatusCounters retryUpstreamRq;
    public final Histogram upstreamRqTime;
    public final Counter retryOrShadowAbandoned;
    public final Counter membershipChange;
    public final Gauge membershipTotal;
    public final Gauge membershipHealthy;
    public final Counter updateAttempt;
    public final Counter updateSuccess;
    public final Counter updateFailure;
    public final Counter updateEmpty;
    public final Counter updateNoRebuild;

    private final StatScope scope;

    public ClusterStats(StatScope scope) {
        this.scope = scope;
        upstreamCxTotal = scope.counter("upstream_cx_total");
        upstreamCxActive = scope.gauge("upstream_cx_active");
        upstreamCxHttp1Total = scope.counter("upstream_cx_http1_total");
        upstreamCxHttp2Total = scope.counter("upstream_cx_http2_total");
        upstreamCxKeepaliveTimeout = scope.scope("http2").counter("keepalive_timeout");
        upstreamCxConnectFail = scope.counter("upstream_cx_connect_fail");
        upstreamCxConnectTimeout = scope.counter("upstream_cx_connect_timeout");
        upstreamCxNoDescriptor = scope.counter("upstream_cx_no_descriptor");
        upstreamCxIdleTimeout = scope.counter("upstream_cx_idle_timeout");
        upstreamCxOverflow = scope.counter("upstream_cx_overflow");
        upstreamCxConnectMs = scope.histogram("upstream_cx_connect_ms");
        upstreamCxLengthMs = scope.histogram("upstream_cx_length_ms");
        upstreamCxDestroy = scope.counter("upstream_cx_destroy");
        upstreamCxDestroyLocal = scope.counter("upstream_cx_destroy_local");
        upstreamCxDestroyRemote = scope.counter("upstream_cx_destroy_remote");
        upstreamCxDestroyWithActiveRq = scope.counter("upstream_cx_destroy_with_active_rq");
        upstreamCxRxBytesTotal = scope.counter("upstream_cx_rx_bytes_total");
        upstreamCxTxBytesTotal = scope.counter("upstream_cx_tx_bytes_total");
        upstreamCxProtocolError = scope.counter("upstream_cx_protocol_error");
        upstreamCxMaxRequests = scope.counter("upstream_cx_max_requests");
        upstreamCxNoneHealthy = scope.counter("upstream_cx_none_healthy");
        upstreamRqTotal = scope.counter("upstream_rq_total");
        upstreamRqActive = scope.gauge("upstream_rq_active");
        upstreamRqPendingTotal = scope.counter("upstream_rq_pending_total");
        upstreamRqPendingOverflow = scope.counter("upstream_rq_pending_overflow");
        upstreamRqPendingActive = scope.gauge("upstream_rq_pending_active");
        upstreamRqActiveOverflow = scope.counter("upstream_rq_active_overflow");
        upstreamRqCancelled = scope.counter("upstream_rq_cancelled");
        upstreamRqTimeout = scope.counter("upstream_rq_timeout");
        upstreamRqPerTryTimeout = scope.counter("upstream_rq_per_try_timeout");
        upstreamRqRxReset = scope.counter("upstream_rq_rx_reset");
        upstreamRqTxReset = scope.counter("upstream_rq_tx_reset");
        upstreamRqRetry = scope.counter("upstream_rq_retry");
        upstreamRqRetryBackoffExponential = scope.counter("upstream_rq_retry_backoff_exponential");
        upstreamRqRetryLimitExceeded = scope.counter("upstream_rq_retry_limit_exceeded");
        upstreamRqRetrySuccess = scope.counter("upstream_rq_retry_success");
        upstreamRqRetryOverflow = scope.counter("upstream_rq_retry_overflow");
        upstreamRqCompleted = scope.counter("upstream_rq_completed");
        upstreamRq = scope.statuses("upstream_rq", false);
        retryUpstreamRq = scope.scope("retry").statuses("upstream_rq", false);
        upstreamRqTime = scope.histogram("upstream_rq_time");
        retryOrShadowAbandoned = scope.counter("retry_or_shadow_abandoned");
        membershipChange = scope.counter("membership_change");
        membershipTotal = scope.gauge("membership_total");
        membershipHealthy = scope.gauge("membership_healthy");
        updateAttempt = scope.counter("update_attempt");
        updateSuccess = scope.counter("update_success");
        updateFailure = scope.counter("update_failure");
        updateEmpty = scope.counter("update_empty");
        updateNoRebuild = scope.counter("update_no_rebuild");
    }

    /** Those of the cluster's TLS; made when they are first asked for, since most clusters have none. */
    public TlsStats ssl() {
        return TlsStats.ofCluster(scope);
    }
}
