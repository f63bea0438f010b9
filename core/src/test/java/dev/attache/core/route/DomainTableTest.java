package dev.attache.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DomainTableTest {

    private static DomainTable<String> table(String... domains) {
        DomainTable.Builder<String> builder = new DomainTable.Builder<>();
        for (String domain : domains) {
            builder.add(domain, domain);
        }
        return builder.build();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "www.example.org, www.example.org",
        "WWW.Example.ORG, www.example.org",
        "api.example.org, *.example.org",
        "a.b.example.org, *.b.example.org",
        ".example.org, *",
        "example.org, example.*",
        "example.org:8080, example.*",
        "en.m.wikipedia.org, en.m.*",
        "en.m., en.*",
        "upload:1234, upload:*",
        "upload, *",
        "upload:, *",
        "both.example.org, *.example.org",
        "with-port.test:8443, with-port.test:8443",
        "with-port.test, *",
        "'', *",
        "other, *",
        "[::1]:80, [::1]:*",
    })
    void theMostSpecificDomainWins(String authority, String domain) {
        DomainTable<String> table = table(
                "*",
                "www.example.org",
                "*.example.org",
                "*.b.example.org",
                "example.*",
                "en.*",
                "en.m.*",
                "both.*",
                "upload:*",
                "with-port.test:8443",
                "[::1]:*");
        assertThat(table.find(authority)).isEqualTo(domain);
    }

    @Test
    void withoutAWildcardAnUnknownHostHasNone() {
        assertThat(table("a.test", "*.b.test").find("c.test")).isNull();
        assertThat(table("a.test").find("")).isNull();
    }

    @Test
    void refusesADomainThatIsGivenTwice() {
        assertThatThrownBy(() -> table("a.test", "A.test")).hasMessageContaining("A.test");
        assertThatThrownBy(() -> table("*", "*")).hasMessageContaining("twice");
        assertThatThrownBy(() -> table("*.x", "*.x")).hasMessageContaining("twice");
    }
}
