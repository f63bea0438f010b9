package dev.attache.core.config.services;

import dev.attache.core.config.Address;
import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.CircuitBreakerConfig;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.Defaults;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.DnsFamily;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.UpstreamProtocol;
import dev.attache.core.config.yaml.Section;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the TLS terminator of Wikimedia's hosts: one listener in front of local services. What its generator would not
 * write (a limit without the timeout that it hangs on, a policy for retries) is not made here either.
 */
final class TlsProxyReader {

    private static final int HTTPS = 443;
    private static final int FAST_OPEN_QUEUE = 150;
    private static final long NO_LIMIT = 1_000_000_000;

    private final Section section;
    private final Settings settings;
    private final Notes notes;
    private final TlsProxyCertificates certificates;
    private final TlsProxyServices services;

    TlsProxyReader(Section section, Settings settings, Notes notes, HieraVariables variables) {
        this.section = section;
        this.settings = settings;
        this.notes = notes;
        this.certificates = new TlsProxyCertificates(section, notes, variables);
        this.services = new TlsProxyServices(section, notes, variables, certificates);
    }

    /**
     * What becomes of the keys.
     *
     * @param listeners the one that ends TLS; none where no certificate is named
     * @param redirects the one that sends readers to the other, where there is one
     */
    record Terminator(List<ListenerConfig> listeners, List<ListenerConfig> redirects) {}

    /** Reads everything; clusters go into {@code clusters}. */
    Terminator read(ClusterBook clusters) {
        // Packet filters are for other software.
        section.ignore("ferm_srange", "firewall_srange", "firewall_src_sets");
        TlsProxyHttp http = new TlsProxyHttp(section, settings, notes);
        List<TlsProxyService> behind = services.read();
        List<FilterChainConfig> chains = chains(behind, http);
        int port = port("tls_port").orElse(HTTPS);
        Address address = section.bool("listen_ipv6", false)
                ? new Address.Socket("::", port, true)
                : new Address.Socket("0.0.0.0", port);
        Optional<Long> bufferLimit = section.integer("connection_buffer_limit", 1, 4294967295L);
        Optional<Integer> redirectPort = port("redir_port");
        List<ClusterConfig> local = behind.stream()
                .map(service -> notes.put(cluster(service), service.at()))
                .toList();
        if (chains.isEmpty()) {
            return new Terminator(List.of(), List.of());
        }
        local.forEach(clusters::add);
        if (http.tracedPercent() > 0) {
            clusters.add(MeshClusters.traces(settings));
        }
        ListenerConfig.Builder listener = Defaults.WIKIMEDIA
                .listener(notes.put(address, Notes.at(section)), chains)
                .name("tls_terminator_" + port)
                .tcpFastOpenQueue(FAST_OPEN_QUEUE);
        bufferLimit.ifPresent(listener::connectionBufferLimitBytes);
        return new Terminator(
                List.of(notes.put(listener.build(), Notes.at(section))),
                redirectPort.map(this::redirect).stream().toList());
    }

    private ListenerConfig redirect(int port) {
        Address address = notes.put(new Address.Socket("0.0.0.0", port), Notes.at(section));
        return HttpsRedirect.listener(Defaults.WIKIMEDIA, address, "http_redirect_" + port, "ingress_http", 0);
    }

    private List<FilterChainConfig> chains(List<TlsProxyService> behind, TlsProxyHttp http) {
        section.warning("stek_files", "has no effect: tickets are sealed with keys of this process alone");
        List<FilterChainConfig> chains = new ArrayList<>();
        Optional<Duration> handshakeTimeout =
                section.value("tls_handshake_timeout").flatMap(Notes::seconds);
        for (TlsProxyService service : behind) {
            if (!service.certificates().isEmpty()) {
                DownstreamTlsConfig tls = tls(service.certificates(), service.parameters(), service.alpn());
                FilterChainConfig.Builder chain =
                        chain(tls, http.alone(service)).serverNames(service.serverNames());
                handshakeTimeout.ifPresent(chain::handshakeTimeout);
                chains.add(notes.put(chain.build(), service.at()));
            }
        }
        List<CertificateFiles> shown = globalCertificates();
        TlsParameters parameters = section.section("global_tlsparams")
                .or(() -> section.section("tlsparams"))
                .map(it -> TlsTuning.read(it, "tls_min_version", "tls_max_version"))
                .orElse(TlsParameters.MODERN);
        List<String> alpn = new ArrayList<>(section.strings("global_alpn_protocols"));
        alpn.addAll(section.strings("alpn_protocols"));
        if (services.sniSupport() == TlsProxyServices.SniSupport.STRICT) {
            return chains;
        }
        if (shown.isEmpty()) {
            // The keys have defaults on every host, also where no TLS is wanted.
            return List.of();
        }
        FilterChainConfig.Builder chain = chain(tls(shown, parameters, alpn), http.byName(behind));
        handshakeTimeout.ifPresent(chain::handshakeTimeout);
        chains.add(notes.put(chain.build(), Notes.at(section)));
        return chains;
    }

    private static FilterChainConfig.Builder chain(DownstreamTlsConfig tls, HttpConfig http) {
        return Defaults.WIKIMEDIA.filterChain(http).tls(tls);
    }

    private DownstreamTlsConfig tls(List<CertificateFiles> shown, TlsParameters parameters, List<String> alpn) {
        DownstreamTlsConfig tls = DownstreamTlsConfig.builder(shown)
                .parameters(parameters)
                .alpn(alpn)
                .build();
        return notes.put(tls, Notes.at(section));
    }

    private List<CertificateFiles> globalCertificates() {
        List<CertificateFiles> written = certificates.written(section, "global_certs");
        Optional<CertificateFiles> named =
                section.value("global_cert_name").flatMap(value -> certificates.named(value, Optional.empty()));
        return written.isEmpty() ? named.stream().toList() : written;
    }

    private ClusterConfig cluster(TlsProxyService service) {
        ClusterConfig.Builder cluster = Defaults.WIKIMEDIA
                .cluster(service.cluster(), discovery(service.upstream()))
                .connectTimeout(connectTimeout());
        Optional<Duration> idleTimeout = section.value("idle_timeout").flatMap(Notes::seconds);
        Optional<Long> requests = section.integer("max_requests", 0, 4294967295L);
        idleTimeout.ifPresent(idle -> {
            cluster.idleTimeout(idle).protocol(UpstreamProtocol.DOWNSTREAM);
            requests.ifPresent(cluster::maxRequestsPerConnection);
        });
        if (idleTimeout.isEmpty()) {
            section.warning("max_requests", "has no effect without idle_timeout");
        }
        boolean unlimited = section.choice("circuit_breakers_config", Map.of("DEFAULTS", false, "DISABLED", true))
                .orElse(false);
        if (unlimited) {
            CircuitBreakerConfig none = new CircuitBreakerConfig(NO_LIMIT, NO_LIMIT, NO_LIMIT, NO_LIMIT);
            cluster.circuitBreaker(none).highPriorityCircuitBreaker(none);
        }
        return cluster.build();
    }

    private Duration connectTimeout() {
        return section.value("connect_timeout")
                .flatMap(Notes::seconds)
                .filter(timeout -> !timeout.isZero())
                .orElse(Duration.ofSeconds(1));
    }

    private DiscoveryConfig discovery(Address upstream) {
        return switch (upstream) {
            case Address.Socket socket ->
                DiscoveryConfig.of(
                        socket.host(),
                        socket.port(),
                        // The generator restricts the family of its other clusters alone.
                        settings.refresh().toBuilder().family(DnsFamily.AUTO).build());
            case Address.Pipe pipe -> new DiscoveryConfig.Static(List.of(new EndpointConfig(pipe)));
        };
    }

    private Optional<Integer> port(String key) {
        return section.integer(key, 1, 65535).map(Long::intValue);
    }
}
