package dev.attache.admin.served;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.attache.admin.served.AttackScript.Verdict;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.UnderscoresInHeaders;
import dev.attache.core.config.files.ConfigFiles;
import dev.attache.core.config.files.ConfigOptions;
import dev.attache.core.fixtures.RawClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Malformed requests and responses by the hundred, of scripts that are no part of the project and judge by what their own
 * upstream sees. {@code -Dattache.attacks.dir} says where they are.
 */
@Timeout(120)
class AttackScriptsTest {

    /** HTTP/1.0 is not served unless a configuration says so, and the script wants it served. */
    private static final List<String> NOT_AS_WANTED = List.of("own/ok-http10");

    /** A long field that is well formed and passes: the script looks for a piece of it as of one that was injected. */
    private static final List<String> TAKEN_FOR_INJECTED = List.of("hdr-big");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(names = {"ALLOW", "REJECT_REQUEST"})
    void noRequestMeansOneThingHereAndAnotherUpstream(UnderscoresInHeaders underscores) throws Exception {
        AttackScript script = AttackScript.find("smuggle.py");
        try (Served served = serving(script, underscores)) {
            List<Verdict> verdicts = script.run(served.port("demo"), folder);

            assertThat(verdicts).hasSizeGreaterThanOrEqualTo(230);
            assertThat(verdicts).extracting(Verdict::verdict).doesNotContain("RAW", "DESYNC", "HOP-LEAK");
            assertThat(verdicts.stream().filter(verdict -> !verdict.asWanted()).map(Verdict::id))
                    .isEqualTo(NOT_AS_WANTED);
        }
    }

    @Test
    void noResponseIsTakenForAnother() throws Exception {
        AttackScript script = AttackScript.find("smuggle.py");
        try (Served served = serving(script, UnderscoresInHeaders.ALLOW)) {
            List<Verdict> verdicts = script.run(served.port("demo"), folder, "--responses");

            assertThat(verdicts).hasSizeGreaterThanOrEqualTo(42).allMatch(Verdict::asWanted);
        }
    }

    @Test
    void noHttp2RequestBecomesAnotherAndNoFloodStopsOthers() throws Exception {
        AttackScript script = AttackScript.find("h2attack.py");
        try (Served served = serving(script, UnderscoresInHeaders.ALLOW)) {
            assumeTrue(speaksHttp2(served), "the listener does not speak HTTP/2");

            List<Verdict> verdicts = script.run(served.port("demo"), folder);

            assertThat(verdicts).hasSizeGreaterThanOrEqualTo(81);
            assertThat(verdicts.stream().filter(verdict -> !verdict.asWanted()).map(Verdict::id))
                    .isSubsetOf(TAKEN_FOR_INJECTED);
        }
    }

    private Served serving(AttackScript script, UnderscoresInHeaders underscores) {
        ProxyConfig config = ConfigFiles.load(
                        new ConfigOptions(List.of(), Optional.of("""
                            listeners: [{name: demo, port: 6100, upstream: "127.0.0.1:%d", encryption: false}]
                            access_log_path: %s/{name}.log
                            """.formatted(script.upstreamPort(), folder)), false))
                .config();
        List<ListenerConfig> listeners = config.listeners().stream()
                .map(listener -> with(listener, underscores))
                .toList();
        return Served.config(config.toBuilder().listeners(listeners).build());
    }

    private static ListenerConfig with(ListenerConfig listener, UnderscoresInHeaders underscores) {
        FilterChainConfig chain = listener.filterChains().getFirst();
        HttpConfig http = ((HttpConfig) chain.protocol())
                .toBuilder().underscores(underscores).build();
        return listener.toBuilder()
                .filterChains(List.of(chain.toBuilder().protocol(http).build()))
                .build();
    }

    /** Whether the first bytes after the preface of HTTP/2 are a frame of settings. */
    private static boolean speaksHttp2(Served served) throws IOException {
        try (RawClient client = served.connect("demo")) {
            client.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0");
            for (int expected : new int[] {0, 0, -1, 4}) {
                int octet = client.read();
                if (octet < 0 || expected >= 0 && octet != expected) {
                    return false;
                }
            }
            return true;
        }
    }
}
