package dev.attache.core.config.files;

import dev.attache.core.config.Address;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * No two sockets on one address, as bind(2) would see it: {@code ::} and {@code 0.0.0.0} are two families and may
 * share a port, unless {@code ::} takes IPv4 peers too; an address and the wildcard of its family may not.
 */
final class TakenAddresses {

    /** An address that is taken, by whom, and where that was said. */
    private record Taken(Address address, String by, Positions.Position at) {}

    private final Report report;
    private final List<Taken> taken = new ArrayList<>();
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
        for (Taken other : taken) {
            if (conflict(address, other.address())) {
                if (at.source().file().isEmpty() || told.add(at)) {
                    report.error(
                            at,
                            "address " + address + " is taken by " + other.by() + ConfigChecks.there(other.at()),
                            "an address of its own");
                }
                return;
            }
        }
        taken.add(new Taken(address, by, at));
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
