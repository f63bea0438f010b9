package dev.attache.benchmarks.sidebyside;

import dev.attache.benchmarks.peers.JettyProxy;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;

/** Which versions were measured, as each program says itself. */
final class Versions {

    private Versions() {}

    static Map<String, String> all(Options options) throws IOException {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("java", System.getProperty("java.vm.name") + " " + Runtime.version());
        all.put(
                "attache",
                firstLine(
                        List.of(Stage.JVM.getFirst(), "-jar", options.attache().toString(), "--version")));
        all.put("haproxy", firstLine(List.of(Executables.path("haproxy"), "-v")));
        all.put("nginx", firstLine(List.of(Executables.path("nginx"), "-v")));
        all.put("caddy", firstLine(List.of(Executables.path("caddy"), "version")));
        libraries().forEach((name, version) -> all.put(name.toString(), version.toString()));
        all.put("wrk", firstLine(List.of(Executables.path("wrk"), "-v")));
        all.put("h2load", firstLine(List.of(Executables.path("h2load"), "--version")));
        all.put("openssl", firstLine(List.of(Executables.path("openssl"), "version")));
        return all;
    }

    /** The versions that the build put into our jar. */
    private static Properties libraries() throws IOException {
        Properties versions = new Properties();
        try (InputStream file = JettyProxy.class.getResourceAsStream("versions.properties")) {
            versions.load(Objects.requireNonNull(file, "versions.properties"));
        }
        return versions;
    }

    private static String firstLine(List<String> command) {
        try {
            return Patience.output(command, 0).lines().findFirst().orElse("unknown");
        } catch (IOException absent) {
            return "absent";
        }
    }
}
