package dev.attache.core.config.services;

import dev.attache.core.config.Defaults;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Reading;
import dev.attache.core.config.yaml.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the services-proxy form, of which the package's page tells the keys. Collects every problem before it gives
 * up; opens no file but the error page of the TLS terminator.
 */
public final class ServicesReader {

    private final TopLevel top;
    private final Reading reading;
    private final Notes notes;

    private ServicesReader(TopLevel top, Reading reading, Notes notes) {
        this.top = top;
        this.reading = reading;
        this.notes = notes;
    }

    /** Whether a key may stand at the top of a file of this form, be it for the services proxy or for other software. */
    public static boolean recognises(String key) {
        return TopLevel.recognises(key);
    }

    /**
     * Reads the files of one load, a later file's key replacing an earlier one's whole.
     *
     * @param files the documents, in the order in which they were given
     * @param reading where problems go; durations in {@link dev.attache.core.config.yaml.DurationForm#UNITS}, without
     *     camel case
     * @param positions where the places of the parts go
     * @return what could be read; of no use where {@code reading} has failed
     */
    public static ProxyConfig read(List<Node> files, Reading reading, Positions positions) {
        TopLevel top = TopLevel.merged(files, reading);
        ProxyConfig config = new ServicesReader(top, reading, new Notes(positions)).read();
        reading.reportUnknownKeys();
        return config;
    }

    private ProxyConfig read() {
        top.value(TopLevel.ENVOY_ENSURE).ifPresent(value -> value.choice(Map.of("PRESENT", true)));
        Settings settings = new SettingsReader(top, notes).read();
        Catalogue catalogue = new Catalogue(top.value(TopLevel.SERVICES), top.dialect());
        ClusterBook clusters = new ClusterBook(settings, catalogue, reading, notes);
        List<ListenerConfig> listeners = listeners(settings, clusters);
        OperationsReader operations = new OperationsReader(top, notes);
        ProxyConfig.Builder config = ProxyConfig.builder()
                .listeners(listeners)
                .clusters(clusters.clusters())
                .dns(settings.dns())
                .runtime(operations.runtime())
                .overload(operations.overload())
                .stats(operations.stats());
        operations.admin().ifPresent(config::admin);
        return config.build();
    }

    /** The TLS terminator, the listeners of the list, and what sends readers on to the first: the generator's order. */
    private List<ListenerConfig> listeners(Settings settings, ClusterBook clusters) {
        Optional<TlsProxyReader.Terminator> terminator = top.tlsProxy()
                .map(section -> new TlsProxyReader(section, settings, notes, new HieraVariables(top::text)))
                .map(reader -> reader.read(clusters));
        List<ListenerConfig> listeners = new ArrayList<>();
        terminator.ifPresent(it -> listeners.addAll(it.listeners()));
        if (listeners.isEmpty() || list().isPresent()) {
            String otherwise = terminator.isPresent() ? "the certificate of a TLS listener" : "a map services_proxy";
            listeners.addAll(egress(settings, clusters, "a list of listeners, or " + otherwise));
        }
        terminator.ifPresent(it -> listeners.addAll(it.redirects()));
        return listeners;
    }

    private Optional<Value> list() {
        return top.value(top.dialect() == Dialect.KUBERNETES ? TopLevel.KUBERNETES : TopLevel.LISTENERS);
    }

    private List<ListenerConfig> egress(Settings settings, ClusterBook clusters, String expected) {
        Optional<Value> list = list();
        if (list.isEmpty()) {
            reading.error(top.source(), "", "no listeners", expected);
            return List.of();
        }
        if (settings.trustedCa().isEmpty()) {
            // Told once, at the list, where the bundle that nobody named cannot be read.
            notes.put(Defaults.WIKIMEDIA_CA, new Positions.Position(list.get().source(), "trusted_ca"));
        }
        List<Entry> entries = top.dialect() == Dialect.KUBERNETES
                ? new KubernetesReader(notes).read(list.get())
                : new EntryReader(top.dialect(), notes).read(list.get());
        Discovery discovery = new Discovery(top);
        Enabled enabled = new Enabled(top.value("enabled_listeners").or(discovery::listeners), reading);
        List<Entry> chosen = enabled.of(entries, WrittenNames.of(list.get())).stream()
                .map(discovery::withRateLimit)
                .toList();

        EntryRoutes routes = new EntryRoutes(top.dialect(), clusters, notes);
        ListenerMaker maker = new ListenerMaker(settings, notes);
        // Without a choice the Kubernetes map is a catalogue, in which a port may stand several times.
        boolean isCatalogue = top.dialect() == Dialect.KUBERNETES && enabled.all();
        PortBook ports = new PortBook(reading, isCatalogue);
        List<ListenerConfig> listeners = new ArrayList<>();
        for (Entry entry : chosen) {
            boolean free = ports.take(entry, maker.addresses(entry));
            if (!free && isCatalogue) {
                continue;
            }
            boolean reachable = routes.defineClusters(entry);
            if (reachable && free) {
                listeners.addAll(maker.listeners(entry, routes));
            }
        }
        if (settings.tracedPercent() > 0) {
            clusters.add(MeshClusters.traces(settings));
        }
        if (chosen.stream().anyMatch(entry -> entry.rateLimit().isPresent())) {
            clusters.add(MeshClusters.rateLimit(settings));
        }
        return SharedPorts.merged(listeners, notes);
    }
}
