package dev.attache.core.format;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Operators that are accepted, with whatever argument, but have no value: they tell of metadata, tracing, or of facts
 * that are not kept.
 */
final class UnknownFacts {

    private static final List<String> NAMES = List.of(
            "BYTES_RETRANSMITTED",
            "CLUSTER_METADATA",
            "CONNECTION_ID",
            "CONNECTION_TERMINATION_DETAILS",
            "CUSTOM_FLAGS",
            "DOWNSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED",
            "DOWNSTREAM_DETECTED_CLOSE_TYPE",
            "DOWNSTREAM_DIRECT_LOCAL_ADDRESS_ENDPOINT_ID",
            "DOWNSTREAM_HANDSHAKE_DURATION",
            "DOWNSTREAM_HEADER_BYTES_RECEIVED",
            "DOWNSTREAM_HEADER_BYTES_SENT",
            "DOWNSTREAM_LOCAL_CLOSE_REASON",
            "DOWNSTREAM_LOCAL_OTHERNAME_SAN",
            "DOWNSTREAM_PEER_ISSUER_FINGERPRINT_256",
            "DOWNSTREAM_PEER_ISSUER_SERIAL",
            "DOWNSTREAM_PEER_OTHERNAME_SAN",
            "DOWNSTREAM_TLS_GROUP",
            "DOWNSTREAM_TRANSPORT_FAILURE_REASON",
            "DOWNSTREAM_WIRE_BYTES_RECEIVED",
            "DOWNSTREAM_WIRE_BYTES_SENT",
            "DYNAMIC_METADATA",
            "FILTER_CHAIN_NAME",
            "FILTER_STATE",
            "METADATA",
            "PACKETS_RETRANSMITTED",
            "PER_REQUEST_STATE",
            "REQUEST_HEADERS_BYTES",
            "RESPONSE_HEADERS_BYTES",
            "RESPONSE_TRAILERS_BYTES",
            "ROUNDTRIP_DURATION",
            "SPAN_ID",
            "TLS_JA3_FINGERPRINT",
            "TLS_JA4_FINGERPRINT",
            "TRACE_ID",
            "UPSTREAM_CONNECTION_ID",
            "UPSTREAM_CONNECTION_IDS_ATTEMPTED",
            "UPSTREAM_CONNECTION_POOL_READY_DURATION",
            "UPSTREAM_DECOMPRESSED_HEADER_BYTES_RECEIVED",
            "UPSTREAM_DETECTED_CLOSE_TYPE",
            "UPSTREAM_FILTER_STATE",
            "UPSTREAM_HEADER_BYTES_RECEIVED",
            "UPSTREAM_HEADER_BYTES_SENT",
            "UPSTREAM_HOSTS_ATTEMPTED",
            "UPSTREAM_HOSTS_ATTEMPTED_WITHOUT_PORT",
            "UPSTREAM_HOST_NAMES_ATTEMPTED",
            "UPSTREAM_HOST_NAMES_ATTEMPTED_WITHOUT_PORT",
            "UPSTREAM_LOCAL_CLOSE_REASON",
            "UPSTREAM_LOCAL_DNS_SAN",
            "UPSTREAM_LOCAL_IP_SAN",
            "UPSTREAM_LOCAL_URI_SAN",
            "UPSTREAM_METADATA",
            "UPSTREAM_PEER_CERT",
            "UPSTREAM_PEER_CERT_V_END",
            "UPSTREAM_PEER_CERT_V_START",
            "UPSTREAM_PEER_DNS_SAN",
            "UPSTREAM_PEER_IP_SAN",
            "UPSTREAM_PEER_ISSUER",
            "UPSTREAM_PEER_SUBJECT",
            "UPSTREAM_PEER_URI_SAN",
            "UPSTREAM_REMOTE_ADDRESS_ENDPOINT_ID",
            "UPSTREAM_SERVER_NAME",
            "UPSTREAM_TLS_CIPHER",
            "UPSTREAM_TLS_GROUP",
            "UPSTREAM_TLS_SESSION_ID",
            "UPSTREAM_TLS_VERSION",
            "UPSTREAM_WIRE_BYTES_RECEIVED",
            "UPSTREAM_WIRE_BYTES_SENT",
            "VIRTUAL_CLUSTER_NAME");

    private UnknownFacts() {}

    static void addTo(Map<String, Function<OperatorCall, Operator>> operators) {
        for (String name : NAMES) {
            operators.put(name, call -> Operator.ABSENT);
        }
    }
}
