package dev.attache.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpreadTest {

    @Test
    void theMedianOfAnOddNumberIsTheMiddleOne() {
        assertThat(Spread.of(List.of(9.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1, 9));
    }

    @Test
    void theMedianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
        assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 9.0))).isEqualTo(new Spread(3, 1, 9));
    }

    @Test
    void aSingleValueHasNoSpread() {
        assertThat(Spread.of(List.of(24.06)).text(1)).isEqualTo("24.1");
        assertThat(Spread.of(List.of(24.0, 25.0, 30.26)).text(1)).isEqualTo("25.0 (24.0..30.3)");
    }
}
