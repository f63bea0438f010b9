package dev.attache.core.config.services;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.UpstreamProtocol;
import dev.attache.core.config.UpstreamTlsConfig;
import dev.attache.core.config.yaml.Reading;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The clusters that the listeners need, each made when it is named for the first time: the first definition wins. */
final class ClusterBook {

    private static final long REQUESTS_OF_A_KEPT_CONNECTION = 1000;

    private final Settings settings;
    private final Catalogue catalogue;
    private final Reading reading;
    private final Notes notes;
    private final Map<String, ClusterConfig> clusters = new LinkedHashMap<>();

    ClusterBook(Settings settings, Catalogue catalogue, Reading reading, Notes notes) {
        this.settings = settings;
        this.catalogue = catalogue;
        this.reading = reading;
        this.notes = notes;
    }

    /** All clusters so far, in the order in which they were named. */
    List<ClusterConfig> clusters() {
        return List.copyOf(clusters.values());
    }

    /** Adds a cluster that no listener wrote down. */
    void add(ClusterConfig cluster) {
        clusters.putIfAbsent(cluster.name(), cluster);
    }

    /** Makes the cluster of {@code upstream}, unless there is one of that name; false where it cannot be made. */
    boolean define(String name, Upstream upstream) {
        Optional<Catalogue.Service> service = Optional.empty();
        if (upstream.service().isPresent()) {
            service = catalogue.find(upstream.service().get(), reading);
            if (service.isEmpty()) {
                return false;
            }
        }
        int port = service.map(Catalogue.Service::port).orElse(0);
        boolean inCatalogue = service.map(Catalogue.Service::encryption).orElse(false);
        boolean encryption = upstream.encryption().orElse(inCatalogue);
        List<EndpointConfig> endpoints = upstream.targets().stream()
                .map(target -> new EndpointConfig(withPort(target, port)))
                .toList();
        ClusterConfig cluster = cluster(name, upstream, endpoints, encryption);
        ClusterConfig first = clusters.putIfAbsent(name, notes.put(cluster, upstream.at()));
        if (first != null && !first.discovery().equals(cluster.discovery())) {
            String found =
                    "cluster " + name + " was first defined with another upstream, which is the one that is used";
            reading.add(
                    ConfigProblem.warning(upstream.at().source(), upstream.at().path(), found));
        }
        return true;
    }

    private ClusterConfig cluster(String name, Upstream upstream, List<EndpointConfig> endpoints, boolean encryption) {
        ClusterConfig.Builder cluster = settings.dialect().defaults().cluster(name, discovery(endpoints));
        settings.connectTimeout().ifPresent(cluster::connectTimeout);
        upstream.keepalive().ifPresent(keepalive -> {
            cluster.idleTimeout(keepalive).maxRequestsPerConnection(REQUESTS_OF_A_KEPT_CONNECTION);
            if (settings.dialect() != Dialect.NATIVE) {
                cluster.protocol(UpstreamProtocol.DOWNSTREAM);
            }
        });
        upstream.tcpKeepalive().ifPresent(cluster::tcpKeepalive);
        upstream.tuning().apply(cluster);
        if (encryption) {
            cluster.tls(notes.put(tls(upstream), upstream.at()));
        }
        return cluster.build();
    }

    private UpstreamTlsConfig tls(Upstream upstream) {
        UpstreamTlsConfig.Builder tls = settings.dialect().defaults().tls();
        settings.trustedCa().ifPresent(ca -> tls.trustedCa(ca).systemRoots(false));
        upstream.setsSni().ifPresent(sets -> {
            if (settings.dialect() == Dialect.NATIVE) {
                tls.sniFromEndpoint(sets);
            } else {
                tls.sni(sets ? upstream.host() : "");
            }
        });
        upstream.tuning().apply(tls);
        return tls.build();
    }

    private DiscoveryConfig discovery(List<EndpointConfig> endpoints) {
        boolean fixed =
                endpoints.stream().allMatch(it -> !(it.address() instanceof Address.Socket socket) || socket.isIp());
        return fixed
                ? new DiscoveryConfig.Static(endpoints)
                : new DiscoveryConfig.StrictDns(endpoints, settings.refresh());
    }

    private static Address withPort(Address target, int port) {
        return target instanceof Address.Socket socket && socket.port() == 0
                ? new Address.Socket(socket.host(), port)
                : target;
    }
}
