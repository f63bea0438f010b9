package dev.attache.core.upstream;

import dev.attache.core.config.Address;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.EndpointConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One endpoint, whose new connections go to the first address that DNS names at the time while its old ones stay
 * (Envoy's {@code LOGICAL_DNS}). Failures and answers without addresses change nothing.
 */
final class LogicalDnsDiscovery implements EndpointDiscovery {

    private final EndpointConfig config;
    private final Address.Socket address;
    private final ClusterStats stats;
    private final DnsWatch watch;
    private @Nullable Endpoint endpoint; // the watch's thread alone
    private boolean ready;
    private volatile @Nullable Listener listener;

    /**
     * Logical DNS.
     *
     * @throws ConfigException for a unix socket
     */
    LogicalDnsDiscovery(EndpointConfig config, DnsWatch.Needs needs) {
        if (!(config.address() instanceof Address.Socket socket)) {
            throw new ConfigException(
                    "cluster " + needs.cluster() + ": endpoint address",
                    config.address().toString(),
                    "host and port");
        }
        this.config = config;
        this.address = socket;
        this.stats = needs.stats();
        this.watch = new DnsWatch(socket.host(), needs, this::found);
    }

    @Override
    public void start(Listener newListener) {
        listener = newListener;
        watch.start();
    }

    private void found(@Nullable List<InetAddress> found) {
        Listener to = listener;
        if (to == null) {
            return;
        }
        if (found != null && !found.isEmpty()) {
            moveTo(new InetSocketAddress(found.getFirst(), address.port()), to);
        }
        if (!ready) {
            ready = true;
            to.ready();
        }
    }

    private void moveTo(InetSocketAddress first, Listener to) {
        if (endpoint == null) {
            endpoint = new Endpoint(StaticDiscovery.hostname(config, address), address.port(), first, config.weight());
            to.endpoints(List.of(endpoint));
        } else if (endpoint.address().equals(first)) {
            stats.updateNoRebuild.increment();
        } else {
            endpoint.moveTo(first);
        }
    }

    @Override
    public List<NameState> names() {
        return List.of(watch.state());
    }

    @Override
    public void close() {
        watch.close();
    }
}
