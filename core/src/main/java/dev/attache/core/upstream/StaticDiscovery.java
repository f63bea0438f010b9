package dev.attache.core.upstream;

import dev.attache.core.config.Address;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.net.Literals;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.List;

/** Endpoints that never change: literal addresses and unix sockets. */
final class StaticDiscovery implements EndpointDiscovery {

    private final List<Endpoint> endpoints;

    /**
     * Fixed endpoints.
     *
     * @throws ConfigException where one has a DNS name
     */
    StaticDiscovery(String cluster, List<EndpointConfig> configs) {
        endpoints = configs.stream().map(config -> endpoint(cluster, config)).toList();
    }

    /** An endpoint whose address needs no look-up. */
    static Endpoint endpoint(String cluster, EndpointConfig config) {
        return switch (config.address()) {
            case Address.Pipe pipe ->
                new Endpoint(config.hostname(), 0, UnixDomainSocketAddress.of(pipe.path()), config.weight());
            case Address.Socket socket -> {
                InetAddress literal = Literals.parse(socket.host());
                if (literal == null) {
                    throw new ConfigException(
                            "cluster " + cluster + ": endpoint address",
                            socket.host(),
                            "an IP address, or discovery by DNS");
                }
                SocketAddress address = new InetSocketAddress(literal, socket.port());
                yield new Endpoint(hostname(config, socket), socket.port(), address, config.weight());
            }
        };
    }

    /** The name that an endpoint goes by. */
    static String hostname(EndpointConfig config, Address.Socket socket) {
        return config.hostname().isEmpty() ? socket.host() : config.hostname();
    }

    @Override
    public void start(Listener listener) {
        listener.endpoints(endpoints);
        listener.ready();
    }

    @Override
    public List<NameState> names() {
        return List.of();
    }

    @Override
    public void close() {}
}
