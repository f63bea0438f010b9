package dev.attache.core.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.RuntimeFraction;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.config.StatusFilter;
import dev.attache.core.stats.StatScope;
import dev.attache.core.stats.Stats;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RuntimeTest {

    private final StatScope scope = Stats.create(StatsConfig.DEFAULT).scope("runtime");

    private Runtime runtime(RuntimeConfig.Layer... layers) {
        return Runtime.of(new RuntimeConfig(List.of(layers)), scope);
    }

    private static RuntimeConfig.Layer fixed(String name, String key, String value) {
        return new RuntimeConfig.Static(name, Map.of(key, value));
    }

    private static final RuntimeConfig.Layer ADMIN = new RuntimeConfig.Admin("admin_layer_0");

    private static long included(RuntimeShare share) {
        return LongStream.range(0, 10_000).filter(share::includes).count();
    }

    @Test
    void takesTheValueOfTheLastLayerThatHasOne() {
        Runtime runtime = runtime(fixed("a", "k", "1"), fixed("b", "k", "2"), fixed("c", "other", "3"));

        assertThat(runtime.integer("k", 9).get()).isEqualTo(2);
        assertThat(runtime.integer("missing", 9).get()).isEqualTo(9);
        assertThat(runtime.integer("", 9).get()).isEqualTo(9);
    }

    @Test
    void showsAChangeAtOnceToHandlesThatWereMadeBefore() {
        Runtime runtime = runtime(fixed("a", "mwapi_min_log_code", "500"), ADMIN);
        RuntimeInt code = runtime.integer("mwapi_min_log_code", 400);
        RuntimeStatus status = runtime.status(new StatusFilter(StatusFilter.Op.GE, 500, "mwapi_min_log_code"));
        assertThat(code.get()).isEqualTo(500);
        assertThat(status.passes(499)).isFalse();

        runtime.modify(Map.of("mwapi_min_log_code", "200"));
        assertThat(code.get()).isEqualTo(200);
        assertThat(status.passes(200)).isTrue();

        runtime.modify(Map.of("mwapi_min_log_code", ""));
        assertThat(code.get()).isEqualTo(500);
        assertThat(status.passes(499)).isFalse();
    }

    @Test
    void saysInItsStatsWhileAnyOverrideIsActive() {
        Runtime runtime = runtime(fixed("a", "k", "1"), ADMIN);
        assertThat(scope.gauge("admin_overrides_active").value()).isZero();
        assertThat(scope.gauge("num_layers").value()).isEqualTo(2);
        assertThat(scope.gauge("num_keys").value()).isEqualTo(1);

        runtime.modify(Map.of("x", "1", "y", "2"));
        runtime.modify(Map.of("x", ""));
        assertThat(scope.gauge("admin_overrides_active").value()).isEqualTo(1);
        assertThat(scope.gauge("num_keys").value()).isEqualTo(2);

        runtime.modify(Map.of("y", ""));
        assertThat(scope.gauge("admin_overrides_active").value()).isZero();
        assertThat(scope.counter("load_success").value()).isEqualTo(4);
    }

    @Test
    void refusesToModifyWithoutAnAdminLayer() {
        Runtime runtime = runtime(fixed("a", "k", "1"));

        assertThatThrownBy(() -> runtime.modify(Map.of("k", "2")))
                .isInstanceOf(Runtime.NoAdminLayerException.class)
                .hasMessage("no admin layer specified");
        assertThat(runtime.integer("k", 9).get()).isEqualTo(1);
    }

    @Test
    void keepsOverridesOverANewConfiguration() {
        Runtime runtime = runtime(fixed("a", "k", "1"), ADMIN);
        RuntimeInt k = runtime.integer("k", 9);
        RuntimeInt other = runtime.integer("other", 9);
        runtime.modify(Map.of("k", "5"));

        runtime.reload(new RuntimeConfig(List.of(fixed("a", "other", "7"), ADMIN)));

        assertThat(k.get()).isEqualTo(5);
        assertThat(other.get()).isEqualTo(7);
    }

    @ParameterizedTest
    @CsvSource({
        "17,17",
        "25.0,25",
        "' 3 ',3",
        "0,0",
        "-1,9",
        "2.5,9",
        "true,9",
        "NaN.,9",
        "1e300.,9",
        "99999999999999999999,9"
    })
    void readsWholeNumbersAndNothingElse(String value, long expected) {
        assertThat(runtime(fixed("a", "k", value)).integer("k", 9).get()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "20                                              | 2000",
                "100                                             | 10000",
                "0                                               | 0",
                "{numerator: 5, denominator: TEN_THOUSAND}       | 5",
                "{\"numerator\":7,\"denominator\":\"HUNDRED\"}   | 700",
                "{numerator: 3}                                  | 300",
                "{numerator: 3, denominator: DOZEN}              | 1000",
                "{numerator: x}                                  | 1000",
                "half                                            | 1000"
            })
    void readsSharesAsPercentOrFraction(String value, long expected) {
        RuntimeShare share = runtime(fixed("a", "k", value)).share(new RuntimeFraction(10, 100, "k"));

        assertThat(included(share)).isEqualTo(expected);
    }

    @Test
    void readsAFractionFromTwoKeys() {
        Runtime runtime =
                runtime(new RuntimeConfig.Static("a", Map.of("k.numerator", "1", "k.denominator", "HUNDRED")), ADMIN);
        RuntimeShare share = runtime.share(new RuntimeFraction(10, 100, "k"));
        assertThat(included(share)).isEqualTo(100);

        runtime.modify(Map.of("k", "50"));
        assertThat(included(share)).isEqualTo(5000);
    }

    @Test
    void includesTheSameShareOfNegativeRandomNumbers() {
        RuntimeShare share = runtime().share(new RuntimeFraction(25, 100, ""));

        assertThat(LongStream.range(0, 10_000)
                        .filter(i -> share.includes(-1 - i))
                        .count())
                .isBetween(2400L, 2600L);
    }

    @Test
    void showsWhatEachLayerSaysAndWhatHolds() {
        Runtime runtime = runtime(fixed("static_layer_0", "k", "1"), ADMIN);
        runtime.modify(Map.of("k", "2", "a", "x"));

        RuntimeValues values = runtime.values();

        assertThat(values.layers()).containsExactly("static_layer_0", "admin_layer_0");
        assertThat(values.entries().keySet()).containsExactly("a", "k");
        assertThat(values.entries().get("a")).isEqualTo(new RuntimeValues.Entry(List.of("", "x"), "x"));
        assertThat(values.entries().get("k")).isEqualTo(new RuntimeValues.Entry(List.of("1", "2"), "2"));
    }

    @ParameterizedTest
    @CsvSource({
        "EQ,500,true",
        "EQ,501,false",
        "GE,500,true",
        "GE,499,false",
        "LE,500,true",
        "LE,501,false",
        "NE,500,false",
        "NE,0,true"
    })
    void comparesAStatus(StatusFilter.Op op, int status, boolean passes) {
        assertThat(runtime().status(new StatusFilter(op, 500, "")).passes(status))
                .isEqualTo(passes);
    }
}
