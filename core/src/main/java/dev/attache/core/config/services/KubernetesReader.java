package dev.attache.core.config.services;

import dev.attache.core.config.Address;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.envoy.RetryPolicies;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads the map of Wikimedia's Kubernetes charts: each upstream says all of itself, without a catalogue. */
final class KubernetesReader {

    private final Notes notes;

    KubernetesReader(Notes notes) {
        this.notes = notes;
    }

    /** Every entry that can be read; the others have left their errors behind. */
    List<Entry> read(Value map) {
        List<Entry> entries = new ArrayList<>();
        Section section = map.section();
        for (String name : section.keys()) {
            entry(name, section.requiredSection(name)).ifPresent(entries::add);
        }
        return entries;
    }

    private Optional<Entry> entry(String name, Section section) {
        Optional<Value> portValue = section.required("port", "1024 to 65535");
        Optional<Long> port = portValue.flatMap(value -> value.integer(1024, 65535));
        var timeout = EntryReader.timeout(section);
        Optional<String> httpHost = section.value("http_host").flatMap(EntryReader::host);
        Optional<String> xfp = section.value("xfp").flatMap(EntryReader::scheme);
        Optional<RetryPolicyConfig> retry =
                section.section("retry_policy").flatMap(it -> RetryPolicies.read(it, notes.positions()));
        Section upstreamAt = section.requiredSection("upstream");
        var idleTimeout = upstreamAt.duration("idle_timeout");
        Optional<Upstream> upstream = upstream(upstreamAt);
        Optional<Entry.Split> split = section.section("split").flatMap(this::split);
        Optional<Entry.RateLimit> rateLimit = section.section("ratelimit").map(it -> rateLimit(name, it));
        // Whether a listener is traced only matters where the chart turns tracing on, which this map cannot.
        section.bool("tracing_enabled");
        if (port.isEmpty() || timeout.isEmpty() || upstream.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Entry(
                Notes.at(section),
                name,
                port.get().intValue(),
                Notes.at(portValue.orElseThrow()),
                timeout.get(),
                idleTimeout,
                httpHost,
                xfp,
                retry,
                upstream.get(),
                split,
                List.of(),
                rateLimit,
                ListenerTuning.NONE));
    }

    private Optional<Upstream> upstream(Section section) {
        section.ignore("ips");
        Optional<Value> host = section.required("address", "a host");
        Optional<Address> target = host.flatMap(HostPort::target);
        if (target.isPresent() && !(target.get() instanceof Address.Socket socket && socket.port() == 0)) {
            host.get().error("a host, without a port");
            target = Optional.empty();
        }
        Optional<Long> port = section.required("port", "1 to 65535").flatMap(value -> value.integer(1, 65535));
        var encryption = section.bool("encryption");
        var keepalive = section.duration("keepalive");
        var setsSni = section.bool("sets_sni");
        boolean rewrites = section.bool("sni_rewrites_host_header", true);
        var tcpKeepalive = section.section("tcp_keepalive").flatMap(EntryReader::tcpKeepalive);
        if (target.isEmpty() || port.isEmpty()) {
            return Optional.empty();
        }
        String name = ((Address.Socket) target.get()).host();
        return Optional.of(new Upstream(
                Notes.at(section),
                Optional.empty(),
                List.of(new Address.Socket(name, port.get().intValue())),
                Optional.of(encryption.orElse(false)),
                keepalive,
                setsSni,
                rewrites,
                tcpKeepalive,
                ClusterTuning.NONE));
    }

    private Optional<Entry.Split> split(Section section) {
        Optional<Long> percentage = EntryReader.percentage(section);
        // The upstream of a split is written flat, or under a key of its own.
        Optional<Upstream> upstream =
                section.section("upstream").map(this::upstream).orElseGet(() -> upstream(section));
        if (percentage.isEmpty() || upstream.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Entry.Split(upstream.get(), percentage.get().intValue()));
    }

    static Entry.RateLimit rateLimit(String name, Section section) {
        section.choice("by", Map.of("USER-AGENT", true));
        return new Entry.RateLimit(section.string("domain", name));
    }
}
