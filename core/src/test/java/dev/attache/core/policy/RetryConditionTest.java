package dev.attache.core.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.HeaderMatch;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.StringMatch;
import dev.attache.core.http.Body;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryConditionTest {

    private static final String RESETS =
            "CONNECTION_TERMINATION CONNECT_REFUSED CONNECT_TIMEOUT LOCAL_RESET PER_TRY_TIMEOUT PROTOCOL_ERROR"
                    + " REFUSED_STREAM REMOTE_RESET TLS_FAILURE";

    private static Response answer(int status, String... headers) {
        HttpFields.Mutable fields = HttpFields.build();
        for (int i = 0; i < headers.length; i += 2) {
            fields.add(headers[i], headers[i + 1]);
        }
        return new Response(status, fields, Body.EMPTY);
    }

    /** Everything that can become of an attempt, by a short name. */
    private static Map<String, Outcome> outcomes() {
        Map<String, Outcome> outcomes = new LinkedHashMap<>();
        for (int status : new int[] {200, 204, 302, 400, 404, 409, 429, 500, 501, 502, 503, 504, 505, 599}) {
            outcomes.put(String.valueOf(status), new Outcome.Answered(answer(status)));
        }
        outcomes.put("503-ratelimited", new Outcome.Answered(answer(503, "x-envoy-ratelimited", "true")));
        outcomes.put("200-x-again", new Outcome.Answered(answer(200, "X-Again", "yes")));
        for (int grpc : new int[] {0, 1, 4, 8, 13, 14}) {
            outcomes.put("grpc-" + grpc, new Outcome.Answered(answer(200, "grpc-status", String.valueOf(grpc))));
        }
        for (Failure failure : Failure.values()) {
            outcomes.put(failure.name(), new Outcome.Failed(failure));
        }
        return outcomes;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "5xx, 500 501 502 503 504 505 599, true",
        "gateway-error, 502 503 504, true",
        "reset, '', true",
        "connect-failure, CONNECT_REFUSED CONNECT_TIMEOUT TLS_FAILURE, false",
        "reset-before-request, CONNECT_REFUSED CONNECT_TIMEOUT TLS_FAILURE, false",
        "refused-stream, REFUSED_STREAM, false",
        "retriable-4xx, 409, false",
        "retriable-status-codes, 404 503, false",
        "retriable-headers, 200-x-again, false",
        "envoy-ratelimited, 503-ratelimited, false",
        "cancelled, grpc-1, false",
        "deadline-exceeded, grpc-4, false",
        "resource-exhausted, grpc-8, false",
        "internal, grpc-13, false",
        "unavailable, grpc-14, false",
        "no-such-token, '', false",
        "'', '', false",
    })
    void matchesExactlyWhatEnvoyRetries(String token, String expected, boolean resets) {
        RetryCondition condition = RetryCondition.of(RetryPolicyConfig.builder()
                .retryOn(Set.of(token))
                .retriableStatusCodes(Set.of(404, 503))
                .retriableHeaders(List.of(new HeaderMatch(
                        "x-again", new HeaderMatch.Value(new StringMatch.Exact("yes", false)), false, false)))
                .build());
        Set<String> matched = new TreeSet<>();
        outcomes().forEach((name, outcome) -> {
            if (condition.matches(outcome)) {
                matched.add(name);
            }
        });
        assertThat(String.join(" ", matched)).isEqualTo((expected + (resets ? " " + RESETS : "")).strip());
    }

    @Test
    void severalTokensAreOred() {
        RetryCondition condition = RetryCondition.of(RetryPolicyConfig.builder()
                .retryOn(Set.of("retriable-4xx", "refused-stream"))
                .build());
        assertThat(condition.matches(new Outcome.Answered(answer(409)))).isTrue();
        assertThat(condition.matches(new Outcome.Failed(Failure.REFUSED_STREAM)))
                .isTrue();
        assertThat(condition.matches(new Outcome.Answered(answer(503)))).isFalse();
    }

    @Test
    void aRequestMustMatchOneOfTheRetriableRequestHeaders() {
        RetryCondition condition = RetryCondition.of(RetryPolicyConfig.builder()
                .retryOn(Set.of("5xx"))
                .retriableRequestHeaders(List.of(new HeaderMatch(
                        ":method", new HeaderMatch.Value(new StringMatch.Exact("GET", false)), false, false)))
                .build());
        assertThat(condition.admits(Request.get("/"))).isTrue();
        assertThat(condition.admits(new Request("POST", "http", "", "/", HttpFields.EMPTY, Body.EMPTY)))
                .isFalse();
    }
}
