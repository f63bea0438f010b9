package dev.attache.core.config;

/**
 * Whose requests a virtual host answers without TLS; the others it sends to the same place with TLS, by 301.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/route/v3/route_components.proto">Envoy,
 *     VirtualHost.require_tls</a>
 */
public enum TlsRequirement {
    /** Everybody's. */
    NONE,
    /** Those of internal clients. */
    EXTERNAL_ONLY,
    /** Nobody's. */
    ALL
}
