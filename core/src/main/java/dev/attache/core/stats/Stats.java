package dev.attache.core.stats;

/** All stats of one proxy. Safe for use by all threads. */
public interface Stats {

    /** {@code server.} */
    StatScope server();

    /** {@code prefix.}, without labels: {@code runtime}, {@code cluster_manager}, {@code listener_manager}, {@code dns}, {@code access_logs}. */
    StatScope scope(String prefix);

    /** {@code cluster.<name>.}, label {@code envoy_cluster_name}. */
    StatScope cluster(String name);

    /** {@code http.<statPrefix>.}, label {@code envoy_http_conn_manager_prefix}. */
    StatScope http(String statPrefix);

    /** {@code listener.<address>.}, label {@code envoy_listener_address}. */
    StatScope listener(String address);
}
