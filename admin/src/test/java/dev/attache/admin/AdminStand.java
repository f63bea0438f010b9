package dev.attache.admin;

import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.files.ConfigFiles;
import dev.attache.core.config.files.ConfigOptions;
import dev.attache.core.fixtures.RawClient;
import dev.attache.listeners.Attache;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/** A running proxy with its admin interface, in this process. */
final class AdminStand implements AutoCloseable {

    private final Attache proxy;
    private final SocketAddress address;
    private final CountDownLatch quit = new CountDownLatch(1);

    private AdminStand(Attache proxy) throws CommandLine.UsageException {
        this.proxy = proxy;
        try {
            CommandLine commandLine = CommandLine.parse(
                    "-c", "demo.yaml", "--service-node", "node-7", "--service-cluster", "demo-cluster");
            this.address =
                    AdminServer.start(proxy, commandLine, quit::countDown).getFirst();
        } catch (RuntimeException | CommandLine.UsageException failed) {
            proxy.close();
            throw failed;
        }
    }

    /** Serves a configuration in a form of files, whose {@code admin} section says where its admin interface is. */
    static AdminStand yaml(String text) throws CommandLine.UsageException {
        return new AdminStand(Attache.builder(config(text)).start());
    }

    static ProxyConfig config(String text) {
        return ConfigFiles.load(new ConfigOptions(List.of(), Optional.of(text), false))
                .config();
    }

    Attache proxy() {
        return proxy;
    }

    SocketAddress address() {
        return address;
    }

    CountDownLatch quit() {
        return quit;
    }

    int port(String listener) {
        return proxy.listeners().stream()
                .filter(bound -> bound.config().name().equals(listener))
                .map(bound -> ((InetSocketAddress) bound.addresses().getFirst()).getPort())
                .findFirst()
                .orElseThrow();
    }

    RawClient.Answer get(String target) throws IOException {
        return call("GET", target, "localhost");
    }

    RawClient.Answer post(String target) throws IOException {
        return call("POST", target, "localhost");
    }

    /** One call on a connection of its own, as curl makes it. */
    RawClient.Answer call(String method, String target, String host, String... headers) throws IOException {
        StringBuilder more = new StringBuilder();
        for (String header : headers) {
            more.append(header).append("\r\n");
        }
        try (RawClient client = RawClient.connect(address)) {
            client.send(method + " " + target + " HTTP/1.1\r\nHost: " + host
                    + "\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n" + more + "\r\n");
            return client.readAnswer();
        }
    }

    @Override
    public void close() {
        proxy.close();
    }
}
