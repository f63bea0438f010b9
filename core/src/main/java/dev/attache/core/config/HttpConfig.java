package dev.attache.core.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An HTTP listener: how connections and requests are taken, and where they go.
 *
 * @param statPrefix stats are http.prefix.*
 * @param routes where requests go
 * @param codec protocols taken
 * @param filters filters in order, without the router
 * @param accessLogs access logs
 * @param serverName value of the server header where it is set
 * @param serverHeader what becomes of the server header
 * @param generateRequestId gives a request without x-request-id one; default true
 * @param preserveExternalRequestId keeps x-request-id of external requests; default false
 * @param alwaysSetRequestIdInResponse sends x-request-id downstream; default false
 * @param useRemoteAddress the peer is the client: its address is appended to x-forwarded-for; default false
 * @param xffTrustedHops trusted proxies in front; default 0
 * @param skipXffAppend does not append although useRemoteAddress; default false
 * @param appendXForwardedPort tells the upstream the port that the client has reached, in x-forwarded-port; one that a
 *         trusted proxy in front has set stays; default false
 * @param scheme scheme that requests are forwarded with, "http" or "https"; empty keeps the client's
 * @param internalAddresses which peers are internal
 * @param clientCertHeader what becomes of x-forwarded-client-cert
 * @param suppressEnvoyHeaders the router adds no x-envoy-* headers of its own, but for asked attempt counts; default
 *         false
 * @param via added to Via in both directions; empty for none
 * @param normalizePath resolves dot segments (RFC 3986), for routing and upstream alike; default false
 * @param mergeSlashes joins adjacent slashes, for routing and upstream alike; default false
 * @param escapedSlashes what happens to %2F and %5C in paths
 * @param stripMatchingHostPort removes the listener's own port from the authority; default false
 * @param stripAnyHostPort removes any port from the authority; default false
 * @param acceptHttp10 takes HTTP/1.0 requests instead of answering 426; default false
 * @param defaultHostForHttp10 authority of an HTTP/1.0 request without Host; empty for none
 * @param headerCase case of header names written to HTTP/1 peers
 * @param enableTrailers carries HTTP/1 trailers; default true in the native form
 * @param allowHalfClose a client that has shut its sending side is still answered in full; default true in the native
 *         form
 * @param underscores header names with underscores
 * @param http2 limits of HTTP/2 connections
 * @param upgrades upgrade types (lower case) that may pass, such as websocket
 * @param maxRequestHeadersKb KiB of a request head, 1 to 60; default 60
 * @param maxHeadersCount header fields of a request, 1 to 100; default 100
 * @param idleTimeout a connection without a request; zero is off; default 60 s
 * @param requestHeadersTimeout from the first byte of a request head to its end; zero is off; default 10 s
 * @param requestTimeout from the first byte of a request to its end; zero is off, the default
 * @param streamIdleTimeout silence of a request in both directions; zero is off; default 300 s
 * @param streamFlushTimeout how long a client may take nothing of an answer that is held back for its window (HTTP/2) or
 *         its socket; zero is off; empty, the default, for the stream idle timeout
 * @param maxStreamDuration a request from its head to the end of its answer, where its route says nothing of that; zero is
 *         off, the default
 * @param maxConnectionDuration age at which a connection is drained; zero is off
 * @param maxRequestsPerConnection requests after which a connection is closed; 0 means no limit
 * @param drainTimeout wait of a draining connection for its client
 * @param delayedCloseTimeout wait for the peer to read what was sent before a close; zero closes at once; default 1 s
 * @param localReplies look of the proxy's own answers
 * @param tracing tracing
 */
public record HttpConfig(
        String statPrefix,
        RouteTableConfig routes,
        CodecType codec,
        List<FilterConfig> filters,
        List<AccessLogConfig> accessLogs,
        String serverName,
        ServerHeader serverHeader,
        boolean generateRequestId,
        boolean preserveExternalRequestId,
        boolean alwaysSetRequestIdInResponse,
        boolean useRemoteAddress,
        int xffTrustedHops,
        boolean skipXffAppend,
        boolean appendXForwardedPort,
        String scheme,
        InternalAddressConfig internalAddresses,
        ClientCertHeader clientCertHeader,
        boolean suppressEnvoyHeaders,
        String via,
        boolean normalizePath,
        boolean mergeSlashes,
        EscapedSlashes escapedSlashes,
        boolean stripMatchingHostPort,
        boolean stripAnyHostPort,
        boolean acceptHttp10,
        String defaultHostForHttp10,
        HeaderCase headerCase,
        boolean enableTrailers,
        boolean allowHalfClose,
        UnderscoresInHeaders underscores,
        Http2Config http2,
        Set<String> upgrades,
        int maxRequestHeadersKb,
        int maxHeadersCount,
        Duration idleTimeout,
        Duration requestHeadersTimeout,
        Duration requestTimeout,
        Duration streamIdleTimeout,
        Optional<Duration> streamFlushTimeout,
        Duration maxStreamDuration,
        Duration maxConnectionDuration,
        long maxRequestsPerConnection,
        Duration drainTimeout,
        Duration delayedCloseTimeout,
        LocalReplyConfig localReplies,
        Optional<TracingConfig> tracing)
        implements ProtocolConfig {

    public HttpConfig {
        filters = List.copyOf(filters);
        accessLogs = List.copyOf(accessLogs);
        upgrades = java.util.Collections.unmodifiableSet(new java.util.LinkedHashSet<>(upgrades));
        if (!scheme.isEmpty() && !scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("scheme: " + scheme + " (expected: http or https)");
        }
        Checks.notNegative("idleTimeout", idleTimeout);
        Checks.notNegative("requestHeadersTimeout", requestHeadersTimeout);
        Checks.notNegative("requestTimeout", requestTimeout);
        Checks.notNegative("streamIdleTimeout", streamIdleTimeout);
        Checks.notNegative("streamFlushTimeout", streamFlushTimeout.orElse(Duration.ZERO));
        Checks.notNegative("maxStreamDuration", maxStreamDuration);
        Checks.notNegative("maxConnectionDuration", maxConnectionDuration);
        Checks.notNegative("drainTimeout", drainTimeout);
        Checks.notNegative("delayedCloseTimeout", delayedCloseTimeout);
        Checks.range("max_request_headers_kb", maxRequestHeadersKb, 1, 60);
        Checks.range("max_headers_count", maxHeadersCount, 1, 100);
        Checks.range("xff_num_trusted_hops", xffTrustedHops, 0, Integer.MAX_VALUE);
        Checks.range("max_requests_per_connection", maxRequestsPerConnection, 0, Long.MAX_VALUE);
    }

    /** A builder for a listener that forwards every request alike. */
    public static Builder forwarding(String statPrefix, ForwardConfig forward) {
        RouteConfig all = RouteConfig.builder(RouteMatch.prefix("/"), forward).build();
        return builder(statPrefix, RouteTableConfig.of(statPrefix, List.of(all)));
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder(String statPrefix, RouteTableConfig routes) {
        return new Builder(statPrefix, routes);
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder(statPrefix, routes);
        builder.codec = codec;
        builder.filters = filters;
        builder.accessLogs = accessLogs;
        builder.serverName = serverName;
        builder.serverHeader = serverHeader;
        builder.generateRequestId = generateRequestId;
        builder.preserveExternalRequestId = preserveExternalRequestId;
        builder.alwaysSetRequestIdInResponse = alwaysSetRequestIdInResponse;
        builder.useRemoteAddress = useRemoteAddress;
        builder.xffTrustedHops = xffTrustedHops;
        builder.skipXffAppend = skipXffAppend;
        builder.appendXForwardedPort = appendXForwardedPort;
        builder.scheme = scheme;
        builder.internalAddresses = internalAddresses;
        builder.clientCertHeader = clientCertHeader;
        builder.suppressEnvoyHeaders = suppressEnvoyHeaders;
        builder.via = via;
        builder.normalizePath = normalizePath;
        builder.mergeSlashes = mergeSlashes;
        builder.escapedSlashes = escapedSlashes;
        builder.stripMatchingHostPort = stripMatchingHostPort;
        builder.stripAnyHostPort = stripAnyHostPort;
        builder.acceptHttp10 = acceptHttp10;
        builder.defaultHostForHttp10 = defaultHostForHttp10;
        builder.headerCase = headerCase;
        builder.enableTrailers = enableTrailers;
        builder.allowHalfClose = allowHalfClose;
        builder.underscores = underscores;
        builder.http2 = http2;
        builder.upgrades = upgrades;
        builder.maxRequestHeadersKb = maxRequestHeadersKb;
        builder.maxHeadersCount = maxHeadersCount;
        builder.idleTimeout = idleTimeout;
        builder.requestHeadersTimeout = requestHeadersTimeout;
        builder.requestTimeout = requestTimeout;
        builder.streamIdleTimeout = streamIdleTimeout;
        builder.streamFlushTimeout = streamFlushTimeout;
        builder.maxStreamDuration = maxStreamDuration;
        builder.maxConnectionDuration = maxConnectionDuration;
        builder.maxRequestsPerConnection = maxRequestsPerConnection;
        builder.drainTimeout = drainTimeout;
        builder.delayedCloseTimeout = delayedCloseTimeout;
        builder.localReplies = localReplies;
        builder.tracing = tracing;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private String statPrefix;
        private RouteTableConfig routes;
        private CodecType codec = CodecType.AUTO;
        private List<FilterConfig> filters = List.of();
        private List<AccessLogConfig> accessLogs = List.of();
        private String serverName = "envoy";
        private ServerHeader serverHeader = ServerHeader.PASS_THROUGH;
        private boolean generateRequestId = true;
        private boolean preserveExternalRequestId = false;
        private boolean alwaysSetRequestIdInResponse = false;
        private boolean useRemoteAddress = false;
        private int xffTrustedHops = 0;
        private boolean skipXffAppend = false;
        private boolean appendXForwardedPort = false;
        private String scheme = "";
        private InternalAddressConfig internalAddresses = InternalAddressConfig.NONE;
        private ClientCertHeader clientCertHeader = ClientCertHeader.NONE;
        private boolean suppressEnvoyHeaders = false;
        private String via = "";
        private boolean normalizePath = false;
        private boolean mergeSlashes = false;
        private EscapedSlashes escapedSlashes = EscapedSlashes.KEEP_UNCHANGED;
        private boolean stripMatchingHostPort = false;
        private boolean stripAnyHostPort = false;
        private boolean acceptHttp10 = false;
        private String defaultHostForHttp10 = "";
        private HeaderCase headerCase = HeaderCase.LOWER;
        private boolean enableTrailers = true;
        private boolean allowHalfClose = true;
        private UnderscoresInHeaders underscores = UnderscoresInHeaders.ALLOW;
        private Http2Config http2 = Http2Config.DEFAULT;
        private Set<String> upgrades = Set.of();
        private int maxRequestHeadersKb = 60;
        private int maxHeadersCount = 100;
        private Duration idleTimeout = Duration.ofMinutes(1);
        private Duration requestHeadersTimeout = Duration.ofSeconds(10);
        private Duration requestTimeout = Duration.ZERO;
        private Duration streamIdleTimeout = Duration.ofMinutes(5);
        private Optional<Duration> streamFlushTimeout = Optional.empty();
        private Duration maxStreamDuration = Duration.ZERO;
        private Duration maxConnectionDuration = Duration.ZERO;
        private long maxRequestsPerConnection = 0;
        private Duration drainTimeout = Duration.ofSeconds(5);
        private Duration delayedCloseTimeout = Duration.ofSeconds(1);
        private LocalReplyConfig localReplies = LocalReplyConfig.NONE;
        private Optional<TracingConfig> tracing = Optional.empty();

        private Builder(String statPrefix, RouteTableConfig routes) {
            this.statPrefix = statPrefix;
            this.routes = routes;
        }

        public Builder statPrefix(String value) {
            this.statPrefix = value;
            return this;
        }

        public Builder routes(RouteTableConfig value) {
            this.routes = value;
            return this;
        }

        public Builder codec(CodecType value) {
            this.codec = value;
            return this;
        }

        public Builder filters(List<FilterConfig> value) {
            this.filters = value;
            return this;
        }

        public Builder accessLogs(List<AccessLogConfig> value) {
            this.accessLogs = value;
            return this;
        }

        public Builder serverName(String value) {
            this.serverName = value;
            return this;
        }

        public Builder serverHeader(ServerHeader value) {
            this.serverHeader = value;
            return this;
        }

        public Builder generateRequestId(boolean value) {
            this.generateRequestId = value;
            return this;
        }

        public Builder preserveExternalRequestId(boolean value) {
            this.preserveExternalRequestId = value;
            return this;
        }

        public Builder alwaysSetRequestIdInResponse(boolean value) {
            this.alwaysSetRequestIdInResponse = value;
            return this;
        }

        public Builder useRemoteAddress(boolean value) {
            this.useRemoteAddress = value;
            return this;
        }

        public Builder xffTrustedHops(int value) {
            this.xffTrustedHops = value;
            return this;
        }

        public Builder skipXffAppend(boolean value) {
            this.skipXffAppend = value;
            return this;
        }

        public Builder appendXForwardedPort(boolean value) {
            this.appendXForwardedPort = value;
            return this;
        }

        public Builder scheme(String value) {
            this.scheme = value;
            return this;
        }

        public Builder internalAddresses(InternalAddressConfig value) {
            this.internalAddresses = value;
            return this;
        }

        public Builder clientCertHeader(ClientCertHeader value) {
            this.clientCertHeader = value;
            return this;
        }

        public Builder suppressEnvoyHeaders(boolean value) {
            this.suppressEnvoyHeaders = value;
            return this;
        }

        public Builder via(String value) {
            this.via = value;
            return this;
        }

        public Builder normalizePath(boolean value) {
            this.normalizePath = value;
            return this;
        }

        public Builder mergeSlashes(boolean value) {
            this.mergeSlashes = value;
            return this;
        }

        public Builder escapedSlashes(EscapedSlashes value) {
            this.escapedSlashes = value;
            return this;
        }

        public Builder stripMatchingHostPort(boolean value) {
            this.stripMatchingHostPort = value;
            return this;
        }

        public Builder stripAnyHostPort(boolean value) {
            this.stripAnyHostPort = value;
            return this;
        }

        public Builder acceptHttp10(boolean value) {
            this.acceptHttp10 = value;
            return this;
        }

        public Builder defaultHostForHttp10(String value) {
            this.defaultHostForHttp10 = value;
            return this;
        }

        public Builder headerCase(HeaderCase value) {
            this.headerCase = value;
            return this;
        }

        public Builder enableTrailers(boolean value) {
            this.enableTrailers = value;
            return this;
        }

        public Builder allowHalfClose(boolean value) {
            this.allowHalfClose = value;
            return this;
        }

        public Builder underscores(UnderscoresInHeaders value) {
            this.underscores = value;
            return this;
        }

        public Builder http2(Http2Config value) {
            this.http2 = value;
            return this;
        }

        public Builder upgrades(Set<String> value) {
            this.upgrades = value;
            return this;
        }

        public Builder maxRequestHeadersKb(int value) {
            this.maxRequestHeadersKb = value;
            return this;
        }

        public Builder maxHeadersCount(int value) {
            this.maxHeadersCount = value;
            return this;
        }

        public Builder idleTimeout(Duration value) {
            this.idleTimeout = value;
            return this;
        }

        public Builder requestHeadersTimeout(Duration value) {
            this.requestHeadersTimeout = value;
            return this;
        }

        public Builder requestTimeout(Duration value) {
            this.requestTimeout = value;
            return this;
        }

        public Builder streamFlushTimeout(Duration value) {
            this.streamFlushTimeout = Optional.of(value);
            return this;
        }

        public Builder streamIdleTimeout(Duration value) {
            this.streamIdleTimeout = value;
            return this;
        }

        public Builder maxStreamDuration(Duration value) {
            this.maxStreamDuration = value;
            return this;
        }

        public Builder maxConnectionDuration(Duration value) {
            this.maxConnectionDuration = value;
            return this;
        }

        public Builder maxRequestsPerConnection(long value) {
            this.maxRequestsPerConnection = value;
            return this;
        }

        public Builder drainTimeout(Duration value) {
            this.drainTimeout = value;
            return this;
        }

        public Builder delayedCloseTimeout(Duration value) {
            this.delayedCloseTimeout = value;
            return this;
        }

        public Builder localReplies(LocalReplyConfig value) {
            this.localReplies = value;
            return this;
        }

        /** Takes tracing away. */
        public Builder noTracing() {
            this.tracing = Optional.empty();
            return this;
        }

        public Builder tracing(TracingConfig value) {
            this.tracing = Optional.of(value);
            return this;
        }

        public HttpConfig build() {
            return new HttpConfig(
                    statPrefix,
                    routes,
                    codec,
                    filters,
                    accessLogs,
                    serverName,
                    serverHeader,
                    generateRequestId,
                    preserveExternalRequestId,
                    alwaysSetRequestIdInResponse,
                    useRemoteAddress,
                    xffTrustedHops,
                    skipXffAppend,
                    appendXForwardedPort,
                    scheme,
                    internalAddresses,
                    clientCertHeader,
                    suppressEnvoyHeaders,
                    via,
                    normalizePath,
                    mergeSlashes,
                    escapedSlashes,
                    stripMatchingHostPort,
                    stripAnyHostPort,
                    acceptHttp10,
                    defaultHostForHttp10,
                    headerCase,
                    enableTrailers,
                    allowHalfClose,
                    underscores,
                    http2,
                    upgrades,
                    maxRequestHeadersKb,
                    maxHeadersCount,
                    idleTimeout,
                    requestHeadersTimeout,
                    requestTimeout,
                    streamIdleTimeout,
                    streamFlushTimeout,
                    maxStreamDuration,
                    maxConnectionDuration,
                    maxRequestsPerConnection,
                    drainTimeout,
                    delayedCloseTimeout,
                    localReplies,
                    tracing);
        }
    }
}
