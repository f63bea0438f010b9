package dev.attache.core.route;

import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Grpc;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.http.ResponseFlag;
import dev.attache.core.policy.Attempts;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import dev.attache.core.policy.PolicyChain;
import dev.attache.core.policy.RoutePolicies;
import dev.attache.core.upstream.ClusterStats;
import dev.attache.core.upstream.Endpoint;
import dev.attache.core.upstream.UpstreamClient;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way to a cluster and back: its attempts, and what is counted and told about them. It lasts until the
 * response is closed; until then it holds the cluster's permit for a request.
 *
 * <p>Used by the request's thread; only {@link RequestBody.Listener}'s part is called by the thread that carries the
 * request's body.
 */
final class UpstreamExchange implements Attempts, RequestBody.Listener {

    static final String EXPECTED_TIMEOUT = "x-envoy-expected-rq-timeout-ms";
    private static final String ATTEMPT_COUNT = "x-envoy-attempt-count";
    private static final String SERVICE_TIME = "x-envoy-upstream-service-time";

    /** The field for so many milliseconds, ready for most answers. */
    private static final HttpField[] SERVICE_TIMES =
            LongStream.range(0, 256).mapToObj(UpstreamExchange::newServiceTime).toArray(HttpField[]::new);

    private final UpstreamCall call;
    private final RoutePolicies policies;
    private final Request received;
    private final Request changed;
    private final Exchange exchange;
    private final ClusterStats stats;
    private final @Nullable PolicyChain chain;
    private final @Nullable RequestBody body;
    private final @Nullable TunnelBody tunnel;
    private final @Nullable Silence silence;

    private List<Endpoint> tried = List.of(); // without the last
    private @Nullable Endpoint last;
    private int attempts;
    private @Nullable Endpoint active; // of the attempt under way
    private boolean over;
    private boolean switched;
    private boolean broken;

    /**
     * A request on its way.
     *
     * @param received the request as it was routed
     * @param changed  the request as it is sent, but for what depends on the endpoint and on the attempt
     */
    UpstreamExchange(UpstreamCall call, RoutePolicies policies, Request received, Request changed, Exchange exchange) {
        this.call = call;
        this.policies = policies;
        this.received = received;
        this.changed = changed;
        this.exchange = exchange;
        this.stats = call.cluster.stats();
        this.silence = call.idleTimeout.nanos() == 0 ? null : new Silence(call.idleTimeout, exchange.cancellation());
        this.chain = policies.none() && !call.cluster.policies().hasBreaker()
                ? null
                : new PolicyChain(policies, call.cluster.policies(), exchange.cancellation());
        boolean upgrades = !received.upgrade().isEmpty();
        // Nothing is read of it before the switch, and nothing is repeated after.
        this.tunnel = upgrades ? new TunnelBody(received.body(), this) : null;
        this.body = !upgrades && received.body() instanceof Body.Streaming streaming
                ? new RequestBody(streaming, policies.mayRepeatBody() ? call.bodyBufferLimit : 0, this)
                : null;
    }

    /** Sends the request, and again if need be; returns what the client gets. */
    Response run() {
        if (!call.limits.requests().tryAcquire()) {
            stats.upstreamRqActiveOverflow.increment();
            return failed(new Outcome.Failed(Failure.OVERFLOW));
        }
        boolean answered = false;
        try {
            long now = System.nanoTime();
            if (silence != null) {
                silence.start(now);
            }
            if (body == null) {
                complete(now);
            }
            Outcome outcome = chain == null ? PolicyChain.none(this, exchange.cancellation()) : chain.run(this);
            Response response = switch (outcome) {
                case Outcome.Answered(Response fromUpstream) -> answered(fromUpstream);
                case Outcome.Failed failed -> failed(failed);
            };
            answered = outcome instanceof Outcome.Answered;
            switched &= answered;
            return response;
        } finally {
            if (body != null) {
                body.last();
            }
            if (!answered) {
                end();
            }
        }
    }

    /** Nothing of this request is under way any more. */
    private void end() {
        if (switched && !broken && exchange.cancellation().cause() != null) {
            responseBroken(); // While it was written, or while the client's end was awaited.
        }
        if (silence != null) {
            silence.stop();
        }
        if (chain != null) {
            chain.responseComplete();
        }
        inactive();
        call.limits.requests().release();
    }

    // One attempt

    @Override
    public Outcome attempt(Cancellation cancellation) {
        if (last != null) {
            tried = with(last);
        }
        Endpoint endpoint = call.cluster.choose(tried);
        if (endpoint == null) {
            return new Outcome.Failed(Failure.NO_HEALTHY_UPSTREAM);
        }
        if (attempts > 0) {
            exchange.resetUpstreamPhases();
        }
        attempts++;
        last = endpoint;
        inactive();
        Request sent = toSend(endpoint);
        Failure refused = Sendable.judge(sent, exchange.received(), call);
        if (refused != null) {
            return new Outcome.Failed(refused);
        }
        exchange.attempt(endpoint.hostname(), endpoint.address());
        active = endpoint;
        stats.upstreamRqActive.increment();
        endpoint.stats().begun();
        boolean terminated = call.terminateConnect && received.upgrade().equals(Request.CONNECT);
        UpstreamClient client = call.cluster.client();
        Outcome outcome = terminated
                ? client.tunnel(sent, endpoint, exchange, cancellation)
                : client.send(sent, endpoint, exchange, cancellation);
        if (outcome instanceof Outcome.Answered(Response response)) {
            exchange.opened(response);
        }
        count(outcome);
        endpoint.stats().outcome(outcome);
        long now = System.nanoTime();
        moved(now);
        if (outcome instanceof Outcome.Answered(Response response)) {
            exchange.answered(now);
            switched = received.switchedBy(response);
        }
        boolean unsent = outcome instanceof Outcome.Failed failed && failed.failure() == Failure.UNSENDABLE;
        return unsent && Sendable.cameSo(exchange.received())
                ? new Outcome.Failed(Failure.DOWNSTREAM_PROTOCOL_ERROR)
                : outcome;
    }

    private List<Endpoint> with(Endpoint endpoint) {
        if (tried.isEmpty()) {
            return List.of(endpoint);
        }
        List<Endpoint> all = new ArrayList<>(tried);
        all.add(endpoint);
        return all;
    }

    /** The request of this attempt. */
    private Request toSend(Endpoint endpoint) {
        boolean first = attempts == 1;
        // The first attempt may use the only copy; a further one starts from it, so nothing may be added twice.
        HttpFields.Mutable headers =
                first ? (HttpFields.Mutable) changed.headers() : HttpFields.build(changed.headers());
        tellTimeout(headers, first);
        if (call.attemptCountUpstream) {
            headers.put(ATTEMPT_COUNT, String.valueOf(attempts));
        }
        Request request = changed.withHeaders(headers).withBody(bodyToSend(first));
        Request sent = call.host == null ? request : withHost(call.host, request, headers, endpoint);
        exchange.request(sent);
        return sent;
    }

    private void tellTimeout(HttpFields.Mutable headers, boolean first) {
        if (first && policies == call.policies) {
            if (call.expectedTimeout != null) {
                headers.put(call.expectedTimeout);
            }
            return;
        }
        long expected = policies.expectedNanos();
        if (expected == 0) {
            return;
        }
        long left = chain == null ? expected : Math.min(expected, chain.remainingNanos());
        if (call.tells) {
            headers.put(new HttpField(EXPECTED_TIMEOUT, millis(left)));
        }
        if (policies.tellGrpcTimeout()) {
            headers.put(Grpc.timeout(left));
        }
    }

    /** Milliseconds, rounded up: an upstream that has less than one still has some. */
    static String millis(long nanos) {
        return Long.toString(Math.max(1, (nanos + 999_999) / 1_000_000));
    }

    private Body bodyToSend(boolean first) {
        if (body != null) {
            return body.next();
        }
        if (tunnel != null) {
            return tunnel;
        }
        return !first && received.body() instanceof Body.Buffered buffered ? buffered.replay() : received.body();
    }

    private Request withHost(HostRewriter host, Request request, HttpFields.Mutable headers, Endpoint endpoint) {
        String old = received.authority();
        String authority = host.authority(request.withTarget(received.target()), endpoint);
        if (authority.equals(old)) {
            return request;
        }
        if (call.appendXForwardedHost) {
            String before = received.headers().get("x-forwarded-host");
            headers.put("x-forwarded-host", before == null || before.isEmpty() ? old : before + "," + old);
            if (call.tells) {
                headers.put("x-envoy-original-host", old);
            }
        }
        return request.withAuthority(authority);
    }

    private void count(Outcome outcome) {
        switch (outcome) {
            case Outcome.Answered answered -> stats.upstreamRqTotal.increment();
            case Outcome.Failed(Failure failure, String reason) -> {
                // A request counts where it has had a connection.
                if (!failure.isConnectFailure() && !failure.isUnsent() && failure != Failure.OVERFLOW) {
                    stats.upstreamRqTotal.increment();
                }
                inactive();
            }
        }
    }

    private void inactive() {
        if (active != null) {
            active.stats().ended();
            active = null;
            stats.upstreamRqActive.decrement();
        }
    }

    // Between attempts

    @Override
    public boolean repeatable() {
        return !switched && policies.admits(received) && (body == null || body.repeatable());
    }

    @Override
    public boolean elsewhere() {
        return call.cluster.endpoints().endpoints().stream()
                .anyMatch(endpoint -> !endpoint.equals(last) && !tried.contains(endpoint));
    }

    @Override
    public boolean acquireRetry() {
        boolean acquired = call.limits.retries().tryAcquire();
        if (!acquired) {
            stats.upstreamRqRetryOverflow.increment();
        }
        return acquired;
    }

    @Override
    public void releaseRetry() {
        call.limits.retries().release();
    }

    @Override
    public void discarded(Outcome outcome) {
        stats.upstreamRqRetry.increment();
        stats.upstreamRqRetryBackoffExponential.increment();
        switch (outcome) {
            case Outcome.Answered(Response response) -> {
                stats.retryUpstreamRq.count(response.status());
                response.close();
                inactive();
            }
            case Outcome.Failed(Failure failure, String reason) -> countTimeout(failure);
        }
    }

    @Override
    public void retryLimitExceeded() {
        stats.upstreamRqRetryLimitExceeded.increment();
        exchange.flag(ResponseFlag.UPSTREAM_RETRY_LIMIT_EXCEEDED);
    }

    @Override
    public void retrySucceeded() {
        stats.upstreamRqRetrySuccess.increment();
    }

    private void countTimeout(Failure failure) {
        switch (failure) {
            case PER_TRY_TIMEOUT -> {
                stats.upstreamRqPerTryTimeout.increment();
                stats.upstreamRqTxReset.increment();
            }
            case ROUTE_TIMEOUT -> {
                stats.upstreamRqTimeout.increment();
                stats.upstreamRqTxReset.increment();
            }
            case MAX_STREAM_DURATION -> stats.upstreamRqTxReset.increment();
            case REMOTE_RESET -> stats.upstreamRqRxReset.increment();
            default -> {}
        }
    }

    // What the client gets

    private Response answered(Response response) {
        exchange.details("via_upstream");
        countFinal(response.status());
        HttpFields.Mutable headers = response.headers();
        if (call.tells && exchange.reached(Exchange.Phase.DS_RX_END)) {
            headers.put(serviceTime(sinceRequest(answeredNanos()) / 1_000_000));
        }
        finishHeaders(headers);
        Body content = response.body();
        if (content instanceof Body.Streaming) {
            response.body(new ResponseBody(content, this));
        } else {
            trailers(content.trailers());
        }
        if (switched || !(content instanceof Body.Streaming)) {
            responseComplete(answeredNanos());
        }
        response.onClose(this::end);
        return response;
    }

    private static HttpField serviceTime(long millis) {
        return millis < SERVICE_TIMES.length ? SERVICE_TIMES[(int) millis] : newServiceTime(millis);
    }

    private static HttpField newServiceTime(long millis) {
        return new HttpField((HttpHeader) null, SERVICE_TIME, Long.toString(millis));
    }

    private Response failed(Outcome.Failed failed) {
        Failure failure = failed.failure();
        countTimeout(failure);
        flag(failure);
        LocalReply reply = FailureReply.of(failed, attempts > 1, exchange);
        exchange.details(reply.details());
        if (failure.isConnectFailure()) {
            exchange.upstreamTransportFailure(failed.reason());
        }
        if (!failure.isDownstreams() && !failure.isUnsent()) {
            countFinal(reply.status());
        }
        Response response = Response.local(reply);
        if (!call.tells) {
            response.headers().remove(FailureReply.OVERLOADED);
        }
        finishHeaders(response.headers());
        return response;
    }

    private void flag(Failure failure) {
        ResponseFlag flag = failure.flag();
        if (flag != null) {
            exchange.flag(flag);
        }
    }

    private void countFinal(int status) {
        stats.upstreamRqCompleted.increment();
        stats.upstreamRq.count(status);
    }

    private void finishHeaders(HttpFields.Mutable headers) {
        if (call.attemptCountDownstream) {
            headers.put(ATTEMPT_COUNT, String.valueOf(attempts));
        }
        call.responseHeaders.apply(headers, exchange);
    }

    /** Not less than nothing: another thread may have found the request complete after the answer was here. */
    private long sinceRequest(long now) {
        return Math.max(0, now - exchange.nanos(Exchange.Phase.DS_RX_END));
    }

    long answeredNanos() {
        return exchange.answeredNanos();
    }

    // The bodies

    @Override
    public void progress() {
        if (silence != null) {
            silence.touch();
        }
    }

    private void moved(long now) {
        if (silence != null) {
            silence.touch(now);
        }
    }

    /** A part of the response came in. */
    void responseProgress(long now) {
        moved(now);
        if (chain != null) {
            chain.progress(now);
        }
    }

    @Override
    public void complete() {
        complete(System.nanoTime());
    }

    private void complete(long now) {
        if (!exchange.reached(Exchange.Phase.DS_RX_END)) {
            exchange.mark(Exchange.Phase.DS_RX_END, now);
        }
        if (chain != null) {
            chain.requestComplete(now);
        }
    }

    @Override
    public void abandoned() {
        stats.retryOrShadowAbandoned.increment();
    }

    /** What follows the content of the response: how a gRPC call ended is known only now. */
    void trailers(HttpFields trailers) {
        exchange.responseTrailers(trailers);
    }

    /** The response has been read to its end. */
    void responseComplete(long now) {
        if (over) {
            return;
        }
        over = true;
        if (chain != null && switched) {
            chain.switched(); // Of a tunnel only the silence is limited, and how long it may last in all.
        } else if (chain != null) {
            chain.responseComplete();
        }
        if (exchange.reached(Exchange.Phase.DS_RX_END)) {
            stats.upstreamRqTime.recordNanos(sinceRequest(now));
        }
    }

    /** The response broke off. Returns what to say where nothing of it was written; else nobody is told but the log. */
    LocalReply responseBroken() {
        broken = true;
        call.routerStats.rqResetAfterDownstreamResponseStarted.increment();
        Cancellation.Cause cause = chain == null ? exchange.cancellation().cause() : chain.cause();
        Failure failure = cause == null ? asFlagged() : Failure.of(cause);
        LocalReply reply = FailureReply.of(new Outcome.Failed(failure), false, exchange);
        if (cause == null) {
            String reason = failure.resetReason().replace(' ', '_');
            exchange.details("upstream_reset_after_response_started{" + reason + "}");
        } else {
            countTimeout(failure);
            flag(failure);
            exchange.details(reply.details());
        }
        return reply;
    }

    /** The failure that whoever read the response has flagged. */
    private Failure asFlagged() {
        if (exchange.flagged(ResponseFlag.UPSTREAM_REMOTE_RESET)) {
            return Failure.REMOTE_RESET;
        }
        return exchange.flagged(ResponseFlag.UPSTREAM_PROTOCOL_ERROR)
                ? Failure.PROTOCOL_ERROR
                : Failure.CONNECTION_TERMINATION;
    }
}
