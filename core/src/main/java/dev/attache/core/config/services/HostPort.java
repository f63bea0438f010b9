package dev.attache.core.config.services;

import dev.attache.core.config.Address;
import dev.attache.core.config.yaml.Value;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Addresses as an operator writes them: {@code host:port}, {@code [::1]:port}, or the path of a unix socket. */
final class HostPort {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_.])?");
    private static final Pattern WITH_PORT = Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([^:\\[\\]]+)):([0-9]{1,5})");
    private static final Pattern BARE_IPV6 = Pattern.compile("\\[?([0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)]?");

    private HostPort() {}

    /** A host with its port, or a unix socket. */
    static Optional<Address> address(Value value) {
        return value.string().flatMap(text -> {
            Optional<Address> address = parse(text, false);
            if (address.isEmpty()) {
                value.error("host:port, or the path of a unix socket");
            }
            return address;
        });
    }

    /** A host with its port. */
    static Optional<Address.Socket> socket(Value value) {
        return value.string().flatMap(text -> {
            Optional<Address> address = parse(text, false);
            if (address.isPresent() && address.get() instanceof Address.Socket socket) {
                return Optional.of(socket);
            }
            value.error("host:port");
            return Optional.<Address.Socket>empty();
        });
    }

    /** A unix socket, or a host whose port may be left out: it is 0 then. */
    static Optional<Address> target(Value value) {
        return value.string().flatMap(text -> {
            Optional<Address> address = parse(text, true);
            if (address.isEmpty()) {
                value.error("a host, host:port, or the path of a unix socket");
            }
            return address;
        });
    }

    private static Optional<Address> parse(String text, boolean portMayBeMissing) {
        if (text.startsWith("/")) {
            return Optional.of(new Address.Pipe(Path.of(text)));
        }
        Matcher matcher = WITH_PORT.matcher(text);
        if (matcher.matches()) {
            int port = Integer.parseInt(matcher.group(3));
            String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
            boolean sound = matcher.group(1) != null || NAME.matcher(host).matches();
            return sound && port <= 65535 ? Optional.of(new Address.Socket(host, port)) : Optional.empty();
        }
        Matcher six = BARE_IPV6.matcher(text);
        if (portMayBeMissing && six.matches()) {
            return Optional.of(new Address.Socket(six.group(1), 0));
        }
        return portMayBeMissing && NAME.matcher(text).matches()
                ? Optional.of(new Address.Socket(text, 0))
                : Optional.empty();
    }
}
