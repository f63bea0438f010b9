package dev.attache.core.match;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.QueryMatch;
import dev.attache.core.config.StringMatch;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryMatcherTest {

    private static boolean matches(String name, Optional<StringMatch> value, String target) {
        return QueryMatcher.all(List.of(new QueryMatch(name, value))).getFirst().matches(target);
    }

    @ParameterizedTest(name = "{0} in {1}: {2}")
    @CsvSource({
        "a, /, false",
        "a, /?, false",
        "a, /?a, true",
        "a, /?a=, true",
        "a, /?a=1, true",
        "a, /?b=1&a=2, true",
        "a, /?ab=1, false",
        "a, /?ba=1, false",
        "a, /?b=a, false",
        "a, /a=1, false",
        "a, /?b&a, true",
    })
    void findsAParameter(String name, String target, boolean expected) {
        assertThat(matches(name, Optional.empty(), target)).isEqualTo(expected);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({"/?a=1, true", "/?a=1&a=2, true", "/?a=2&a=1, false", "/?a, false", "/?a=%31, false", "/?b=1, false"})
    void testsTheFirstValueAsItIsWritten(String target, boolean expected) {
        assertThat(matches("a", Optional.of(new StringMatch.Exact("1", false)), target))
                .isEqualTo(expected);
    }
}
