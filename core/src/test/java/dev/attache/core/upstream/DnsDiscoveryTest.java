package dev.attache.core.upstream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.Address;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ConfigException;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.DnsFamily;
import dev.attache.core.config.DnsRefreshConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.fixtures.DnsServer;
import dev.attache.core.net.DnsResolver;
import dev.attache.core.net.DnsjavaResolver;
import dev.attache.core.stats.Stats;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Clusters against a real DNS server, with a clock that the test moves. */
class DnsDiscoveryTest {

    private static final Duration RATE = Duration.ofSeconds(5);

    private final DnsServer dns = DnsServer.start();
    private final Stats stats = Stats.create(StatsConfig.DEFAULT);
    private DnsResolver resolver = new DnsjavaResolver(dns.config().build(), stats.scope("dns"));
    private final SteppedClock clock = new SteppedClock();
    private final IdleClient client = new IdleClient();
    private Cluster cluster;

    @AfterEach
    void stop() {
        if (cluster != null) {
            cluster.close();
        }
        resolver.close();
        dns.close();
    }

    private static DnsRefreshConfig.Builder refresh() {
        return DnsRefreshConfig.builder().family(DnsFamily.V4_ONLY).emptyGrace(Duration.ZERO);
    }

    private static EndpointConfig endpoint(String name) {
        return new EndpointConfig(new Address.Socket(name, 443));
    }

    /** A cluster that has looked all of its names up once. */
    private void started(DiscoveryConfig discovery) throws InterruptedException {
        cluster = new Cluster(
                ClusterConfig.builder("c", discovery).build(),
                stats.cluster("c"),
                resolver,
                made -> client,
                clock,
                new Random(1));
        cluster.start();
        for (int i = 0; i < cluster.names().size(); i++) {
            assertThat(clock.awaitSleep()).isEqualTo(RATE);
        }
    }

    private void strict(String... names) throws InterruptedException {
        strict(refresh(), names);
    }

    private void strict(DnsRefreshConfig.Builder refresh, String... names) throws InterruptedException {
        started(new DiscoveryConfig.StrictDns(
                List.of(names).stream().map(DnsDiscoveryTest::endpoint).toList(), refresh.build()));
    }

    private List<String> addresses() {
        return cluster.endpoints().endpoints().stream()
                .map(e -> ((InetSocketAddress) e.address()).getAddress().getHostAddress())
                .toList();
    }

    @Test
    void everyAddressIsAnEndpointUnderTheConfiguredName() throws Exception {
        dns.name("app.test").addresses("10.0.0.1", "10.0.0.2");
        strict("app.test");

        assertThat(addresses()).containsExactly("10.0.0.1", "10.0.0.2");
        assertThat(cluster.endpoints().endpoints())
                .allSatisfy(e -> assertThat(e.hostname()).isEqualTo("app.test"))
                .allSatisfy(e -> assertThat(e.port()).isEqualTo(443));
        assertThat(cluster.stats().membershipTotal.value()).isEqualTo(2);
        assertThat(cluster.stats().updateAttempt.value()).isEqualTo(1);
        assertThat(cluster.stats().updateSuccess.value()).isEqualTo(1);
    }

    @Test
    void movesToANewAddressWithinOneRefreshAndDrainsTheOld() throws Exception {
        dns.name("app.test").addresses("10.0.0.1");
        strict("app.test");
        Endpoint old = cluster.endpoints().endpoints().getFirst();

        dns.name("app.test").addresses("10.0.0.2");
        clock.next(RATE);

        assertThat(addresses()).containsExactly("10.0.0.2");
        assertThat(old.removed()).isTrue();
        assertThat(client.removed).containsExactly(old);
        assertThat(cluster.stats().membershipChange.value()).isEqualTo(2);
    }

    @Test
    void anAddressThatStaysKeepsItsEndpoint() throws Exception {
        dns.name("app.test").addresses("10.0.0.1", "10.0.0.2");
        strict("app.test");
        Endpoint kept = cluster.endpoints().endpoints().getLast();

        dns.name("app.test").addresses("10.0.0.3", "10.0.0.2");
        clock.next(RATE);

        assertThat(addresses()).containsExactly("10.0.0.2", "10.0.0.3");
        assertThat(cluster.endpoints().endpoints().getFirst()).isSameAs(kept);
        assertThat(kept.removed()).isFalse();
        assertThat(client.removed).hasSize(1).doesNotContain(kept);
    }

    @Test
    void theSameAddressesInAnotherOrderAreNoChange() throws Exception {
        dns.name("app.test").addresses("10.0.0.1", "10.0.0.2");
        strict("app.test");
        EndpointSet before = cluster.endpoints();

        dns.name("app.test").addresses("10.0.0.2", "10.0.0.1");
        clock.next(RATE);

        assertThat(cluster.endpoints()).isSameAs(before);
        assertThat(cluster.stats().updateNoRebuild.value()).isEqualTo(1);
        assertThat(cluster.stats().membershipChange.value()).isEqualTo(1);
    }

    @Test
    void servfailAndTimeOutsChangeNothing() throws Exception {
        resolver =
                new DnsjavaResolver(dns.config().timeout(Duration.ofMillis(500)).build(), stats.scope("dns"));
        dns.name("app.test").addresses("10.0.0.1");
        strict("app.test");
        EndpointSet before = cluster.endpoints();

        dns.name("app.test").servfail();
        clock.next(RATE);
        dns.name("app.test").dropped();
        clock.next(RATE);

        assertThat(cluster.endpoints()).isSameAs(before);
        assertThat(client.removed).isEmpty();
        assertThat(cluster.stats().updateFailure.value()).isEqualTo(2);
        assertThat(cluster.names()).singleElement().satisfies(state -> {
            assertThat(state.name()).isEqualTo("app.test");
            assertThat(state.failures()).isEqualTo(2);
            assertThat(state.error()).contains("time out");
            assertThat(state.sinceSuccess()).isEqualTo(RATE.multipliedBy(2));
        });
    }

    @Test
    void recoversAfterFailures() throws Exception {
        dns.name("app.test").servfail();
        strict("app.test");
        assertThat(cluster.endpoints().isEmpty()).isTrue();
        assertThat(cluster.names().getFirst().sinceSuccess()).isNull();

        dns.name("app.test").addresses("10.0.0.1");
        clock.next(RATE);

        assertThat(addresses()).containsExactly("10.0.0.1");
        assertThat(cluster.names().getFirst().error()).isEmpty();
        assertThat(cluster.names().getFirst().failures()).isZero();
    }

    @Test
    void anEmptyAnswerEmptiesTheClusterAtOnceWithoutAGrace() throws Exception {
        dns.name("app.test").addresses("10.0.0.1");
        strict("app.test");

        dns.name("app.test").nxdomain();
        clock.next(RATE);

        assertThat(cluster.endpoints().isEmpty()).isTrue();
        assertThat(cluster.choose(List.of())).isNull();
        assertThat(client.removed).hasSize(1);
        assertThat(cluster.stats().updateEmpty.value()).isEqualTo(1);
        assertThat(cluster.stats().membershipTotal.value()).isZero();
    }

    @Test
    void anEmptyAnswerIsBelievedOnlyAfterTheGrace() throws Exception {
        dns.name("app.test").addresses("10.0.0.1");
        strict(refresh().emptyGrace(Duration.ofSeconds(10)), "app.test");
        dns.name("app.test").nxdomain();

        clock.next(RATE);
        assertThat(addresses()).containsExactly("10.0.0.1");
        clock.next(RATE);
        assertThat(addresses()).containsExactly("10.0.0.1");
        clock.next(RATE); // ten seconds after the first empty answer
        assertThat(addresses()).isEmpty();
    }

    @Test
    void anAnswerWithinTheGraceStartsItAnew() throws Exception {
        dns.name("app.test").addresses("10.0.0.1");
        strict(refresh().emptyGrace(Duration.ofSeconds(10)), "app.test");
        for (int i = 0; i < 5; i++) {
            dns.name("app.test").nxdomain();
            clock.next(RATE);
            dns.name("app.test").addresses("10.0.0.1");
            clock.next(RATE);
        }

        assertThat(addresses()).containsExactly("10.0.0.1");
        assertThat(client.removed).isEmpty();
    }

    @Test
    void aFlappingNameDrainsEachAddressInTurn() throws Exception {
        dns.name("app.test").addresses("10.0.0.1");
        strict("app.test");
        for (int i = 0; i < 10; i++) {
            String next = i % 2 == 0 ? "10.0.0.2" : "10.0.0.1";
            dns.name("app.test").addresses(next);
            clock.next(RATE);
            assertThat(addresses()).containsExactly(next);
        }

        // An address that comes back is a new endpoint: the old one's connections were told to go.
        assertThat(client.removed).hasSize(10).doesNotHaveDuplicates().allMatch(Endpoint::removed);
        assertThat(cluster.endpoints().endpoints()).noneMatch(Endpoint::removed);
    }

    @Test
    void theTtlDecidesWhereItIsRespected() throws Exception {
        dns.name("app.test").addresses("10.0.0.1").ttl(17);
        cluster = new Cluster(
                ClusterConfig.builder(
                                "c",
                                new DiscoveryConfig.StrictDns(
                                        List.of(endpoint("app.test")),
                                        refresh().respectTtl(true).build()))
                        .build(),
                stats.cluster("c"),
                resolver,
                made -> client,
                clock,
                new Random(1));
        cluster.start();

        assertThat(clock.awaitSleep()).isEqualTo(Duration.ofSeconds(17));
        dns.name("app.test").ttl(0);
        assertThat(clock.next(Duration.ofSeconds(17))).isEqualTo(RATE);
    }

    @Test
    void severalNamesAreOneClusterAndAnAddressOfTwoIsOneEndpoint() throws Exception {
        dns.name("a.test").addresses("10.0.0.1", "10.0.0.2");
        dns.name("b.test").addresses("10.0.0.2", "10.0.0.3");
        strict("a.test", "b.test");

        assertThat(addresses()).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.2", "10.0.0.3");
        assertThat(cluster.endpoints().endpoints().stream()
                        .filter(e -> e.hostname().equals("a.test")))
                .hasSize(2);

        // The first name gives the shared address up: now it is the second's, under the second's name.
        dns.name("a.test").addresses("10.0.0.1");
        clock.wakeAfter(RATE);
        clock.wakeAfter(Duration.ZERO);
        clock.awaitSleep();
        clock.awaitSleep();

        assertThat(cluster.endpoints().endpoints())
                .extracting(e -> e.hostname() + " "
                        + ((InetSocketAddress) e.address()).getAddress().getHostAddress())
                .containsExactlyInAnyOrder("a.test 10.0.0.1", "b.test 10.0.0.2", "b.test 10.0.0.3");
    }

    @Test
    void oneNameThatFailsLeavesTheOthersAlone() throws Exception {
        dns.name("a.test").addresses("10.0.0.1");
        dns.name("b.test").addresses("10.0.0.2");
        strict("a.test", "b.test");

        dns.name("a.test").servfail();
        dns.name("b.test").addresses("10.0.0.3");
        clock.wakeAfter(RATE);
        clock.wakeAfter(Duration.ZERO);
        clock.awaitSleep();
        clock.awaitSleep();

        assertThat(addresses()).containsExactlyInAnyOrder("10.0.0.1", "10.0.0.3");
    }

    @Test
    void aUnixSocketAmongNamesIsAlwaysThere() throws Exception {
        dns.name("app.test").addresses("10.0.0.1");
        started(new DiscoveryConfig.StrictDns(
                List.of(endpoint("app.test"), new EndpointConfig(new Address.Pipe(Path.of("/run/app.sock")))),
                refresh().build()));

        dns.name("app.test").addresses("10.0.0.2");
        clock.next(RATE);

        assertThat(cluster.endpoints().endpoints())
                .extracting(Endpoint::address)
                .contains(UnixDomainSocketAddress.of("/run/app.sock"))
                .hasSize(2);
    }

    @Test
    void literalAddressesNeedNoServer() throws Exception {
        dns.close();
        strict("127.0.0.1");

        assertThat(addresses()).containsExactly("127.0.0.1");
    }

    @Test
    void isReadyWhenEveryNameHasHadItsFirstAnswer() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        dns.name("fast.test").addresses("10.0.0.1");
        DnsServer.Entry slow = dns.name("slow.test").addresses("10.0.0.2").until(held);
        cluster = new Cluster(
                ClusterConfig.builder(
                                "c",
                                new DiscoveryConfig.StrictDns(
                                        List.of(endpoint("fast.test"), endpoint("slow.test")),
                                        refresh().build()))
                        .build(),
                stats.cluster("c"),
                resolver,
                made -> client,
                clock,
                new Random(1));
        cluster.start();
        clock.awaitSleep(); // the fast one is done
        slow.awaitQuestion();

        assertThat(cluster.awaitReady(Duration.ZERO)).isFalse();
        assertThat(addresses()).containsExactly("10.0.0.1"); // and is served already

        held.countDown();
        assertThat(cluster.awaitReady(Duration.ofSeconds(30))).isTrue();
    }

    @Test
    void isReadyAfterAFirstFailureToo() throws Exception {
        dns.name("app.test").servfail();
        strict("app.test");

        assertThat(cluster.awaitReady(Duration.ZERO)).isTrue();
        assertThat(cluster.choose(List.of())).isNull();
    }

    @Test
    void logicalDnsIsOneEndpointThatMoves() throws Exception {
        dns.name("app.test").addresses("10.0.0.1", "10.0.0.2");
        started(new DiscoveryConfig.LogicalDns(
                List.of(endpoint("app.test")), refresh().build()));
        Endpoint endpoint = cluster.endpoints().endpoints().getFirst();
        assertThat(addresses()).containsExactly("10.0.0.1");

        dns.name("app.test").addresses("10.0.0.2", "10.0.0.1");
        clock.next(RATE);

        assertThat(addresses()).containsExactly("10.0.0.2");
        assertThat(cluster.endpoints().endpoints()).containsExactly(endpoint);
        assertThat(endpoint.removed()).isFalse();
        assertThat(client.removed).isEmpty();
    }

    @Test
    void logicalDnsKeepsItsAddressWhenTheAnswerIsEmptyOrNone() throws Exception {
        dns.name("app.test").addresses("10.0.0.1");
        started(new DiscoveryConfig.LogicalDns(
                List.of(endpoint("app.test")), refresh().build()));

        dns.name("app.test").nxdomain();
        clock.next(RATE);
        dns.name("app.test").servfail();
        clock.next(RATE);

        assertThat(addresses()).containsExactly("10.0.0.1");
    }

    @Test
    void logicalDnsOfAUnixSocketIsRefused() {
        DiscoveryConfig discovery = new DiscoveryConfig.LogicalDns(
                List.of(new EndpointConfig(new Address.Pipe(Path.of("/run/app.sock")))),
                refresh().build());

        assertThatThrownBy(() -> started(discovery))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining("/run/app.sock");
    }

    @Test
    void closingEndsAWatchThatSleeps() throws Exception {
        DnsServer.Entry entry = dns.name("app.test").addresses("10.0.0.1");
        strict("app.test");

        cluster.close();
        clock.awaitInterrupt();

        assertThat(entry.questions()).isEqualTo(1);
        assertThat(client.closed).isTrue();
    }

    @Test
    void closingEndsAWatchThatAsksAndDropsTheResult() throws Exception {
        DnsServer.Entry entry = dns.name("app.test").addresses("10.0.0.1");
        strict("app.test");
        entry.awaitQuestion();
        entry.addresses("10.0.0.2").until(new CountDownLatch(1));
        clock.wakeAfter(RATE);
        entry.awaitQuestion();

        cluster.close();
        clock.awaitSleep(); // with the interrupt still set, so that it ends there
        clock.awaitInterrupt();

        assertThat(addresses()).containsExactly("10.0.0.1");
        assertThat(cluster.stats().updateFailure.value()).isZero();
    }

    @Test
    void namesThatFlapUnderLoadLoseNoRequestAndNoEndpoint() throws Exception {
        DnsServer.Entry app = dns.name("app.test").addresses("10.0.0.1", "10.0.0.2");
        cluster = new Cluster(
                ClusterConfig.builder(
                                "c",
                                new DiscoveryConfig.StrictDns(
                                        List.of(endpoint("app.test")),
                                        refresh().rate(Duration.ofMillis(2)).build()))
                        .build(),
                stats.cluster("c"),
                resolver,
                made -> client,
                RefreshClock.SYSTEM,
                new Random(1));
        cluster.start();
        assertThat(cluster.awaitReady(Duration.ofSeconds(30))).isTrue();
        AtomicBoolean done = new AtomicBoolean();
        AtomicLong refused = new AtomicLong();
        AtomicLong served = new AtomicLong();
        Set<Endpoint> used = ConcurrentHashMap.newKeySet();
        List<Thread> callers = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            // Platform threads: virtual ones that never wait would keep the JDK's pollers off the carriers.
            callers.add(Thread.ofPlatform().daemon().start(() -> {
                while (!done.get()) {
                    Endpoint endpoint = cluster.choose(List.of());
                    if (endpoint == null) {
                        refused.incrementAndGet();
                        continue;
                    }
                    used.add(endpoint);
                    served.incrementAndGet();
                    Thread.yield();
                }
            }));
        }

        try {
            for (int round = 0; round < 150; round++) {
                switch (round % 3) {
                    case 0 -> app.addresses("10.0.0.2", "10.0.0.3");
                    case 1 -> app.servfail();
                    default -> app.addresses("10.0.0.1", "10.0.0.2");
                }
                app.awaitQuestion();
            }
        } finally {
            done.set(true);
        }
        for (Thread caller : callers) {
            caller.join();
        }

        assertThat(refused.get()).isZero();
        assertThat(served.get()).isPositive();
        cluster.close();
        // Each endpoint that was ever used is still there, or its connections were told to go, once.
        List<Endpoint> present = cluster.endpoints().endpoints();
        assertThat(client.removed).doesNotHaveDuplicates().doesNotContainAnyElementsOf(present);
        assertThat(used).allMatch(e -> e.removed() || present.contains(e));
        assertThat(present).noneMatch(Endpoint::removed);
    }
}
