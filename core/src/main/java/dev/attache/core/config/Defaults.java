package dev.attache.core.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * What a configuration means where it says nothing: each language starts its records here, so that the difference
 * between the languages is written down in one place. In every language a head is at most 60 KiB and 100 fields, and
 * the circuit breakers are 1024 connections, 1024 waiting requests, 1024 requests and 3 retries.
 */
public enum Defaults {

    /** The native form and the Java API: limits that are safe without being asked for, TLS verified by name. */
    NATIVE,

    /** An Envoy bootstrap: what Envoy does. */
    ENVOY,

    /** A services-proxy file with Wikimedia's own keys: what the Envoy file made from it would say, then Envoy. */
    WIKIMEDIA;

    /** The bundle that Wikimedia's files trust. */
    public static final Path WIKIMEDIA_CA = Path.of("/etc/ssl/certs/ca-certificates.crt");

    /** Suites of Wikimedia's files, as the one colon-joined scalar that they are written in. */
    public static final String WIKIMEDIA_CIPHERS = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384";

    /** An HTTP listener's protocol. */
    public HttpConfig.Builder http(String statPrefix, RouteTableConfig routes) {
        HttpConfig.Builder http = HttpConfig.builder(statPrefix, routes);
        return switch (this) {
            case NATIVE -> http;
            case ENVOY, WIKIMEDIA ->
                http.serverHeader(ServerHeader.OVERWRITE)
                        .enableTrailers(false)
                        .allowHalfClose(false)
                        .http2(http2().build())
                        .idleTimeout(Duration.ofHours(1))
                        .requestHeadersTimeout(Duration.ZERO);
        };
    }

    /** HTTP/2 connections, in both directions. */
    public Http2Config.Builder http2() {
        Http2Config.Builder http2 = Http2Config.builder();
        return switch (this) {
            case NATIVE -> http2;
            case ENVOY, WIKIMEDIA -> http2.extendedConnect(false);
        };
    }

    /** A filter chain. */
    public FilterChainConfig.Builder filterChain(ProtocolConfig protocol) {
        FilterChainConfig.Builder chain = FilterChainConfig.builder(protocol);
        return switch (this) {
            case NATIVE -> chain;
            case ENVOY, WIKIMEDIA -> chain.handshakeTimeout(Duration.ZERO);
        };
    }

    /** A cluster. */
    public ClusterConfig.Builder cluster(String name, DiscoveryConfig discovery) {
        ClusterConfig.Builder cluster = ClusterConfig.builder(name, discovery);
        return switch (this) {
            case NATIVE -> cluster;
            case ENVOY -> likeEnvoy(cluster).connectTimeout(Duration.ofSeconds(5));
            case WIKIMEDIA -> likeEnvoy(cluster).connectTimeout(Duration.ofMillis(250));
        };
    }

    /** How the names of a cluster are looked up. */
    public DnsRefreshConfig.Builder dnsRefresh() {
        DnsRefreshConfig.Builder refresh = DnsRefreshConfig.builder();
        return switch (this) {
            case NATIVE -> refresh;
            case ENVOY -> refresh.emptyGrace(Duration.ZERO).family(DnsFamily.AUTO);
            case WIKIMEDIA -> refresh.emptyGrace(Duration.ZERO).family(DnsFamily.V4_ONLY);
        };
    }

    /** TLS toward a cluster. */
    public UpstreamTlsConfig.Builder tls() {
        UpstreamTlsConfig.Builder tls = UpstreamTlsConfig.builder();
        return switch (this) {
            case NATIVE -> tls;
            case ENVOY -> trustsNothingUnasked(tls).parameters(TlsParameters.ENVOY_CLIENT);
            case WIKIMEDIA ->
                trustsNothingUnasked(tls)
                        .trustedCa(WIKIMEDIA_CA)
                        .parameters(new TlsParameters("TLSv1.2", "TLSv1.2", List.of(WIKIMEDIA_CIPHERS), List.of()));
        };
    }

    /** A listener. */
    public ListenerConfig.Builder listener(Address address, List<FilterChainConfig> filterChains) {
        ListenerConfig.Builder listener = ListenerConfig.builder(address, filterChains);
        return switch (this) {
            case NATIVE -> listener;
            case ENVOY, WIKIMEDIA -> listener.maxConnections(0);
        };
    }

    /** Limits of the whole process. */
    public OverloadConfig overload() {
        return switch (this) {
            case NATIVE, ENVOY -> OverloadConfig.NONE;
            case WIKIMEDIA -> new OverloadConfig(50_000);
        };
    }

    private ClusterConfig.Builder likeEnvoy(ClusterConfig.Builder cluster) {
        return cluster.idleTimeout(Duration.ofHours(1))
                .pendingTimeout(Duration.ZERO)
                .minBodyRate(0)
                .enableTrailers(false)
                .acceptBareLf(true)
                .http2(http2().build());
    }

    private static UpstreamTlsConfig.Builder trustsNothingUnasked(UpstreamTlsConfig.Builder tls) {
        return tls.systemRoots(false).sniFromEndpoint(false).verifyHost(false);
    }
}
