package dev.attache.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.Certificates;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CertificateNamesTest {

    @ParameterizedTest
    @CsvSource({
        "a.test, a.test, true",
        "A.Test, a.tEST, true",
        "a.test, a.test., true",
        "a.test, b.a.test, false",
        "a.test, a.tes, false",
        "*.a.test, b.a.test, true",
        "*.a.test, B.A.TEST., true",
        "*.a.test, a.test, false",
        "*.a.test, c.b.a.test, false",
        "*.a.test, .a.test, false",
        "*.test, a.test, false",
        "*, test, false",
        "*, a.test, false",
        "b*.a.test, bc.a.test, false",
        "*b.a.test, cb.a.test, false",
        "a.*.test, a.b.test, false",
        "*.*.test, a.b.test, false",
        "xn--*.a.test, xn--b.a.test, false",
    })
    void aWildcardIsTheWholeLeftmostLabel(String pattern, String host, boolean matches) {
        assertThat(CertificateNames.matches(pattern, host)).isEqualTo(matches);
    }

    @Test
    void literalAddressesAreLookedForAmongAddressesAlone(@TempDir Path folder) {
        CertificateNames names = CertificateNames.of(
                Certificates.in(folder).issue("a.test", "10.0.0.1", "::1").certificate());
        assertThat(names.carry("10.0.0.1")).isTrue();
        assertThat(names.carry("10.0.0.2")).isFalse();
        assertThat(names.carry("::1")).isTrue();
        assertThat(names.carry("[0:0:0:0:0:0:0:1]")).isTrue();
        assertThat(names.carry("::2")).isFalse();
        assertThat(names.carry("a.test")).isTrue();
        assertThat(names.carry("")).isFalse();
        CertificateNames nameOfDigits =
                CertificateNames.of(Certificates.in(folder).issue("*.0.0.test").certificate());
        assertThat(nameOfDigits.carry("10.0.0.1")).isFalse();
    }

    @Test
    void theCommonNameIsNoName(@TempDir Path folder) {
        CertificateNames names =
                CertificateNames.of(Certificates.in(folder).issue().certificate());
        assertThat(names.carry("leaf")).isFalse();
        assertThat(names).hasToString("no names");
    }
}
