package dev.attache.admin.served;

import dev.attache.core.config.Address;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.files.ConfigFiles;
import dev.attache.core.config.files.ConfigOptions;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.http.HttpFilter;
import dev.attache.core.upstream.Cluster;
import dev.attache.listeners.Attache;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A running proxy whose listeners are all on free ports of loopback, whatever ports its configuration names. */
final class Served implements AutoCloseable {

    private final Attache proxy;

    private Served(Attache proxy) {
        this.proxy = proxy;
    }

    /** Serves a configuration in the native form. */
    static Served yaml(String text, HttpFilter... filters) {
        return config(
                ConfigFiles.load(new ConfigOptions(List.of(), Optional.of(text), false))
                        .config(),
                filters);
    }

    /** Serves what files say, the later ones over the earlier. */
    static Served files(Path... files) {
        return config(ConfigFiles.read(files));
    }

    static Served config(ProxyConfig config, HttpFilter... filters) {
        List<ListenerConfig> listeners = config.listeners().stream()
                .map(listener ->
                        listener.toBuilder().address(Address.loopback(0)).build())
                .toList();
        Attache.Builder proxy =
                Attache.builder(config.toBuilder().listeners(listeners).build());
        for (HttpFilter filter : filters) {
            proxy.filter(filter);
        }
        return new Served(proxy.start());
    }

    Attache proxy() {
        return proxy;
    }

    int port(String listener) {
        return proxy.listeners().stream()
                .filter(bound -> bound.config().name().equals(listener))
                .map(Served::port)
                .findFirst()
                .orElseThrow();
    }

    static int port(Attache.BoundListener listener) {
        return ((InetSocketAddress) listener.addresses().getFirst()).getPort();
    }

    RawClient connect(String listener) throws IOException {
        return RawClient.connect(port(listener));
    }

    /** One request on a connection of its own. */
    RawClient.Answer get(String listener, String path, String... headers) throws IOException {
        try (RawClient client = connect(listener)) {
            return get(client, path, headers);
        }
    }

    static RawClient.Answer get(RawClient client, String path, String... headers) throws IOException {
        StringBuilder more = new StringBuilder();
        for (String header : headers) {
            more.append(header).append("\r\n");
        }
        client.send("GET " + path + " HTTP/1.1\r\nhost: en.wikipedia.org\r\n" + more + "\r\n");
        return client.readAnswer();
    }

    /** What a file holds so far; empty where it is not there. */
    static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    Cluster cluster(String name) {
        return proxy.clusters().stream()
                .filter(cluster -> cluster.config().name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        proxy.close();
    }
}
