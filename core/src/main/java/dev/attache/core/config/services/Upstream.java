package dev.attache.core.config.services;

import dev.attache.core.config.Address;
import dev.attache.core.config.Positions;
import dev.attache.core.config.TcpKeepalive;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where a listener, or a split of one, forwards to; as it was written.
 *
 * @param at where it was written
 * @param service key of the catalogue, and where it stands; empty where everything is said here
 * @param targets hosts and unix sockets; port 0 means the service's port
 * @param encryption TLS or not; empty means what the catalogue says
 * @param keepalive idle timeout of a pooled connection; empty means the dialect's default
 * @param setsSni the upstream's name is sent as server name, and as Host unless the next says no; empty means that
 *     nothing was said
 * @param sniRewritesHost whether Host follows the server name; default true
 * @param tcpKeepalive TCP keepalive
 * @param tuning what only the native form can say
 */
record Upstream(
        Positions.Position at,
        Optional<Service> service,
        List<Address> targets,
        Optional<Boolean> encryption,
        Optional<Duration> keepalive,
        Optional<Boolean> setsSni,
        boolean sniRewritesHost,
        Optional<TcpKeepalive> tcpKeepalive,
        ClusterTuning tuning) {

    /** A key of the catalogue and where it stands. */
    record Service(String name, Positions.Position at) {}

    Upstream {
        targets = List.copyOf(targets);
    }

    /** Whether Host becomes the endpoint's name. */
    boolean rewritesHost() {
        return setsSni.orElse(false) && sniRewritesHost;
    }

    /** This place with the connection settings of another, as Wikimedia's generator builds the cluster of a split. */
    Upstream withConnectionsOf(Upstream parent) {
        return new Upstream(
                at,
                service,
                targets,
                encryption,
                parent.keepalive,
                parent.setsSni,
                parent.sniRewritesHost,
                parent.tcpKeepalive,
                parent.tuning);
    }

    /** This place with the connection settings of another where it has none of its own. */
    Upstream orConnectionsOf(Upstream parent) {
        return new Upstream(
                at,
                service,
                targets,
                encryption.or(parent::encryption),
                keepalive.or(parent::keepalive),
                setsSni.or(parent::setsSni),
                sniRewritesHost,
                tcpKeepalive.or(parent::tcpKeepalive),
                parent.tuning);
    }

    /** The host of the first target; empty for a unix socket. */
    String host() {
        return targets.getFirst() instanceof Address.Socket socket ? socket.host() : "";
    }
}
