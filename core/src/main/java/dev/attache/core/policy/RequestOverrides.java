package dev.attache.core.policy;

import dev.attache.core.config.HeaderMatch;
import dev.attache.core.match.HeaderMatcher;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * What a request asks of its route's policies by headers of its own. A value that is not what it should be, or out of
 * bounds, is passed over; a number of retries above {@value #MOST_RETRIES} counts as that. Whether a client may ask at
 * all is decided before: a listener takes these headers from requests that it does not trust.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#http-headers-consumed">Envoy
 *     router: headers consumed</a>
 */
public final class RequestOverrides {

    /** Retries that a header may ask for. */
    static final int MOST_RETRIES = 10;

    /** Longest timeout that a header may set: 2^31 - 1 milliseconds, nearly 25 days. */
    static final long LONGEST_MILLIS = Integer.MAX_VALUE;

    /** Tokens, statuses or names in one header that are looked at. */
    private static final int MOST_ELEMENTS = 64;

    private static final String PREFIX = "x-envoy-";

    private static final Set<String> CONSUMED = Set.of(
            "x-envoy-max-retries",
            "x-envoy-retry-on",
            "x-envoy-retry-grpc-on",
            "x-envoy-retriable-status-codes",
            "x-envoy-retriable-header-names",
            "x-envoy-upstream-rq-timeout-ms",
            "x-envoy-upstream-rq-per-try-timeout-ms",
            "x-envoy-upstream-rq-timeout-alt-response",
            "x-envoy-upstream-alt-stat-name",
            "x-envoy-hedge-on-per-try-timeout",
            "x-envoy-upstream-stream-duration-ms",
            "x-envoy-decorator-operation");

    final @Nullable Long timeoutNanos;
    final @Nullable Long perTryTimeoutNanos;
    final @Nullable Integer maxRetries;
    final Set<RetryCondition.Token> retryOn;
    final Set<Integer> statuses;
    final List<HeaderMatcher> responseHeaders;

    private RequestOverrides(HttpFields headers) {
        timeoutNanos = millis(headers, "x-envoy-upstream-rq-timeout-ms");
        perTryTimeoutNanos = millis(headers, "x-envoy-upstream-rq-per-try-timeout-ms");
        Long retries = number(headers.get("x-envoy-max-retries"), Long.MAX_VALUE);
        maxRetries = retries == null ? null : (int) Math.min(retries, MOST_RETRIES);
        retryOn = RetryCondition.tokens(elements(headers, "x-envoy-retry-on"));
        retryOn.removeAll(RetryCondition.OF_GRPC); // They have a header of their own.
        Set<RetryCondition.Token> onGrpc = RetryCondition.tokens(elements(headers, "x-envoy-retry-grpc-on"));
        onGrpc.retainAll(RetryCondition.OF_GRPC);
        retryOn.addAll(onGrpc);
        statuses = new HashSet<>();
        for (String element : elements(headers, "x-envoy-retriable-status-codes")) {
            Long status = number(element, 999);
            if (status != null) {
                statuses.add(status.intValue());
            }
        }
        responseHeaders = elements(headers, "x-envoy-retriable-header-names").stream()
                .map(name -> HeaderMatcher.of(new HeaderMatch(name, new HeaderMatch.Present(true), false, false)))
                .toList();
    }

    /** Whether a header is meant for the proxy alone, and never sent on. */
    public static boolean isConsumed(HttpField field) {
        return isEnvoy(field) && CONSUMED.contains(field.getLowerCaseName());
    }

    /** Whether a header begins with {@code x-envoy-}. */
    public static boolean isEnvoy(HttpField field) {
        return field.getHeader() == null && field.getName().regionMatches(true, 0, PREFIX, 0, PREFIX.length());
    }

    /** What a request asks for; {@code headers} hold a consumed one. */
    public static RequestOverrides of(HttpFields headers) {
        return new RequestOverrides(headers);
    }

    private static @Nullable Long millis(HttpFields headers, String name) {
        Long millis = number(headers.get(name), LONGEST_MILLIS);
        return millis == null ? null : TimeUnit.MILLISECONDS.toNanos(millis);
    }

    /** A whole number of decimal digits; null for anything else. */
    private static @Nullable Long number(@Nullable String text, long max) {
        if (text == null || text.isEmpty() || text.length() > 18) {
            return null;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return null;
            }
        }
        long number = Long.parseLong(text);
        return number > max ? null : number;
    }

    private static List<String> elements(HttpFields headers, String name) {
        List<String> elements = new ArrayList<>();
        for (HttpField field : headers) {
            if (field.is(name) && field.getValue() != null) {
                for (String element : field.getValue().split(",", MOST_ELEMENTS)) {
                    String stripped = element.strip().toLowerCase(Locale.ROOT);
                    if (!stripped.isEmpty()) {
                        elements.add(stripped);
                    }
                }
            }
        }
        return elements;
    }
}
