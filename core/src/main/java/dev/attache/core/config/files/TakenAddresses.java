package dev.attache.core.config.files;

import dev.attache.core.config.Address;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * No two sockets on one address, as bind(2) would see it: {@code ::} and {@code 0.0.0.0} are two families and may
 * share a port, unless {@code ::} takes IPv4 peers too; an address and the wildcard of its family may not.
 */
final class TakenAddresses {

    /** An address that is taken, by whom, and where that was said. */
    private record Taken(Address address, String by, Positions.Position at) {}

    private static final String FOUR = "IPv4";
    private static final String SIX = "IPv6";

    private final Report report;
    private final Map<Object, Taken> exactly = new HashMap<>();
    private final Map<Object, Taken> byFamily = new HashMap<>();
    private final Map<Object, Taken> wildcards = new HashMap<>();
    // A pair of sockets for both families is written in one place: a conflict is told once, not for each family.
    private final Set<Positions.Position> told = new HashSet<>();

    TakenAddresses(Report report) {
        this.report = report;
    }

    void check(ProxyConfig config) {
        for (ListenerConfig listener : config.listeners()) {
            if (listener.bindToPort()) {
                String name = listener.name().isEmpty() ? "another listener" : "listener " + listener.name();
                take(listener.address(), name, report.at("listeners", listener.address(), listener));
            }
        }
        config.admin()
                .ifPresent(admin -> take(
                        admin.address(), "the admin interface", report.at("admin.address", admin.address(), admin)));
    }

    private void take(Address address, String by, Positions.Position at) {
        Taken mine = new Taken(address, by, at);
        Optional<Taken> other = suspects(address).stream()
                .filter(Objects::nonNull)
                .filter(it -> conflict(address, it.address()))
                .findFirst();
        if (other.isEmpty()) {
            note(mine);
        } else if (at.source().file().isEmpty() || told.add(at)) {
            report.error(
                    at,
                    "address " + address + " is taken by " + other.get().by()
                            + ConfigChecks.there(other.get().at()),
                    "an address of its own");
        }
    }

    /** Of each kind that may be in the way the first one, so that no address is compared with all the others. */
    private List<@Nullable Taken> suspects(Address address) {
        Taken same = exactly.get(key(address));
        if (!(address instanceof Address.Socket socket) || !socket.isIp()) {
            return Collections.singletonList(same);
        }
        InetAddress ip = ip(socket);
        return ip.isAnyLocalAddress()
                ? Arrays.asList(same, byFamily.get(family(socket, FOUR)), byFamily.get(family(socket, SIX)))
                : Arrays.asList(same, wildcards.get(family(socket, FOUR)), wildcards.get(family(socket, SIX)));
    }

    private void note(Taken mine) {
        exactly.putIfAbsent(key(mine.address()), mine);
        if (mine.address() instanceof Address.Socket socket && socket.isIp()) {
            InetAddress ip = ip(socket);
            Object family = family(socket, ip instanceof Inet4Address ? FOUR : SIX);
            byFamily.putIfAbsent(family, mine);
            if (ip.isAnyLocalAddress()) {
                wildcards.putIfAbsent(family, mine);
            }
        }
    }

    private static Object key(Address address) {
        return switch (address) {
            case Address.Pipe pipe -> whole(pipe);
            case Address.Socket socket ->
                List.of(
                        socket.port(),
                        socket.isIp() ? ip(socket) : socket.host().toLowerCase(Locale.ROOT));
        };
    }

    private static Object family(Address.Socket socket, String family) {
        return List.of(socket.port(), family);
    }

    static boolean conflict(Address one, Address other) {
        if (one instanceof Address.Pipe a && other instanceof Address.Pipe b) {
            return whole(a).equals(whole(b));
        }
        if (!(one instanceof Address.Socket a) || !(other instanceof Address.Socket b)) {
            return false;
        }
        if (a.port() != b.port() || a.port() == 0) {
            return false;
        }
        if (!a.isIp() || !b.isIp()) {
            return a.host().equalsIgnoreCase(b.host());
        }
        return conflict(ip(a), a.ipv4Compat(), ip(b), b.ipv4Compat());
    }

    private static boolean conflict(InetAddress a, boolean aTakesIpv4, InetAddress b, boolean bTakesIpv4) {
        if (a.equals(b)) {
            return true;
        }
        if (a instanceof Inet4Address == b instanceof Inet4Address) {
            return a.isAnyLocalAddress() || b.isAnyLocalAddress();
        }
        boolean bothFamilies = a instanceof Inet4Address ? bTakesIpv4 : aTakesIpv4;
        InetAddress six = a instanceof Inet4Address ? b : a;
        return bothFamilies && six.isAnyLocalAddress();
    }

    private static Path whole(Address.Pipe pipe) {
        return pipe.path().toAbsolutePath().normalize();
    }

    private static InetAddress ip(Address.Socket address) {
        try {
            return InetAddress.ofLiteral(address.host());
        } catch (IllegalArgumentException _) {
            return InetAddress.getLoopbackAddress();
        }
    }
}
