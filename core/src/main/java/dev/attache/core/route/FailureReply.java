package dev.attache.core.route;

import dev.attache.core.http.Exchange;
import dev.attache.core.http.GrpcStatus;
import dev.attache.core.http.LocalReply;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpStatus;

/** What the client is told, and the log, when no attempt was answered: status, text and details are Envoy's. */
final class FailureReply {

    /** Says, in an answer, that it is us who have no room. */
    static final String OVERLOADED = "x-envoy-overloaded";

    private static final HttpFields IS_OVERLOADED =
            HttpFields.build().put(OVERLOADED, "true").asImmutable();

    private FailureReply() {}

    /** The reply to a failure; {@code retried} says that it was not the first. */
    static LocalReply of(Outcome.Failed failed, boolean retried, Exchange exchange) {
        Failure failure = failed.failure();
        int status = failure.status();
        return switch (failure) {
            case CONNECT_REFUSED,
                    CONNECT_TIMEOUT,
                    TLS_FAILURE,
                    CONNECTION_TERMINATION,
                    REMOTE_RESET,
                    REFUSED_STREAM,
                    LOCAL_RESET,
                    PROTOCOL_ERROR -> reset(failed, retried, HttpFields.EMPTY);
            case OVERFLOW -> reset(failed, retried, IS_OVERLOADED);
            case BREAKER_OPEN ->
                new LocalReply(status, resetText(failed, retried), "failure_breaker_open", IS_OVERLOADED);
            case NO_HEALTHY_UPSTREAM -> new LocalReply(status, "no healthy upstream", "no_healthy_upstream");
            case ROUTE_TIMEOUT ->
                new LocalReply(status, "upstream request timeout", "upstream_response_timeout")
                        .withGrpcStatus(GrpcStatus.DEADLINE_EXCEEDED);
            case PER_TRY_TIMEOUT ->
                new LocalReply(status, "upstream request timeout", "upstream_per_try_timeout")
                        .withGrpcStatus(GrpcStatus.DEADLINE_EXCEEDED);
            case STREAM_IDLE_TIMEOUT ->
                new LocalReply(orRequestTimeout(status, exchange), "stream timeout", "stream_idle_timeout");
            case MAX_STREAM_DURATION ->
                new LocalReply(
                                orRequestTimeout(status, exchange),
                                "downstream duration timeout",
                                "max_duration_timeout")
                        .withGrpcStatus(GrpcStatus.DEADLINE_EXCEEDED);
            case DOWNSTREAM_PROTOCOL_ERROR -> new LocalReply(status, "Bad Request", "http1.codec_error");
            case INVALID_REWRITE, INVALID_REWRITE_OF_CLIENT, UNSENDABLE -> invalidRewrite(status);
            case REQUEST_TIMEOUT -> new LocalReply(status, "request timeout", "request_overall_timeout");
            case DOWNSTREAM_GONE -> new LocalReply(status, "", "downstream_remote_disconnect");
        };
    }

    /** The reply where what a rewrite has made would be refused from a client. */
    static LocalReply invalidRewrite(int status) {
        return new LocalReply(status, HttpStatus.getMessage(status), "invalid_rewrite");
    }

    /** The status where the upstream is waited for, 408 where it is the client. */
    private static int orRequestTimeout(int status, Exchange exchange) {
        return exchange.reached(Exchange.Phase.DS_RX_END) ? status : 408;
    }

    private static LocalReply reset(Outcome.Failed failed, boolean retried, HttpFields headers) {
        String reason = failed.failure().resetReason();
        String transport = transportFailure(failed);
        String details =
                "upstream_reset_before_response_started{" + reason + (transport.isEmpty() ? "" : "," + transport) + "}";
        return new LocalReply(
                failed.failure().status(), resetText(failed, retried), details.replace(' ', '_'), headers);
    }

    private static String resetText(Outcome.Failed failed, boolean retried) {
        String transport = transportFailure(failed);
        return "upstream connect error or disconnect/reset before headers. "
                + (retried ? "retried and the latest " : "")
                + "reset reason: "
                + failed.failure().resetReason()
                + (transport.isEmpty() ? "" : ", transport failure reason: " + transport);
    }

    /** Why no connection came about; whatever else a peer did is for the log, not for the client. */
    private static String transportFailure(Outcome.Failed failed) {
        return failed.failure().isConnectFailure() ? failed.reason() : "";
    }
}
