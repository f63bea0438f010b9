package dev.attache.core.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.Address;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.DnsConfig;
import dev.attache.core.config.DnsFamily;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.fixtures.DnsServer;
import dev.attache.core.net.DnsResolver.Answer;
import dev.attache.core.net.DnsResolver.LookupException;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.Stats;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DnsjavaResolverTest {

    private static final Duration SHORT = Duration.ofMillis(50);

    @TempDir
    Path folder;

    private final DnsServer dns = DnsServer.start();
    private final StatScope stats = Stats.create(StatsConfig.DEFAULT).scope("dns.cares");

    @AfterEach
    void stop() {
        dns.close();
    }

    private Answer lookup(String name, DnsFamily family) throws LookupException {
        return lookup(dns.config().build(), name, family);
    }

    private Answer lookup(DnsConfig config, String name, DnsFamily family) throws LookupException {
        try (DnsResolver resolver = new DnsjavaResolver(config, stats)) {
            return resolver.lookup(name, family);
        }
    }

    private static List<String> literals(Answer answer) {
        return answer.addresses().stream().map(InetAddress::getHostAddress).toList();
    }

    @Test
    void findsAddressesInTheOrderOfTheAnswerWithTheirTtl() throws Exception {
        dns.name("a.test").addresses("10.0.0.2", "10.0.0.1", "10.0.0.2").ttl(7);

        Answer answer = lookup("a.test", DnsFamily.V4_ONLY);

        assertThat(literals(answer)).containsExactly("10.0.0.2", "10.0.0.1");
        assertThat(answer.ttl()).isEqualTo(Duration.ofSeconds(7));
        assertThat(stats.counter("resolve_total").value()).isEqualTo(1);
        assertThat(stats.gauge("pending_resolutions").value()).isZero();
    }

    @Test
    void addressesCarryTheNameWithoutAFurtherLookup() throws Exception {
        dns.name("a.test").addresses("10.0.0.2");

        Answer answer = lookup("a.test", DnsFamily.V4_ONLY);

        assertThat(answer.addresses().getFirst().getHostName()).isEqualTo("a.test");
    }

    @Test
    void takesTheFamilyThatIsAskedFor() throws Exception {
        dns.name("both.test").addresses("10.0.0.1", "fd00::1");
        dns.name("four.test").addresses("10.0.0.4");
        dns.name("six.test").addresses("fd00::6");

        assertThat(literals(lookup("both.test", DnsFamily.V4_ONLY))).containsExactly("10.0.0.1");
        assertThat(literals(lookup("both.test", DnsFamily.V6_ONLY))).containsExactly("fd00:0:0:0:0:0:0:1");
        assertThat(literals(lookup("both.test", DnsFamily.AUTO))).containsExactly("fd00:0:0:0:0:0:0:1");
        assertThat(literals(lookup("both.test", DnsFamily.V4_PREFERRED))).containsExactly("10.0.0.1");
        assertThat(literals(lookup("both.test", DnsFamily.ALL)))
                .containsExactlyInAnyOrder("10.0.0.1", "fd00:0:0:0:0:0:0:1");
        assertThat(literals(lookup("four.test", DnsFamily.AUTO))).containsExactly("10.0.0.4");
        assertThat(literals(lookup("six.test", DnsFamily.V4_PREFERRED))).containsExactly("fd00:0:0:0:0:0:0:6");
        assertThat(literals(lookup("six.test", DnsFamily.V4_ONLY))).isEmpty();
    }

    @Test
    void aNameThatDoesNotExistOrHasNoAddressIsAnEmptyAnswer() throws Exception {
        dns.name("bare.test").addresses();

        assertThat(lookup("unknown.test", DnsFamily.ALL).addresses()).isEmpty();
        assertThat(lookup("bare.test", DnsFamily.ALL).addresses()).isEmpty();
        assertThat(stats.counter("not_found").value()).isEqualTo(2);
        assertThat(stats.counter("get_addr_failure").value()).isZero();
    }

    @Test
    void aServerThatFailsOrRefusesIsAFailure() {
        dns.name("fail.test").servfail();
        dns.name("refuse.test").refused();

        assertThatThrownBy(() -> lookup("fail.test", DnsFamily.V4_ONLY))
                .isInstanceOf(LookupException.class)
                .hasMessageContaining("fail.test. A")
                .hasMessageContaining("SERVFAIL");
        assertThatThrownBy(() -> lookup("refuse.test", DnsFamily.V4_ONLY))
                .isInstanceOf(LookupException.class)
                .hasMessageContaining("REFUSED");
        assertThat(stats.counter("get_addr_failure").value()).isEqualTo(2);
    }

    @Test
    void aServerThatDoesNotAnswerIsAFailureAfterTheTimeOut() {
        DnsServer.Entry entry = dns.name("silent.test").dropped();

        assertThatThrownBy(() -> lookup(dns.config().timeout(SHORT).build(), "silent.test", DnsFamily.V4_ONLY))
                .isInstanceOf(LookupException.class)
                .hasMessageContaining("time out");
        assertThat(entry.questions()).isEqualTo(2); // two rounds
        assertThat(stats.counter("timeout").value()).isEqualTo(2);
    }

    @Test
    void aPortThatNobodyListensOnIsAFailureAtOnce() {
        DnsServer gone = DnsServer.start();
        gone.close();

        assertThatThrownBy(() -> lookup(gone.config().build(), "a.test", DnsFamily.V4_ONLY))
                .isInstanceOf(LookupException.class);
        assertThat(stats.counter("timeout").value()).isZero();
    }

    @Test
    void theNextServerIsAskedWhenOneFails() throws Exception {
        dns.name("a.test").servfail();
        try (DnsServer second = DnsServer.start()) {
            second.name("a.test").addresses("10.0.0.9");
            DnsConfig config = dns.config()
                    .servers(List.of(dns.address(), second.address()))
                    .build();

            assertThat(literals(lookup(config, "a.test", DnsFamily.V4_ONLY))).containsExactly("10.0.0.9");
        }
    }

    @Test
    void aFamilyThatFailsCountsAsEmptyWhereTheOtherHasAddresses() throws Exception {
        dns.name("a.test").addresses("10.0.0.1").ipv6Servfail();
        dns.name("bare.test").addresses().ipv6Servfail();

        assertThat(literals(lookup("a.test", DnsFamily.AUTO))).containsExactly("10.0.0.1");
        assertThat(literals(lookup("a.test", DnsFamily.ALL))).containsExactly("10.0.0.1");
        assertThatThrownBy(() -> lookup("a.test", DnsFamily.V6_ONLY)).isInstanceOf(LookupException.class);
        assertThatThrownBy(() -> lookup("bare.test", DnsFamily.ALL)).isInstanceOf(LookupException.class);
    }

    @Test
    void aTruncatedAnswerIsAskedForOverTcp() throws Exception {
        DnsServer.Entry entry = dns.name("big.test").addresses("10.0.0.1").truncated(true);

        assertThat(literals(lookup("big.test", DnsFamily.V4_ONLY))).containsExactly("10.0.0.1");
        assertThat(entry.udpQuestions()).isEqualTo(1);
        assertThat(entry.tcpQuestions()).isEqualTo(1);
    }

    @Test
    void anAnswerTooBigForAPacketArrivesWhole() throws Exception {
        String[] many = new String[500];
        for (int i = 0; i < many.length; i++) {
            many[i] = "10.1." + i / 250 + "." + (i % 250 + 1);
        }
        DnsServer.Entry entry = dns.name("many.test").addresses(many);

        assertThat(literals(lookup("many.test", DnsFamily.V4_ONLY))).containsExactly(many);
        assertThat(entry.tcpQuestions()).isEqualTo(1);
    }

    @Test
    void asksOverTcpAloneWhereSaidSo() throws Exception {
        DnsServer.Entry entry = dns.name("a.test").addresses("10.0.0.1");

        lookup(dns.config().tcpOnly(true).build(), "a.test", DnsFamily.V4_ONLY);

        assertThat(entry.udpQuestions()).isZero();
        assertThat(entry.tcpQuestions()).isEqualTo(1);
    }

    @Test
    void aServerWithoutEdnsIsAskedWithoutIt() throws Exception {
        DnsServer.Entry entry = dns.name("old.test").addresses("10.0.0.1").ednsUnknown();

        assertThat(literals(lookup("old.test", DnsFamily.V4_ONLY))).containsExactly("10.0.0.1");
        assertThat(entry.questions()).isEqualTo(2);
    }

    @Test
    void followsAliasesAndTakesTheLowestTtlOfTheChain() throws Exception {
        dns.name("a.test").alias("b.test").ttl(30);
        dns.name("b.test").alias("c.test").ttl(3);
        dns.name("c.test").addresses("10.0.0.3").ttl(60);

        Answer answer = lookup("a.test", DnsFamily.V4_ONLY);

        assertThat(literals(answer)).containsExactly("10.0.0.3");
        assertThat(answer.ttl()).isEqualTo(Duration.ofSeconds(3));
        assertThat(answer.addresses().getFirst().getHostName()).isEqualTo("a.test");
    }

    @Test
    void aliasesThatEndNowhereAreAnEmptyAnswer() throws Exception {
        dns.name("a.test").alias("nowhere.test");

        assertThat(lookup("a.test", DnsFamily.V4_ONLY).addresses()).isEmpty();
    }

    @Test
    void aChainOfAliasesThatDoesNotEndHasNoAddress() throws Exception {
        dns.name("long0.test").alias("long1.test");
        for (int i = 1; i < 40; i++) {
            dns.name("long" + i + ".test").alias("long" + (i + 1) + ".test");
        }

        assertThat(lookup("long0.test", DnsFamily.V4_ONLY).addresses()).isEmpty();
    }

    @Test
    void noTtlIsLongerThanADay() throws Exception {
        dns.name("a.test").addresses("10.0.0.1").ttl(2_000_000_000);

        assertThat(lookup("a.test", DnsFamily.V4_ONLY).ttl()).isEqualTo(Duration.ofDays(1));
    }

    @Test
    void literalAddressesAreNotAskedFor() throws Exception {
        assertThat(literals(lookup("192.0.2.7", DnsFamily.V6_ONLY))).containsExactly("192.0.2.7");
        assertThat(literals(lookup("::1", DnsFamily.V4_ONLY))).containsExactly("0:0:0:0:0:0:0:1");
        assertThat(stats.counter("resolve_total").value()).isZero();
    }

    @Test
    void theHostsFileComesFirstAndIsReadAgainWhenItChanges() throws Exception {
        DnsServer.Entry entry = dns.name("app.test").addresses("10.0.0.1");
        Path hosts = folder.resolve("hosts");
        Files.writeString(hosts, "# local\n192.0.2.1\tApp.test alias # comment\nnonsense app.test\n");
        DnsConfig config = dns.config().hostsFile(hosts).build();
        try (DnsResolver resolver = new DnsjavaResolver(config, stats)) {
            assertThat(literals(resolver.lookup("app.test", DnsFamily.V4_ONLY))).containsExactly("192.0.2.1");
            assertThat(literals(resolver.lookup("ALIAS.", DnsFamily.AUTO))).containsExactly("192.0.2.1");
            assertThat(resolver.lookup("alias", DnsFamily.AUTO).ttl()).isEqualTo(Duration.ZERO);
            assertThat(entry.questions()).isZero();

            rewrite(hosts, "192.0.2.9 app.test\n");
            assertThat(literals(resolver.lookup("app.test", DnsFamily.V4_ONLY))).containsExactly("192.0.2.9");

            Files.delete(hosts);
            assertThat(literals(resolver.lookup("app.test", DnsFamily.V4_ONLY))).containsExactly("10.0.0.1");
        }
    }

    @Test
    void aHostsFileWithoutTheFamilyIsPassedOver() throws Exception {
        dns.name("app.test").addresses("10.0.0.1");
        Path hosts = folder.resolve("hosts");
        Files.writeString(hosts, "fd00::1 app.test\n");
        DnsConfig config = dns.config().hostsFile(hosts).build();

        assertThat(literals(lookup(config, "app.test", DnsFamily.V4_ONLY))).containsExactly("10.0.0.1");
        assertThat(literals(lookup(config, "app.test", DnsFamily.AUTO))).containsExactly("fd00:0:0:0:0:0:0:1");
    }

    @Test
    void localhostIsKnownWithoutAnyFile() throws Exception {
        assertThat(literals(lookup("localhost", DnsFamily.V4_ONLY))).containsExactly("127.0.0.1");
        assertThat(literals(lookup("app.localhost", DnsFamily.V6_ONLY))).containsExactly("0:0:0:0:0:0:0:1");
    }

    @Test
    void aShortNameIsSearchedInTheDomains() throws Exception {
        dns.name("app.two.test").addresses("10.0.0.2");
        DnsConfig config = dns.config().search(List.of("one.test", "two.test")).build();

        assertThat(literals(lookup(config, "app", DnsFamily.V4_ONLY))).containsExactly("10.0.0.2");
    }

    @Test
    void aNameWithEnoughDotsOrATrailingDotIsTriedAsItStands() throws Exception {
        dns.name("a.b").addresses("10.0.0.1");
        DnsServer.Entry searched = dns.name("a.b.one.test").addresses("10.0.0.2");
        DnsConfig config = dns.config().search(List.of("one.test")).build();

        assertThat(literals(lookup(config, "a.b", DnsFamily.V4_ONLY))).containsExactly("10.0.0.1");
        assertThat(literals(lookup(config, "a.b.", DnsFamily.V4_ONLY))).containsExactly("10.0.0.1");
        assertThat(lookup(config, "unknown.a.", DnsFamily.V4_ONLY).addresses()).isEmpty();
        assertThat(searched.questions()).isZero();
    }

    @Test
    void ndotsOfResolvConfPutTheDomainsFirst() throws Exception {
        dns.name("a.b").addresses("10.0.0.1");
        dns.name("a.b.one.test").addresses("10.0.0.2");
        Path resolvConf = folder.resolve("resolv.conf");
        Files.writeString(resolvConf, "search one.test\noptions ndots:5\nnameserver 192.0.2.1\n");
        DnsConfig config = DnsConfig.builder()
                .servers(List.of(dns.address()))
                .hostsFile(folder.resolve("none"))
                .resolvConf(resolvConf)
                .build();
        try (DnsResolver resolver = new DnsjavaResolver(config, stats)) {
            assertThat(literals(resolver.lookup("a.b", DnsFamily.V4_ONLY))).containsExactly("10.0.0.2");

            rewrite(resolvConf, "search one.test\n");
            assertThat(literals(resolver.lookup("a.b", DnsFamily.V4_ONLY))).containsExactly("10.0.0.1");
        }
    }

    @Test
    void aFailingSearchDomainEndsTheSearch() {
        dns.name("app.one.test").servfail();
        dns.name("app.two.test").addresses("10.0.0.2");
        DnsConfig config = dns.config().search(List.of("one.test", "two.test")).build();

        assertThatThrownBy(() -> lookup(config, "app", DnsFamily.V4_ONLY)).isInstanceOf(LookupException.class);
    }

    @Test
    void whatIsNoDnsNameIsAFailure() {
        assertThatThrownBy(() -> lookup("a".repeat(64) + ".test", DnsFamily.V4_ONLY))
                .isInstanceOf(LookupException.class)
                .hasMessageContaining("no DNS name");
        assertThatThrownBy(() -> lookup("a..test", DnsFamily.V4_ONLY)).isInstanceOf(LookupException.class);
    }

    @Test
    void closingBreaksOffALookup() throws Exception {
        DnsServer.Entry entry = dns.name("slow.test").addresses("10.0.0.1").until(new CountDownLatch(1));
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        DnsResolver resolver = new DnsjavaResolver(dns.config().build(), stats);
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                resolver.lookup("slow.test", DnsFamily.V4_ONLY);
                failure.complete(new AssertionError("answered"));
            } catch (LookupException e) {
                failure.complete(e);
            }
        });
        entry.awaitQuestion();

        resolver.close();

        assertThat(failure.get(30, TimeUnit.SECONDS)).isInstanceOf(LookupException.class);
        thread.join();
        assertThatThrownBy(() -> resolver.lookup("slow.test", DnsFamily.V4_ONLY))
                .isInstanceOf(LookupException.class);
    }

    @Test
    void anInterruptBreaksOffALookupAndStaysSet() throws Exception {
        DnsServer.Entry entry = dns.name("slow.test").addresses("10.0.0.1").until(new CountDownLatch(1));
        CompletableFuture<Boolean> flag = new CompletableFuture<>();
        try (DnsResolver resolver = new DnsjavaResolver(dns.config().build(), stats)) {
            Thread thread = Thread.ofVirtual().start(() -> {
                try {
                    resolver.lookup("slow.test", DnsFamily.V4_ONLY);
                    flag.completeExceptionally(new AssertionError("answered"));
                } catch (LookupException e) {
                    flag.complete(Thread.currentThread().isInterrupted());
                }
            });
            entry.awaitQuestion();

            thread.interrupt();

            assertThat(flag.get(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void leavesNoThreadAndNoShutdownHookOfTheLibraryBehind() throws Exception {
        dns.name("a.test").addresses("10.0.0.1");
        for (int i = 0; i < 10; i++) {
            lookup("a.test", DnsFamily.V4_ONLY);
        }

        // The library's own client would have started a thread of this name, with a shutdown hook beside it.
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.contains("dnsjava"));
    }

    @Test
    void aServerThatIsNoAddressIsRefused() {
        DnsConfig config = dns.config()
                .servers(List.of(new Address.Socket("dns.test", 53)))
                .build();

        assertThatThrownBy(() -> new DnsjavaResolver(config, stats))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("dns.test:53");
    }

    /** Gives a file new content and, whatever the clock's grain, a new time. */
    private static void rewrite(Path file, String content) throws IOException {
        FileTime before = Files.getLastModifiedTime(file);
        Files.writeString(file, content);
        Files.setLastModifiedTime(file, FileTime.from(before.toInstant().plusSeconds(1)));
    }
}
