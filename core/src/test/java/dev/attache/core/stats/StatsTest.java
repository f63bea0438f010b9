package dev.attache.core.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.codahale.metrics.MetricRegistry;
import dev.attache.core.config.StatsConfig;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class StatsTest {

    private final MetricRegistry registry = new MetricRegistry();
    private final Stats stats = Stats.reportingTo(registry, StatsConfig.DEFAULT);

    @Test
    void keepsEachStatInTheRegistryUnderItsFullName() {
        stats.cluster("search-https_eqiad").counter("upstream_rq_total").add(3);
        stats.http("search_egress").gauge("downstream_cx_active").set(2);
        stats.listener("0.0.0.0:6025").counter("downstream_cx_total").increment();
        stats.listener("[::]:6025").counter("downstream_cx_total").increment();
        stats.server().gauge("live", () -> 1);
        stats.cluster("a:b").scope("circuit_breakers.default").gauge("cx_open", () -> 1);

        assertThat(registry.getNames())
                .containsExactlyInAnyOrder(
                        "cluster.search-https_eqiad.upstream_rq_total",
                        "http.search_egress.downstream_cx_active",
                        "listener.0.0.0.0_6025.downstream_cx_total",
                        "listener.[__]_6025.downstream_cx_total",
                        "server.live",
                        "cluster.a_b.circuit_breakers.default.cx_open");
        assertThat(registry.getCounters()
                        .get("cluster.search-https_eqiad.upstream_rq_total")
                        .getCount())
                .isEqualTo(3);
        assertThat(registry.getGauges()
                        .get("http.search_egress.downstream_cx_active")
                        .getValue())
                .isEqualTo(2L);
        assertThat(registry.getGauges().get("server.live").getValue()).isEqualTo(1L);
    }

    @Test
    void publishesHistogramsWithTheirQuantilesInMilliseconds() {
        Histogram histogram = stats.cluster("a").histogram("upstream_rq_time");
        for (int i = 0; i < 100; i++) {
            histogram.recordNanos(7_000_000);
        }

        com.codahale.metrics.Histogram published = registry.getHistograms().get("cluster.a.upstream_rq_time");

        assertThat(published.getCount()).isEqualTo(100);
        assertThat(published.getSnapshot().getMedian()).isBetween(5.0, 7.0);
        assertThat(published.getSnapshot().getMax()).isEqualTo(7);
        assertThat(published.getSnapshot().getMean()).isEqualTo(7.0);
        assertThat(published.getSnapshot().getStdDev()).isLessThan(2.0);
    }

    @Test
    void givesTheSameObjectForTheSameName() {
        assertThat(stats.cluster("a").counter("x")).isSameAs(stats.cluster("a").counter("x"));
        assertThat(stats.cluster("a").histogram("h"))
                .isSameAs(stats.cluster("a").histogram("h"));
        assertThat(stats.cluster("a").scope("retry").counter("x"))
                .isSameAs(stats.cluster("a").counter("retry.x"));
    }

    @Test
    void refusesANameThatIsAnotherKindOfStat() {
        stats.server().counter("x");

        assertThatThrownBy(() -> stats.server().gauge("x"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("server.x: is a Counter (asked for as a Gauge)");
    }

    @Test
    void leavesAMetricOfTheHostAloneWhereItHasTheSameName() {
        com.codahale.metrics.Counter theirs = registry.counter("server.requests");
        theirs.inc(7);
        Counter ours = stats.server().counter("requests");
        ours.increment();

        stats.close();

        assertThat(ours.value()).isEqualTo(1);
        assertThat(theirs.getCount()).isEqualTo(7);
        assertThat(registry.getCounters()).containsEntry("server.requests", theirs);
    }

    @Test
    void takesItsMetricsOutOfTheHostsRegistryWhenClosed() {
        registry.counter("host.own");
        stats.cluster("a").counter("c");
        stats.cluster("a").gauge("g");
        stats.cluster("a").gauge("s", () -> 1);
        stats.cluster("a").histogram("h");
        stats.cluster("a").statuses("upstream_rq", false).count(200);

        stats.close();
        stats.close();

        assertThat(registry.getNames()).containsExactly("host.own");
    }

    @Test
    void forgetsWhatNobodyUsesAnyMoreAndNothingElse() {
        stats.retain(stats.cluster("a"));
        stats.retain(stats.cluster("a"));
        stats.retain(stats.cluster("a.b"));
        StatScope a = stats.cluster("a");
        a.counter("c");
        a.scope("retry").counter("c");
        a.counter("b.shared");
        stats.cluster("a.b").counter("shared");
        stats.cluster("ab").counter("c");
        stats.server().counter("c");

        stats.release(stats.cluster("a"));

        assertThat(registry.getNames()).hasSize(5);

        stats.release(stats.cluster("a"));

        assertThat(registry.getNames()).containsExactly("cluster.a.b.shared", "cluster.ab.c", "server.c");
        assertThat(stats.sorted())
                .extracting(stat -> stat.name().full())
                .containsExactly("cluster.a.b.shared", "cluster.ab.c", "server.c");
    }

    /** A request of a cluster that is gone ends later than the cluster, with a status that nobody has had before. */
    @Test
    void whatCountsInAScopeThatIsGoneDoesSoUnseen() {
        StatScope gone = stats.cluster("a");
        stats.retain(gone);
        StatusCounters statuses = gone.statuses("rq", false);
        Counter counter = gone.counter("c");
        counter.increment();
        stats.release(gone);

        counter.increment();
        statuses.count(503);
        gone.counter("new").increment();

        assertThat(registry.getNames()).isEmpty();
        assertThat(counter.value()).isEqualTo(2);

        stats.retain(stats.cluster("a"));
        assertThat(stats.cluster("a").counter("c").value()).as("it begins anew").isZero();
        stats.release(gone);
        assertThat(registry.getNames()).containsExactly("cluster.a.c");
    }

    @Test
    void readsASuppliedGaugeWhenItIsLookedAtAndTheLastSupplierWins() {
        stats.server().gauge("state", () -> 1);
        stats.server().gauge("state", () -> 2);

        assertThat(registry.getGauges().get("server.state").getValue()).isEqualTo(2L);
    }

    @Test
    void resetsCountersAndNothingElse() {
        Counter counter = stats.server().counter("c");
        Gauge gauge = stats.server().gauge("g");
        Histogram histogram = stats.server().histogram("h");
        counter.add(5);
        gauge.set(5);
        histogram.recordNanos(1);

        stats.resetCounters();

        assertThat(counter.value()).isZero();
        assertThat(counter.used()).isTrue();
        assertThat(gauge.value()).isEqualTo(5);
        assertThat(histogram.count()).isEqualTo(1);
    }

    @Test
    void countsEachStatusAndItsClass() {
        StatusCounters statuses = stats.cluster("a").statuses("upstream_rq", false);
        for (int status : new int[] {200, 200, 204, 404, 503, 799, 99, 0, -5, 1000}) {
            statuses.count(status);
        }

        assertThat(stats.sorted().stream().map(stat -> stat.name().full() + "=" + ((Counter) stat).value()))
                .containsExactly(
                        "cluster.a.upstream_rq_200=2",
                        "cluster.a.upstream_rq_204=1",
                        "cluster.a.upstream_rq_2xx=3",
                        "cluster.a.upstream_rq_404=1",
                        "cluster.a.upstream_rq_4xx=1",
                        "cluster.a.upstream_rq_503=1",
                        "cluster.a.upstream_rq_5xx=1",
                        "cluster.a.upstream_rq_799=1");
    }

    @Test
    void showsAllClassesFromTheStartWhereOnlyClassesAreCounted() {
        StatusCounters statuses = stats.http("a").statuses("downstream_rq", true);
        statuses.count(404);

        assertThat(stats.sorted().stream().map(stat -> stat.name().full() + "=" + ((Counter) stat).value()))
                .containsExactly(
                        "http.a.downstream_rq_1xx=0",
                        "http.a.downstream_rq_2xx=0",
                        "http.a.downstream_rq_3xx=0",
                        "http.a.downstream_rq_4xx=1",
                        "http.a.downstream_rq_5xx=0");
    }

    @Test
    void losesNoCountWhenManyThreadsMeetAStatusForTheFirstTime() {
        StatusCounters statuses = stats.cluster("a").statuses("upstream_rq", false);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int thread = 0; thread < 16; thread++) {
                threads.submit(() -> {
                    for (int i = 0; i < 1000; i++) {
                        statuses.count(200 + i % 100);
                    }
                });
            }
        }

        assertThat(stats.cluster("a").counter("upstream_rq_2xx").value()).isEqualTo(16_000);
        assertThat(stats.cluster("a").counter("upstream_rq_242").value()).isEqualTo(160);
    }
}
