package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.core.config.Address;
import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.fixtures.RawUpstream;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The conformance suite h2spec, which is no part of the project: on the {@code PATH}, or where {@code -Dattache.h2spec}
 * says; skipped otherwise.
 *
 * @see <a href="https://github.com/summerwind/h2spec">h2spec</a>
 */
@Timeout(600)
class H2specTest {

    private static final int CASES = 146;
    private static final long LONGEST_RUN_SECONDS = 500;
    /** How long h2spec waits for what should come; only a case that fails waits so long. */
    private static final String PATIENCE_SECONDS = "5";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void everyCaseOfTheConformanceSuitePasses(boolean tls) throws Exception {
        Path h2spec = find();
        try (RawUpstream upstream = RawUpstream.start(H2specTest::answer);
                Attache proxy = Attache.builder(config(upstream, tls)).start()) {
            Path report = folder.resolve("report.xml");
            Path output = folder.resolve("output.txt");
            List<String> command = new ArrayList<>(List.of(
                    h2spec.toString(),
                    "-h",
                    "127.0.0.1",
                    "-p",
                    port(proxy),
                    "-o",
                    PATIENCE_SECONDS,
                    "-j",
                    report.toString()));
            if (tls) {
                command.addAll(List.of("-t", "-k"));
            }
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            try {
                assertThat(process.waitFor(LONGEST_RUN_SECONDS, TimeUnit.SECONDS))
                        .as(() -> read(output))
                        .isTrue();
            } finally {
                process.destroyForcibly();
            }

            assertThat(failures(report)).isEmpty();
        }
    }

    private static Path find() {
        Optional<Path> found = Optional.ofNullable(System.getProperty("attache.h2spec"))
                .map(Path::of)
                .or(() -> Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                        .map(folder -> Path.of(folder, "h2spec"))
                        .filter(Files::isExecutable)
                        .findFirst());
        assumeTrue(found.isPresent(), "no h2spec on the PATH and no -Dattache.h2spec");
        return found.get();
    }

    private static void answer(RawUpstream.Peer peer) throws IOException {
        for (String head = peer.readHead(); head != null; head = peer.readHead()) {
            peer.readBody(RawUpstream.contentLength(head));
            peer.send("HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nanswered");
        }
    }

    private ProxyConfig config(RawUpstream upstream, boolean tls) {
        HttpConfig http =
                HttpConfig.forwarding("front", ForwardConfig.to("up").build()).build();
        FilterChainConfig.Builder chain = FilterChainConfig.builder(http);
        if (tls) {
            Leaf leaf = Certificates.in(folder).issue("127.0.0.1");
            chain.tls(DownstreamTlsConfig.builder(List.of(CertificateFiles.of(leaf.chain(), leaf.key())))
                    .alpn(List.of("h2", "http/1.1"))
                    .build());
        }
        return ProxyConfig.builder()
                .cluster(ClusterConfig.to("up", "127.0.0.1", upstream.port())
                        .connectTimeout(Duration.ofSeconds(10))
                        .build())
                .listener(ListenerConfig.builder(Address.loopback(0), List.of(chain.build()))
                        .build())
                .build();
    }

    private static String port(Attache proxy) {
        InetSocketAddress address =
                (InetSocketAddress) proxy.listeners().getFirst().addresses().getFirst();
        return Integer.toString(address.getPort());
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException failed) {
            return failed.toString();
        }
    }

    /** The cases of a report in the form of JUnit that have not passed; all of them are to be there. */
    private static List<String> failures(Path report) throws Exception {
        NodeList cases = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(report.toFile())
                .getElementsByTagName("testcase");
        List<String> failures = new ArrayList<>();
        int passed = 0;
        for (int i = 0; i < cases.getLength(); i++) {
            Element one = (Element) cases.item(i);
            if (one.getElementsByTagName("*").getLength() > 0) {
                failures.add(one.getAttribute("package") + ": " + one.getAttribute("classname"));
            } else {
                passed++;
            }
        }
        if (passed < CASES) {
            failures.add("passed: " + passed + " of " + CASES);
        }
        return failures;
    }
}
