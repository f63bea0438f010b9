package dev.attache.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JvmTest {

    @Test
    void readsTheTotalOfAClassHistogram() throws Exception {
        assertThat(Jvm.histogramTotal("""
            4711:
             num     #instances         #bytes  class name (module)
            -------------------------------------------------------
               1:         18000        1800000  [B (java.base@25)
            Total        123456       12345678
            """)).isEqualTo(12345678);
    }

    @Test
    void readsWhatIsOutsideOfTheHeap() throws Exception {
        assertThat(Jvm.otherMemory("-                     Other (reserved=2050KB, committed=2049KB)\n"))
                .isEqualTo(2049 * 1024);
        assertThat(Jvm.otherMemory("-                    Symbol (reserved=2050KB, committed=2049KB)\n"))
                .isZero();
    }
}
