package dev.attache.core.config.envoy;

import dev.attache.core.config.Address;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Envoy's {@code Address}. */
final class Addresses {

    private final Context context;

    Addresses(Context context) {
        this.context = context;
    }

    /** The address under {@code address}; empty, with an error, where there is none. */
    Optional<Address> read(Section owner) {
        Section section = owner.requiredSection("address");
        section.unsupported("envoy_internal_address");
        section.oneOf("socket_address", "pipe");
        Optional<Section> socket = section.section("socket_address");
        Optional<Section> pipe = section.section("pipe");
        if (socket.isEmpty() && pipe.isEmpty() && owner.has("address")) {
            section.error("no address", "socket_address or pipe");
        }
        return socket.flatMap(this::socket)
                .<Address>map(address -> address)
                .or(() -> pipe.flatMap(this::pipe))
                .map(address -> context.at(section, address));
    }

    /** A {@code SocketAddress}. */
    Optional<Address.Socket> socket(Section section) {
        section.choice("protocol", Map.of("TCP", true));
        section.unsupported("named_port", "resolver_name", "network_namespace_filepath");
        Optional<String> host = section.required("address", "an address").flatMap(Value::string);
        Optional<Long> port = section.required("port_value", "0 to 65535").flatMap(value -> value.integer(0, 65535));
        boolean ipv4Compat = section.bool("ipv4_compat", false);
        if (host.isEmpty() || port.isEmpty()) {
            return Optional.empty();
        }
        return section.make(() -> new Address.Socket(host.get(), port.get().intValue(), ipv4Compat));
    }

    private Optional<Address.Pipe> pipe(Section section) {
        Optional<Value> name = section.required("path", "the file of a socket");
        Optional<Path> path = name.flatMap(Value::file);
        if (path.isPresent() && path.get().toString().startsWith("@")) {
            name.get().error("a file; abstract sockets are not supported");
            return Optional.empty();
        }
        int mode = section.value("mode").map(Addresses::mode).orElse(0);
        return path.flatMap(file -> section.make(() -> new Address.Pipe(file, mode)));
    }

    /** Permission bits; a leading zero makes them octal, as everywhere where modes are written. */
    private static int mode(Value value) {
        String text = value.string().orElse("0");
        if (text.matches("0[0-7]{1,4}")) {
            return Integer.parseInt(text, 8);
        }
        return value.integer(0, 0777).orElse(0L).intValue();
    }
}
