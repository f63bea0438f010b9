package dev.attache.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {

    @Test
    void readsEnvoysOptions() throws Exception {
        CommandLine line = CommandLine.parse(
                "-c",
                "a.yaml",
                "--config-path=b.yaml",
                "--config-yaml",
                "admin: {}",
                "--mode",
                "validate",
                "--service-cluster",
                "c",
                "--service-node=n",
                "--service-zone",
                "z",
                "-l",
                "debug",
                "--component-log-level",
                "http:trace,upstream:off",
                "--drain-time-s",
                "3",
                "--drain-strategy",
                "immediate",
                "--concurrency",
                "2",
                "--restart-epoch",
                "1",
                "--strict",
                "--no-warm-up",
                "--allow-unserved");

        assertThat(line.configPaths()).containsExactly(Path.of("a.yaml"), Path.of("b.yaml"));
        assertThat(line.configYaml()).contains("admin: {}");
        assertThat(line.mode()).isEqualTo(CommandLine.Mode.VALIDATE);
        assertThat(line.serviceCluster()).isEqualTo("c");
        assertThat(line.serviceNode()).isEqualTo("n");
        assertThat(line.serviceZone()).isEqualTo("z");
        assertThat(line.logLevel()).isEqualTo("debug");
        assertThat(line.componentLogLevels()).isEqualTo(Map.of("http", "trace", "upstream", "off"));
        assertThat(line.drainTime()).isEqualTo(Duration.ofSeconds(3));
        assertThat(line.drainImmediately()).isTrue();
        assertThat(line.strict()).isTrue();
        assertThat(line.warmUp()).isFalse();
        assertThat(line.allowUnserved()).isTrue();
    }

    @Test
    void takesAnOptionAndItsValueGivenAsOneWord() throws Exception {
        assertThat(CommandLine.parse("-c", "a.yaml", "--mode validate").mode()).isEqualTo(CommandLine.Mode.VALIDATE);
    }

    @Test
    void leavesSpacesAndEqualsSignsInYamlAlone() throws Exception {
        assertThat(CommandLine.parse("--config-yaml=a: b=c d").configYaml()).contains("a: b=c d");
        assertThat(CommandLine.parse("--config-yaml", "a: b=c d").configYaml()).contains("a: b=c d");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--mode bogus -c a | --mode: bogus (expected: serve or validate)",
                "-c | -c: nothing behind it (expected: a value)",
                "--nonsense | unknown option --nonsense; see --help",
                "-c a --drain-time-s x | --drain-time-s: x (expected: a whole number, 0 or more)",
                "-c a -l loud | -l: loud (expected: trace, debug",
                "-c a --component-log-level http | --component-log-level: http (expected: logger:level)",
                "--strict | no configuration (expected: -c FILE); see --help"
            })
    void saysWhatIsWrongAndWhatWasExpected(String words, String message) {
        assertThatThrownBy(() -> CommandLine.parse(words.split(" ")))
                .isInstanceOf(CommandLine.UsageException.class)
                .hasMessageContaining(message);
    }

    @Test
    void needsNoConfigurationToShowHelpOrVersion() throws Exception {
        assertThat(CommandLine.parse("--help").action()).isEqualTo(CommandLine.Action.SHOW_HELP);
        assertThat(CommandLine.parse("--version").action()).isEqualTo(CommandLine.Action.SHOW_VERSION);
    }
}
