package dev.attache.admin;

import dev.attache.core.config.files.ConfigFiles;
import dev.attache.listeners.Attache;
import dev.attache.tls.Tls;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The run that an AOT cache of the JVM is made from: the program serves a configuration of each language to itself, as a
 * sidecar would be used, and ends. Needs nothing but loopback and a temporary folder.
 *
 * @see <a href="https://openjdk.org/jeps/514">JEP 514</a>
 */
final class Training {

    /** Enough for the JVM to see which code is hot; more only takes longer. */
    private static final int REQUESTS = 500;

    private static final String LOG_LEVEL = "error"; // Its many limits of connections need not fit anywhere.

    private static final List<String> PAGES = List.of(
            "/ready",
            "/server_info",
            "/stats?usedonly",
            "/stats?format=json",
            "/stats/prometheus",
            "/clusters",
            "/listeners",
            "/config_dump");

    private final Path folder;
    private final PrintStream err;

    private Training(Path folder, PrintStream err) {
        this.folder = folder;
        this.err = err;
    }

    /** Returns the exit code: 0 when everything was answered as it should be. */
    static int run(PrintStream err) {
        try {
            Path folder = Files.createTempDirectory("attache-training");
            try {
                return new Training(folder, err).run();
            } finally {
                delete(folder);
            }
        } catch (IOException | UncheckedIOException failed) {
            err.println("the training failed: " + failed);
            return 1;
        }
    }

    private int run() throws IOException {
        Logging.start(LOG_LEVEL, Map.of());
        Tls.provider().warmUp();
        Path upstreamFile = Files.writeString(folder.resolve("upstream.yaml"), TrainingConfigs.answering());
        Path roots = Files.writeString(folder.resolve("roots.pem"), TrainingConfigs.platformRoots());
        try (TrainingDns dns = new TrainingDns();
                Attache upstream =
                        Attache.builder(ConfigFiles.read(upstreamFile)).start()) {
            InetSocketAddress address = (InetSocketAddress)
                    upstream.listeners().getFirst().addresses().getFirst();
            TrainingConfigs configs = new TrainingConfigs(folder, address.getPort(), dns.port(), roots);
            int envoy = serve("envoy.yaml", configs.envoy(), this::envoy);
            return envoy != 0 ? envoy : serve("services.yaml", configs.services(), this::plain);
        }
    }

    /** Requests to a listener, and what is expected of them. */
    private interface Exercise {
        void on(SocketAddress listener) throws IOException;
    }

    private int serve(String name, String text, Exercise exercise) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        String[] arguments = {"-c", file.toString(), "--log-level", LOG_LEVEL, "--no-warm-up"};
        return Main.run(err, err, proxy -> exercise(proxy, exercise), arguments);
    }

    /** Sends requests through the proxy and to its admin interface, and lets it end. */
    private void exercise(Attache proxy, Exercise exercise) {
        SocketAddress admin = UnixDomainSocketAddress.of(folder.resolve("admin.sock"));
        try {
            exercise.on(proxy.listeners().getFirst().addresses().getFirst());
            for (String page : PAGES) {
                expect(200, admin, "GET", page);
            }
            expect(200, admin, "POST", "/quitquitquit");
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private void plain(SocketAddress listener) throws IOException {
        for (int i = 0; i < REQUESTS; i++) {
            expect(200, listener, "GET", "/plain");
        }
    }

    private void envoy(SocketAddress listener) throws IOException {
        plain(listener);
        expect(200, listener, "GET", "/direct");
        expect(200, listener, "POST", "/named");
        // The upstream speaks no TLS: what is trained is all until its answer.
        expect(503, listener, "GET", "/tls");
    }

    private static void expect(int status, SocketAddress to, String method, String target) throws IOException {
        String request = method + " " + target + " HTTP/1.1\r\nhost: localhost\r\nuser-agent: training\r\n"
                + "accept: */*\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        try (SocketChannel channel = SocketChannel.open(to)) {
            channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
            byte[] answer = Channels.newInputStream(channel).readAllBytes();
            String line = new String(answer, StandardCharsets.UTF_8)
                    .lines()
                    .findFirst()
                    .orElse("nothing");
            if (!line.startsWith("HTTP/1.1 " + status + " ")) {
                throw new IOException(method + " " + target + ": " + line + " (expected: " + status + ")");
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
