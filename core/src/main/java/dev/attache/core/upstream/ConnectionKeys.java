package dev.attache.core.upstream;

import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.net.ProxyHeader;

/** Which connections of a cluster may serve which requests: those of an equal key. Immutable. */
public final class ConnectionKeys {

    private final boolean perAuthority;
    private final boolean perClient;

    /**
     * What a connection was opened with.
     *
     * @param authority what its server name was taken from; empty where that is the same for all
     * @param client    whom it was announced for; nobody where that is not done
     */
    private record Key(Endpoint endpoint, String authority, ProxyHeader client) {}

    /** Keys of a cluster; {@code encrypted} says whether its connections run over TLS. */
    public ConnectionKeys(ClusterConfig config, boolean encrypted) {
        this.perAuthority =
                encrypted && config.tls().map(UpstreamTlsConfig::autoSni).orElse(false);
        this.perClient = config.proxyProtocol().isPresent();
    }

    /** The key of the connections to {@code endpoint} that may serve a request. */
    public Object of(Endpoint endpoint, Request request, Exchange exchange) {
        if (!perAuthority && !perClient) {
            return endpoint;
        }
        return new Key(
                endpoint,
                perAuthority ? request.authority() : "",
                perClient ? Connector.announced(exchange) : ProxyHeader.LOCAL);
    }
}
