package dev.attache.core.config.services;

import dev.attache.core.config.Address;
import dev.attache.core.config.Positions;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.TcpKeepalive;
import dev.attache.core.config.envoy.RetryPolicies;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import dev.attache.core.regex.Regex;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads the entries of the listener list, in Wikimedia's and in the native dialect. */
final class EntryReader {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]*");
    private static final String NAME_EXPECTED = "a name of letters, digits, dots, dashes and underscores";
    private static final String DISCOVERY = ".discovery.wmnet";
    private static final Duration NATIVE_TIMEOUT = Duration.ofSeconds(15);

    private final boolean nativeForm;
    private final Notes notes;

    EntryReader(Dialect dialect, Notes notes) {
        this.nativeForm = dialect == Dialect.NATIVE;
        this.notes = notes;
    }

    /** Every entry that can be read; the others have left their errors behind. */
    List<Entry> read(Value list) {
        if (!list.isList()) {
            list.error("a list of listeners");
            return List.of();
        }
        List<Entry> entries = new ArrayList<>();
        for (Value item : list.items()) {
            entry(item.section()).ifPresent(entries::add);
        }
        return entries;
    }

    private Optional<Entry> entry(Section section) {
        Optional<String> name = section.required("name", NAME_EXPECTED).flatMap(EntryReader::name);
        ListenerTuning tuning = nativeForm ? ListenerTuning.read(section, notes) : ListenerTuning.NONE;
        Optional<Long> port = port(section, tuning);
        Positions.Position portAt = section.value("port").map(Notes::at).orElse(Notes.at(section));
        Optional<Duration> timeout =
                nativeForm && !section.has("timeout") ? Optional.of(NATIVE_TIMEOUT) : timeout(section);
        Optional<Duration> idleTimeout = section.duration("idle_timeout");
        Optional<String> httpHost = section.value("http_host").flatMap(EntryReader::host);
        Optional<String> xfp = section.value("xfp").flatMap(EntryReader::scheme);
        Optional<RetryPolicyConfig> retry =
                section.section("retry").flatMap(it -> RetryPolicies.read(it, notes.positions()));
        Optional<Upstream> upstream = upstream(section);
        Optional<Entry.Split> split = section.section("split").flatMap(it -> split(it, upstream));
        List<Entry.HostSplit> splits = section.sections("splits").stream()
                .flatMap(it -> hostSplit(it, upstream).stream())
                .toList();
        if (name.isEmpty() || port.isEmpty() || timeout.isEmpty() || upstream.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Entry(
                Notes.at(section),
                name.get(),
                port.get().intValue(),
                portAt,
                timeout.get(),
                idleTimeout,
                httpHost,
                xfp,
                retry.or(() -> nativeForm ? Optional.empty() : Optional.of(RetryPolicyConfig.NONE)),
                upstream.get(),
                split,
                splits,
                Optional.empty(),
                tuning));
    }

    private Optional<Long> port(Section section, ListenerTuning tuning) {
        if (!nativeForm) {
            return section.required("port", "1024 to 65535").flatMap(value -> value.integer(1024, 65535));
        }
        if (!tuning.bindToPort() && !section.has("port")) {
            return Optional.of(0L);
        }
        return section.required("port", "0 to 65535").flatMap(value -> value.integer(0, 65535));
    }

    /** The required timeout of a whole call. */
    static Optional<Duration> timeout(Section section) {
        return section.required("timeout", "a duration such as 30s, or 0s for none")
                .flatMap(Value::duration);
    }

    /** A name that is fit for stats and file names. */
    static Optional<String> name(Value value) {
        return value.string().filter(name -> {
            boolean fit = NAME.matcher(name).matches();
            if (!fit) {
                value.error(NAME_EXPECTED);
            }
            return fit;
        });
    }

    /** A value of x-forwarded-proto. */
    static Optional<String> scheme(Value value) {
        return value.string().filter(scheme -> {
            boolean known = scheme.equals("http") || scheme.equals("https");
            if (!known) {
                value.error("http or https");
            }
            return known;
        });
    }

    /** A Host header: a name or address with or without a port. */
    static Optional<String> host(Value value) {
        Optional<Address> address = HostPort.target(value);
        if (address.filter(Address.Pipe.class::isInstance).isPresent()) {
            value.error("a host");
            return Optional.empty();
        }
        return address.flatMap(_ -> value.string());
    }

    private Optional<Upstream> upstream(Section section) {
        Optional<Value> key = nativeForm ? section.value("service") : section.required("service", "a service's name");
        Optional<Upstream.Service> service =
                key.flatMap(value -> value.string().map(name -> new Upstream.Service(name, Notes.at(value))));
        List<Address> targets = new ArrayList<>();
        section.value("upstream").ifPresent(value -> targets(value, targets));
        Optional<Boolean> encryption = nativeForm ? section.bool("encryption") : Optional.empty();
        if (nativeForm) {
            section.required("upstream", "a host, host:port, the path of a unix socket, or a list of them");
        }
        if (nativeForm && key.isEmpty()) {
            withoutService(section, targets);
        }
        if (targets.isEmpty()) {
            // In the native form what is missing was told, and this only stands for it while the rest is read.
            targets.add(new Address.Socket(service.map(Upstream.Service::name).orElse("none") + DISCOVERY, 0));
        }
        Upstream upstream = new Upstream(
                Notes.at(section),
                service,
                targets,
                encryption,
                section.duration("keepalive"),
                section.bool("sets_sni"),
                section.bool("sni_rewrites_host_header", true),
                section.section("tcp_keepalive").flatMap(EntryReader::tcpKeepalive),
                nativeForm ? ClusterTuning.read(section, notes) : ClusterTuning.NONE);
        return service.isEmpty() && !nativeForm ? Optional.empty() : Optional.of(upstream);
    }

    private void targets(Value value, List<Address> targets) {
        if (nativeForm) {
            value.items().forEach(item -> HostPort.target(item).ifPresent(targets::add));
        } else {
            HostPort.target(value).ifPresent(target -> {
                if (target instanceof Address.Socket socket && socket.port() == 0) {
                    targets.add(target);
                } else {
                    value.error("a host, without a port");
                }
            });
        }
    }

    private static void withoutService(Section section, List<Address> targets) {
        if (targets.stream().anyMatch(it -> it instanceof Address.Socket socket && socket.port() == 0)) {
            section.error("service", "missing", "a key of services, or an upstream with its port");
        }
    }

    static Optional<TcpKeepalive> tcpKeepalive(Section section) {
        return section.make(() -> new TcpKeepalive(
                seconds(section, "keepalive_probes"),
                seconds(section, "keepalive_time"),
                seconds(section, "keepalive_interval")));
    }

    private static int seconds(Section section, String key) {
        return section.integer(key, 0, Integer.MAX_VALUE).orElse(0L).intValue();
    }

    private Optional<Entry.Split> split(Section section, Optional<Upstream> whole) {
        Optional<Long> percentage = percentage(section);
        Optional<Upstream> upstream = upstream(section);
        if (percentage.isEmpty() || upstream.isEmpty() || whole.isEmpty()) {
            return Optional.empty();
        }
        Upstream own = upstream.get();
        Upstream parent = whole.get();
        return Optional.of(new Entry.Split(
                nativeForm ? own.orConnectionsOf(parent) : own.withConnectionsOf(parent),
                percentage.get().intValue()));
    }

    static Optional<Long> percentage(Section section) {
        return section.required("percentage", "0 to 100").flatMap(value -> value.integer(0, 100));
    }

    private Optional<Entry.HostSplit> hostSplit(Section section, Optional<Upstream> parent) {
        Optional<String> name = section.required("name", NAME_EXPECTED).flatMap(EntryReader::name);
        Optional<Value> regex = section.required("host_regex", "an RE2 expression");
        Optional<String> expression = regex.flatMap(Value::string).filter(text -> compiles(regex.get(), text));
        Optional<Upstream> upstream = upstream(section);
        if (nativeForm && parent.isPresent()) {
            upstream = upstream.map(own -> own.orConnectionsOf(parent.get()));
        }
        if (name.isEmpty() || expression.isEmpty() || upstream.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Entry.HostSplit(name.get(), expression.get(), upstream.get()));
    }

    private static boolean compiles(Value value, String expression) {
        try {
            Regex.compile(expression);
            return true;
        } catch (IllegalArgumentException wrong) {
            value.error(String.valueOf(wrong.getMessage()), "an RE2 expression");
            return false;
        }
    }
}
