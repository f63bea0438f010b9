package dev.attache.admin.served;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.Certificates;
import dev.attache.core.fixtures.Certificates.Leaf;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.fixtures.Waiting;
import dev.attache.core.stats.StatsFilter;
import dev.attache.core.stats.TextStats;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Certificates that change while clients connect and ask, as an issuer changes the files of a mounted volume, or an
 * administrator those of a folder. {@code -Dattache.rotations} says how often; the default is a short run.
 */
@Timeout(300)
class RotationServedTest {

    private static final Logger log = LoggerFactory.getLogger(RotationServedTest.class);
    private static final String HOST = "svc.test";
    private static final int ROTATIONS = Integer.getInteger("attache.rotations", 8);
    private static final Duration SOON = Duration.ofSeconds(2);

    /** What a busy machine may add. */
    private static final Duration SLACK = Duration.ofSeconds(3);

    @TempDir
    private Path folder;

    private Certificates ca;
    private CertificateVolume volume;
    private RawUpstream upstream;
    private Served served;
    private RotationLoad load;

    @BeforeEach
    void serve() throws Exception {
        ca = Certificates.in(Files.createDirectory(folder.resolve("ca")));
        volume = CertificateVolume.in(Files.createDirectory(folder.resolve("volume")), issue());
        upstream = RawUpstream.start(RawUpstream.echoingTarget());
        served = Served.yaml("""
            listeners:
              - name: demo
                port: 6100
                upstream: "127.0.0.1:%d"
                encryption: false
                connect_timeout: 10s
                tls: {certificate: %s, key: %s, alpn: [h2, http/1.1]}
            access_log_path: %s/{name}.log
            """.formatted(upstream.port(), volume.chain(), volume.key(), folder));
        load = RotationLoad.start(served.port("demo"), HOST, ca.clientContext());
    }

    @AfterEach
    void close() {
        load.close();
        served.close();
        upstream.close();
    }

    @Test
    void failsNoClientAndIsSeenSoon() throws Exception {
        Duration longest = Duration.ZERO;
        for (int i = 0; i < ROTATIONS; i++) {
            Leaf next = issue();
            if (i == ROTATIONS / 3) {
                volume.write(Files.readString(next.chain()), Files.readString(issue().key()));
                awaitRefusal();
            }
            if (i == ROTATIONS / 2) {
                String chain = Files.readString(next.chain());
                volume.write(chain.substring(0, chain.length() / 2), Files.readString(next.key()));
                awaitRefusal();
            }
            long began = System.nanoTime();
            switch (i % 3) {
                case 0 -> volume.write(Files.readString(next.chain()), Files.readString(next.key()));
                case 1 -> volume.rename(next);
                default -> volume.swap(next);
            }
            Waiting.until("the next certificate", () -> shown().equals(next.certificate()));
            Duration took = Duration.ofNanos(System.nanoTime() - began);
            longest = took.compareTo(longest) > 0 ? took : longest;
            load.awaitMore();
        }

        RotationLoad.Result result = load.end();
        log.info(
                "{} rotations: seen after at most {} ms, {} handshakes, {} requests",
                ROTATIONS,
                longest.toMillis(),
                result.handshakes(),
                result.requests());
        assertThat(result.failures()).isEmpty();
        assertThat(longest).isLessThan(SOON.plus(SLACK));
        assertThat(stat("ssl_context_update_by_sds")).isGreaterThanOrEqualTo(ROTATIONS);
        assertThat(stat("ssl_context_update_failed")).isGreaterThanOrEqualTo(2);
    }

    private Leaf issue() {
        return ca.issue(HOST, "127.0.0.1");
    }

    /** The pair is not taken, which is counted and told, and the one before goes on. */
    private void awaitRefusal() throws IOException {
        X509Certificate before = shown();
        Waiting.until(
                "the pair is refused",
                () -> served.proxy().certificates().stream()
                        .anyMatch(state -> !state.lastError().isEmpty()));
        load.awaitMore();
        assertThat(shown()).isEqualTo(before);
    }

    private X509Certificate shown() {
        try (TlsConnection connection = TlsConnection.connect(served.port("demo"), HOST, ca.clientContext())) {
            return connection.certificate();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private long stat(String name) throws IOException {
        StringBuilder text = new StringBuilder();
        TextStats.write(served.proxy().stats(), StatsFilter.ALL, text);
        return text.toString()
                .lines()
                .filter(line -> line.contains("." + name + ": "))
                .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }
}
