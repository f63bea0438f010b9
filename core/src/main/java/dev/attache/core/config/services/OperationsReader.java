package dev.attache.core.config.services;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.Address;
import dev.attache.core.config.AdminConfig;
import dev.attache.core.config.OverloadConfig;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads what steers and watches the whole proxy: the admin interface, the runtime, stats. */
final class OperationsReader {

    private static final String MAX_CONNECTIONS = "overload.global_downstream_max_connections";

    private final TopLevel top;
    private final Notes notes;
    private final Map<String, String> values = new LinkedHashMap<>();

    OperationsReader(TopLevel top, Notes notes) {
        this.top = top;
        this.notes = notes;
        top.value("runtime").ifPresent(value -> flatten("", value));
    }

    /** What the generator writes, then what the file says, then what the admin interface sets; later layers win. */
    RuntimeConfig runtime() {
        List<RuntimeConfig.Layer> layers = new ArrayList<>();
        long built = top.dialect().defaults().overload().maxConnections();
        if (built > 0) {
            layers.add(new RuntimeConfig.Static("static_layer_0", Map.of(MAX_CONNECTIONS, Long.toString(built))));
        }
        if (!values.isEmpty()) {
            layers.add(new RuntimeConfig.Static("static_layer_1", values));
        }
        layers.add(new RuntimeConfig.Admin("admin_layer_0"));
        return new RuntimeConfig(layers);
    }

    OverloadConfig overload() {
        String value = values.getOrDefault(MAX_CONNECTIONS, "");
        return value.matches("[0-9]{1,18}")
                ? new OverloadConfig(Long.parseLong(value))
                : top.dialect().defaults().overload();
    }

    Optional<AdminConfig> admin() {
        return top.value("admin").flatMap(value -> admin(value.section()));
    }

    private Optional<AdminConfig> admin(Section section) {
        Optional<Value> where = section.required("address", "host:port, or the path of a unix socket");
        Optional<Long> mode = section.value("mode").flatMap(OperationsReader::mode);
        Optional<Path> log = section.value("access_log_path").flatMap(Value::file);
        Optional<Address> address = where.flatMap(
                        value -> value.isMapping() ? mapped(value.section()) : HostPort.address(value))
                .map(it -> it instanceof Address.Pipe pipe && mode.isPresent()
                        ? new Address.Pipe(pipe.path(), mode.get().intValue())
                        : it);
        if (mode.isPresent() && address.filter(Address.Socket.class::isInstance).isPresent()) {
            section.error("mode", "on a TCP address", "a unix socket");
        }
        return address.map(it -> {
            AdminConfig.Builder admin = AdminConfig.builder(notes.put(it, Notes.at(where.orElseThrow())));
            log.ifPresent(path -> admin.accessLogs(List.of(
                    new AccessLogConfig(new AccessLogConfig.Sink.File(path), Optional.empty(), Optional.empty()))));
            return notes.put(admin.build(), Notes.at(section));
        });
    }

    /** The address in Envoy's words. */
    private static Optional<Address> mapped(Section section) {
        Optional<Section> socket = section.section("socket_address");
        Optional<Section> pipe = section.section("pipe");
        if (socket.isPresent()) {
            String host = socket.get().requiredString("address");
            socket.get().ignore("protocol");
            Optional<Long> port =
                    socket.get().required("port_value", "0 to 65535").flatMap(value -> value.integer(0, 65535));
            return host.isEmpty() ? Optional.empty() : port.map(it -> new Address.Socket(host, it.intValue()));
        }
        if (pipe.isPresent()) {
            int mode = pipe.get()
                    .value("mode")
                    .flatMap(OperationsReader::mode)
                    .orElse(0L)
                    .intValue();
            return pipe.get().required("path", "a file").flatMap(Value::file).map(path -> new Address.Pipe(path, mode));
        }
        section.error("no address", "host:port, or the path of a unix socket");
        return Optional.empty();
    }

    /** Permission bits, octal as everywhere where modes are written. */
    private static Optional<Long> mode(Value value) {
        return value.string().flatMap(text -> {
            String digits = text.startsWith("0o") ? text.substring(2) : text;
            if (!digits.matches("[0-7]{1,4}") || Integer.parseInt(digits, 8) > 0777) {
                value.error("permission bits such as 0600");
                return Optional.empty();
            }
            return Optional.of(Long.parseLong(digits, 8));
        });
    }

    StatsConfig stats() {
        Optional<StatsConfig.Graphite> graphite = top.value("stats")
                .map(Value::section)
                .flatMap(it -> it.section("graphite"))
                .flatMap(OperationsReader::graphite);
        return new StatsConfig(List.of(), graphite);
    }

    private static Optional<StatsConfig.Graphite> graphite(Section section) {
        Optional<Address.Socket> address =
                section.required("address", "host:port").flatMap(HostPort::socket);
        String prefix = section.string("prefix", "");
        Duration interval = section.duration("interval").orElse(Duration.ofSeconds(10));
        return address.flatMap(it -> section.make(() -> new StatsConfig.Graphite(it, prefix, interval)));
    }

    private void flatten(String prefix, Value value) {
        if (!value.isMapping()) {
            value.error("runtime keys and their values");
            return;
        }
        Section section = value.section();
        for (String key : section.keys()) {
            section.value(key).ifPresent(inner -> {
                String name = prefix.isEmpty() ? key : prefix + "." + key;
                if (inner.isMapping()) {
                    flatten(name, inner);
                } else if (inner.node() instanceof Node.Scalar scalar) {
                    values.put(name, scalar.text());
                } else {
                    inner.error("a value");
                }
            });
        }
    }
}
