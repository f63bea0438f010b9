package dev.attache.core.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.StatsConfig.Buckets;
import dev.attache.core.config.StringMatch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HistogramTest {

    private static Stats stats(Buckets... buckets) {
        return Stats.create(new StatsConfig(List.of(buckets), Optional.empty()));
    }

    private static List<Double> bounds(Histogram histogram) {
        HistogramSnapshot snapshot = histogram.snapshot();
        return java.util.stream.IntStream.range(0, snapshot.buckets())
                .mapToObj(snapshot::bound)
                .toList();
    }

    @Test
    void hasTheBoundsOfTheFirstRuleThatMatchesTheWholeName() {
        Stats stats = stats(
                new Buckets(new StringMatch.Regex("upstream_rq_time"), List.of(9.0)),
                new Buckets(new StringMatch.Regex(".+rq_time$"), List.of(1.0, 2.5)),
                new Buckets(new StringMatch.Suffix("_LENGTH_ms", true), List.of(7.0)),
                new Buckets(new StringMatch.Regex(".+_ms"), List.of(4.0)));

        assertThat(bounds(stats.cluster("a").histogram("upstream_rq_time")))
                .containsExactly(1.0, 2.5, Double.POSITIVE_INFINITY);
        assertThat(bounds(stats.cluster("a").histogram("upstream_cx_length_ms")))
                .containsExactly(7.0, Double.POSITIVE_INFINITY);
        assertThat(bounds(stats.cluster("a").histogram("upstream_cx_connect_ms")))
                .containsExactly(4.0, Double.POSITIVE_INFINITY);
    }

    @Test
    void hasEnvoysBoundsWhereNoRuleMatches() {
        assertThat(bounds(stats().cluster("a").histogram("upstream_rq_time")))
                .startsWith(0.5, 1.0, 5.0, 10.0, 25.0, 50.0)
                .endsWith(1_800_000.0, 3_600_000.0, Double.POSITIVE_INFINITY)
                .hasSize(20);
    }

    @Test
    void refusesARuleThatIsNoExpression() {
        assertThatThrownBy(() -> stats(new Buckets(new StringMatch.Regex("("), List.of(1.0))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not an RE2 expression");
    }

    @Test
    void countsAValueOnABoundInTheBucketBelowIt() {
        Histogram histogram = stats(new Buckets(new StringMatch.Regex(".*"), List.of(0.25, 1.0)))
                .cluster("a")
                .histogram("t");
        for (long nanos : new long[] {-1, 0, 250_000, 250_001, 1_000_000, 1_000_001, Long.MAX_VALUE / 4}) {
            histogram.recordNanos(nanos);
        }

        HistogramSnapshot snapshot = histogram.snapshot();

        assertThat(snapshot.count(0)).isEqualTo(3);
        assertThat(snapshot.count(1)).isEqualTo(2);
        assertThat(snapshot.count(2)).isEqualTo(2);
        assertThat(snapshot.count()).isEqualTo(7);
    }

    @Test
    void interpolatesQuantilesWithinABucketAndNeverAboveTheMaximum() {
        Histogram histogram = stats(new Buckets(new StringMatch.Regex(".*"), List.of(10.0, 20.0)))
                .cluster("a")
                .histogram("t");
        for (int millis = 1; millis <= 100; millis++) {
            histogram.recordNanos(millis * 1_000_000L);
        }

        HistogramSnapshot snapshot = histogram.snapshot();

        assertThat(snapshot.quantile(0.05)).isCloseTo(5, within(1e-9));
        assertThat(snapshot.quantile(0.15)).isCloseTo(15, within(1e-9));
        assertThat(snapshot.quantile(0.60)).isCloseTo(60, within(1e-9));
        assertThat(snapshot.quantile(1)).isCloseTo(100, within(1e-9));
        assertThat(snapshot.quantile(0)).isZero();
        assertThat(stats().cluster("b").histogram("t").snapshot().quantile(0.5)).isZero();
    }
}
