package dev.attache.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OptionsTest {

    @Test
    void whatIsNamedHoldsAgainstQuickWhereverItStands() {
        Options options = Options.parse("--rounds=3", "--quick", "--cases=c16,start");
        assertThat(options.rounds()).isEqualTo(3);
        assertThat(options.seconds()).isEqualTo(1);
        assertThat(options.cases()).containsExactly("c16", "start");
        assertThat(options.peers()).isEqualTo(Peers.NAMES);
    }

    @Test
    void unknownNamesAndOptionsAreRefused() {
        assertThatThrownBy(() -> Options.parse("--peers=squid"))
                .hasMessageStartingWith("--peers=squid (expected: some of");
        assertThatThrownBy(() -> Options.parse("--round=3")).hasMessage("--round=3: no such option");
        assertThatThrownBy(() -> Options.parse("--rounds=0")).hasMessage("--rounds=0 (expected: a positive number)");
    }
}
