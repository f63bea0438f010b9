package dev.attache.listeners;

import dev.attache.core.net.TlsStats;
import dev.attache.core.stats.Counter;
import dev.attache.core.stats.StatScope;

/** Stats of how the connections of one listener begin, under Envoy's names ({@code listener.<address>.*}, {@code ssl.*}). */
final class StartStats {

    final TlsStats tls;
    final Counter noFilterChainMatch;
    final Counter connectTimeout;
    final Counter preConnectionTimeout;
    final Counter proxyProtocolError;

    StartStats(StatScope listener) {
        tls = TlsStats.ofListener(listener);
        noFilterChainMatch = listener.counter("no_filter_chain_match");
        connectTimeout = listener.counter("downstream_cx_transport_socket_connect_timeout");
        proxyProtocolError = listener.counter("downstream_cx_proxy_proto_error");
        preConnectionTimeout = listener.counter("downstream_pre_cx_timeout");
    }
}
