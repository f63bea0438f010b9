package dev.attache.core.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.DnsFamily;
import dev.attache.core.config.LbPolicy;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SectionTest {

    private final Reading reading = new Reading(DurationForm.SECONDS, true);

    @Test
    void collectsEveryProblemWithItsPlace() {
        Section root = section(
                "port: 70000\nflag: maybe\nwait: 5\nlb: rund_robin\nlist:\n  - {a: x}\n  - y\nname: [1]\nratio: nan\n");

        root.integer("port", 0, 65535);
        root.bool("flag");
        root.duration("wait");
        root.enumeration("lb", LbPolicy.class);
        root.sections("list").forEach(item -> item.integer("a", 0, Long.MAX_VALUE));
        root.string("name");
        root.decimal("ratio", 0, 100);
        root.required("missing", "a text");

        assertThat(told())
                .containsExactly(
                        "f:1:1: missing: missing (expected: a text)",
                        "f:1:7: port: 70000 (expected: 0 to 65535)",
                        "f:2:7: flag: maybe (expected: true or false)",
                        "f:3:7: wait: 5 (expected: a duration with its unit, such as 0.250s, 5ms or 250us)",
                        "f:4:5: lb: rund_robin (expected: one of ROUND_ROBIN, LEAST_REQUEST, RANDOM); did you mean"
                                + " ROUND_ROBIN?",
                        "f:6:9: list[0].a: x (expected: an integer of 0 or more)",
                        "f:7:5: list[1]: y (expected: a mapping)",
                        "f:8:7: name: a list (expected: a text)",
                        "f:9:8: ratio: nan (expected: a number from 0 to 100)");
    }

    @Test
    void reportsKeysThatNobodyAskedFor() {
        Section root = section("conect_timeout: 1s\nother: {deep: 1}\nzzz: 1\n");

        root.duration("connect_timeout");
        root.section("other").orElseThrow().string("keep");
        reading.reportUnknownKeys();

        assertThat(told())
                .containsExactly(
                        "f:1:1: conect_timeout: unknown field; did you mean connect_timeout?",
                        "f:2:9: other.deep: unknown field; did you mean keep?",
                        "f:3:1: zzz: unknown field");
    }

    @Test
    void takesScalarsForListsEnumsInAnyCaseAndCamelCaseKeys() {
        Section root = section("suites: A:B\none: {k: v}\ndnsLookupFamily: v4_only\nport: '80'\nsize: 1e3\nnone:\n");

        assertThat(root.strings("suites")).containsExactly("A:B");
        assertThat(root.sections("one")).hasSize(1);
        assertThat(root.enumeration("dns_lookup_family", DnsFamily.class)).contains(DnsFamily.V4_ONLY);
        assertThat(root.integer("port", 0, 65535)).contains(80L);
        assertThat(root.integer("size", 0, 65535)).contains(1000L);
        assertThat(root.string("none")).isEmpty();
        root.sections("one").getFirst().string("k");
        reading.reportUnknownKeys();
        assertThat(told()).filteredOn(line -> !line.contains("one.k")).isEmpty();
    }

    @Test
    void tellsWhatARecordRefused() {
        Section root = section("a: {numerator: -1}\n").section("a").orElseThrow();

        root.make(() -> new dev.attache.core.config.RuntimeFraction(-1, 100, ""));

        assertThat(told()).containsExactly("f:1:16: a.numerator: -1 (expected: 0 to 9223372036854775807)");
    }

    @ParameterizedTest
    @CsvSource({
        "0.250s, PT0.25S",
        "65.0s, PT1M5S",
        "86402.5s, PT24H2.5S",
        "250us, PT0.00025S",
        "0.0005s, PT0.0005S",
        "5ms, PT0.005S",
        "0s, PT0S",
        ".5s, PT0.5S",
        "0.0000000001s, PT0.000000001S"
    })
    void readsDurations(String text, Duration expected) {
        assertThat(DurationForm.SECONDS.parse(text)).contains(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5",
                "-1s",
                "1 s",
                "s",
                "1m",
                "1e3s",
                "315576000001s",
                "99999999999999999999s",
                "",
                "1.2.3s",
                "٣s"
            })
    void refusesDurationsInOtherForms(String text) {
        assertThat(DurationForm.SECONDS.parse(text)).isEmpty();
    }

    @Test
    void readsMinutesAndHoursWhereTheLanguageHasThem() {
        assertThat(DurationForm.UNITS.parse("2m")).contains(Duration.ofMinutes(2));
        assertThat(DurationForm.UNITS.parse("1h")).contains(Duration.ofHours(1));
        assertThat(DurationForm.UNITS.parse("0")).contains(Duration.ZERO);
        assertThat(DurationForm.UNITS.parse("1")).isEmpty();
        assertThat(DurationForm.SECONDS.parse("0")).isEmpty();
    }

    @Test
    void suggestsOnlyCloseNames() {
        List<String> known = List.of("connect_timeout", "lb_policy", "name");

        assertThat(Words.closest("conect-timeout", known)).isEqualTo("connect_timeout");
        assertThat(Words.closest("lb_polciy", known)).isEqualTo("lb_policy");
        assertThat(Words.closest("frobnicate", known)).isEmpty();
        assertThat(Words.closest("x".repeat(100_000), known)).isEmpty();
    }

    private Section section(String text) {
        return reading.root(Yaml.parse("f", text)).section();
    }

    private List<String> told() {
        return reading.problems().stream().map(ConfigProblem::toString).toList();
    }
}
