package dev.attache.admin.served;

import dev.attache.core.fixtures.Certificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A bootstrap file of a deployment's real sidecar or host, copied so that it runs here: what lies below {@code /etc} and
 * {@code /var} is below a folder instead, with a certificate in place, and logs go to files. Nothing else is changed.
 */
record RealBootstrap(Path file, String text) {

    static final Path FOLDER = Path.of(System.getProperty("attache.root", "."), "..", "shared", "wmf", "bootstrap")
            .normalize();

    private static final Pattern SERVER_NAME = Pattern.compile("(?m)^ +sni: (\\S+)$");
    private static final String END = ".envoy.yaml";

    /** The names of all of them. */
    static List<String> names() throws IOException {
        if (!Files.isDirectory(FOLDER)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(END))
                    .map(name -> name.substring(0, name.length() - END.length()))
                    .sorted()
                    .toList();
        }
    }

    /** The bootstrap file and its files of secrets. */
    static RealBootstrap copy(String name, Path folder, Certificates ca, Certificates.Leaf leaf) throws IOException {
        Path secrets = FOLDER.resolve(name + ".tls_certificate_sds_secret.yaml");
        if (Files.exists(secrets)) {
            Files.writeString(
                    folder.resolve("secrets.yaml"),
                    Files.readString(secrets)
                            .replace("/etc/envoy/ssl/tls.crt", leaf.chain().toString())
                            .replace("/etc/envoy/ssl/tls.key", leaf.key().toString()));
        }
        Path page = Files.writeString(folder.resolve("error_page.html"), "<p>%LOCAL_REPLY_BODY%</p>");
        String text = Files.readString(FOLDER.resolve(name + END))
                .replace("/etc/envoy/tls_certificate_sds_secret.yaml", folder + "/secrets.yaml")
                .replace("/etc/envoy/error_page.html", page.toString())
                .replace("/etc/ssl/certs/ca-certificates.crt", ca.bundle().toString())
                .replaceAll("/etc/ssl/localcerts/\\S+\\.crt", leaf.chain().toString())
                .replaceAll("/etc/ssl/private/\\S+\\.key", leaf.key().toString())
                .replace("/var/run/envoy/admin.sock", folder + "/admin.sock")
                .replace("/var/log/envoy/", folder + "/")
                .replace("/dev/stdout", folder + "/stdout.log")
                .replaceFirst("address: 0\\.0\\.0\\.0(\\s+)port_value: 9631", "address: 127.0.0.1$1port_value: 0");
        return new RealBootstrap(Files.writeString(folder.resolve("envoy.yaml"), text), text);
    }

    /** The names that clusters send. */
    Set<String> serverNames() {
        return SERVER_NAME
                .matcher(text)
                .results()
                .map(found -> found.group(1))
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
