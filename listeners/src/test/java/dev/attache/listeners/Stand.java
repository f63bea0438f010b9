package dev.attache.listeners;

import dev.attache.core.config.Address;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.OverloadConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.http.HttpService;
import dev.attache.core.stats.Stats;
import java.io.IOException;
import java.net.SocketAddress;
import java.util.List;
import java.util.function.UnaryOperator;

/** A listener on a free port of loopback, with all that belongs to it. */
final class Stand implements AutoCloseable {

    final Stats stats = Stats.create(StatsConfig.DEFAULT);
    final Deadlines deadlines = Deadlines.open();
    final ListenerManager manager;
    TestEntry entry;

    Stand() {
        this(OverloadConfig.NONE);
    }

    Stand(OverloadConfig overload) {
        manager = new ListenerManager(stats, deadlines, overload);
    }

    /** A running listener on a free port. */
    static Stand serving(UnaryOperator<HttpConfig.Builder> settings, HttpService service) throws IOException {
        Stand stand = new Stand();
        stand.entry = stand.entry(settings, service);
        stand.listen();
        return stand;
    }

    /** Starts a listener on a free port, for {@link #entry}. */
    void listen() throws IOException {
        manager.start(List.of(new ListenerManager.Binding(config("test", new Address.Socket("127.0.0.1", 0)), entry)));
    }

    static Stand serving(HttpService service) throws IOException {
        return serving(settings -> settings, service);
    }

    TestEntry entry(UnaryOperator<HttpConfig.Builder> settings, HttpService service) {
        return new TestEntry(stats, settings, service);
    }

    ListenerConfig config(String name, Address address) {
        TestEntry any = entry(settings -> settings, (request, exchange) -> TestEntry.text(200, ""));
        return ListenerConfig.builder(
                        address, List.of(FilterChainConfig.builder(any.config()).build()))
                .name(name)
                .build();
    }

    HttpListener listener() {
        return manager.listeners().getFirst();
    }

    SocketAddress address() {
        return listener().addresses().getFirst();
    }

    RawClient connect() throws IOException {
        return RawClient.connect(address());
    }

    @Override
    public void close() {
        manager.close();
        deadlines.close();
        stats.close();
    }
}
