package dev.attache.benchmarks.sidebyside;

import java.util.List;

/** The cases by name. */
final class Cases {

    /** In the order in which they are run. */
    static final List<String> NAMES = List.of(
            "c16",
            "c256",
            "c2000",
            "open2000",
            "mib",
            "idle10k",
            "growth",
            "start",
            "inprocess",
            "h2c10",
            "tls16",
            "tlsmib",
            "handshakes",
            "resumed");

    private Cases() {}

    static List<Case> of(Options options) {
        return NAMES.stream()
                .filter(options.cases()::contains)
                .map(Cases::named)
                .toList();
    }

    private static Case named(String name) {
        return switch (name) {
            case "c16" -> new SaturationCase(name, Front.HTTP, "/b1k", "1 KiB", 16);
            case "c256" -> new SaturationCase(name, Front.HTTP, "/b1k", "1 KiB", 256);
            case "c2000" -> new SaturationCase(name, Front.HTTP, "/b1k", "1 KiB", 2000);
            case "mib" -> new SaturationCase(name, Front.HTTP, "/b1m", "1 MiB", 16);
            case "open2000" -> new OpenLoopCase(2000);
            case "idle10k" -> new IdleCase();
            case "growth" -> new GrowthCase();
            case "start" -> new StartCase();
            case "inprocess" -> new InProcessCase();
            case "h2c10" -> new SaturationCase(name, Front.H2C, "/b1k", "1 KiB", Front.H2C.connections());
            case "tls16" -> new SaturationCase(name, Front.TLS, "/b1k", "1 KiB", 16);
            case "tlsmib" -> new SaturationCase(name, Front.TLS, "/b1m", "1 MiB", 16);
            case "handshakes" -> new HandshakeCase(name, false);
            case "resumed" -> new HandshakeCase(name, true);
            default -> throw new IllegalArgumentException(name);
        };
    }
}
