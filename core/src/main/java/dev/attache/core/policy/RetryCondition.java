package dev.attache.core.policy;

import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.http.Grpc;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.match.HeaderMatcher;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which outcomes of an attempt are worth another one, by Envoy's names. Methods are not considered: a POST is repeated
 * as a GET is. Immutable and safe for use by all threads.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter#x-envoy-retry-on">Envoy
 *     retry_on</a>
 */
public final class RetryCondition {

    enum Token {
        FIVE_XX("5xx"),
        GATEWAY_ERROR("gateway-error"),
        RESET("reset"),
        RESET_BEFORE_REQUEST("reset-before-request"),
        CONNECT_FAILURE("connect-failure"),
        ENVOY_RATELIMITED("envoy-ratelimited"),
        RETRIABLE_4XX("retriable-4xx"),
        REFUSED_STREAM("refused-stream"),
        RETRIABLE_STATUS_CODES("retriable-status-codes"),
        RETRIABLE_HEADERS("retriable-headers"),
        CANCELLED("cancelled"),
        DEADLINE_EXCEEDED("deadline-exceeded"),
        RESOURCE_EXHAUSTED("resource-exhausted"),
        INTERNAL("internal"),
        UNAVAILABLE("unavailable"),
        /** Not one of Envoy's: {@link RetryPolicyConfig#RECONNECT}. */
        RECONNECT("reconnect");

        private final String configName;

        Token(String configName) {
            this.configName = configName;
        }

        /** The token of a name; null for one that is not known, which never matches. */
        static @Nullable Token of(String name) {
            String wanted = name.strip().toLowerCase(Locale.ROOT);
            for (Token token : values()) {
                if (token.configName.equals(wanted)) {
                    return token;
                }
            }
            return null;
        }
    }

    /** Those that a gRPC status decides. */
    static final Set<Token> OF_GRPC = Collections.unmodifiableSet(EnumSet.of(
            Token.CANCELLED, Token.DEADLINE_EXCEEDED, Token.RESOURCE_EXHAUSTED, Token.INTERNAL, Token.UNAVAILABLE));

    /** Those that a response's headers decide, not its status; besides {@link #OF_GRPC}. */
    private static final Set<Token> OF_HEADERS = EnumSet.of(Token.ENVOY_RATELIMITED, Token.RETRIABLE_HEADERS);

    /** Those that match while there is no connection yet. */
    private static final Set<Token> OF_CONNECTS = EnumSet.of(Token.RECONNECT, Token.CONNECT_FAILURE);

    private final Set<Token> tokens;
    private final Set<Integer> statuses;
    private final List<HeaderMatcher> responseHeaders;
    private final List<HeaderMatcher> requestHeaders;
    private final boolean looksAtGrpc;
    private final boolean looksAtHeaders;

    private RetryCondition(
            Set<Token> tokens,
            Set<Integer> statuses,
            List<HeaderMatcher> responseHeaders,
            List<HeaderMatcher> requestHeaders) {
        this.tokens = tokens;
        this.statuses = statuses;
        this.responseHeaders = responseHeaders;
        this.requestHeaders = requestHeaders;
        this.looksAtGrpc = !Collections.disjoint(tokens, OF_GRPC);
        this.looksAtHeaders = looksAtGrpc || !Collections.disjoint(tokens, OF_HEADERS);
    }

    /**
     * Compiles the conditions of a policy.
     *
     * @throws IllegalArgumentException when an expression is not RE2 syntax
     */
    public static RetryCondition of(RetryPolicyConfig config) {
        return new RetryCondition(
                tokens(config.retryOn()),
                config.retriableStatusCodes(),
                HeaderMatcher.all(config.retriableHeaders()),
                HeaderMatcher.all(config.retriableRequestHeaders()));
    }

    /** This condition, or those that a request brings with it. */
    RetryCondition or(Set<Token> moreTokens, Set<Integer> moreStatuses, List<HeaderMatcher> moreHeaders) {
        Set<Token> allTokens = EnumSet.noneOf(Token.class);
        allTokens.addAll(tokens);
        allTokens.addAll(moreTokens);
        Set<Integer> allStatuses = new HashSet<>(statuses);
        allStatuses.addAll(moreStatuses);
        List<HeaderMatcher> allHeaders = new java.util.ArrayList<>(responseHeaders);
        allHeaders.addAll(moreHeaders);
        return new RetryCondition(allTokens, allStatuses, allHeaders, requestHeaders);
    }

    static Set<Token> tokens(Iterable<String> names) {
        Set<Token> tokens = EnumSet.noneOf(Token.class);
        for (String name : names) {
            Token token = Token.of(name);
            if (token != null) {
                tokens.add(token);
            }
        }
        return tokens;
    }

    /** Whether no outcome at all is worth another attempt. */
    public boolean never() {
        return tokens.isEmpty();
    }

    /** Whether nothing of a request can have been sent where another attempt follows. */
    boolean connectsOnly() {
        return tokens.stream().allMatch(OF_CONNECTS::contains);
    }

    /** Whether this outcome, which {@link #matches}, is worth another attempt only at another endpoint. */
    boolean onlyElsewhere(Outcome outcome) {
        return outcome instanceof Outcome.Failed(Failure failure, String reason)
                && failure == Failure.CONNECT_TIMEOUT
                && !matchesByEnvoy(failure);
    }

    /** Whether a request may be repeated at all. */
    public boolean admits(Request request) {
        if (requestHeaders.isEmpty()) {
            return true;
        }
        for (HeaderMatcher matcher : requestHeaders) {
            if (matcher.matches(request)) {
                return true;
            }
        }
        return false;
    }

    /** Whether an outcome is worth another attempt. */
    public boolean matches(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Answered(Response response) -> matches(response);
            case Outcome.Failed(Failure failure, String reason) -> matches(failure);
        };
    }

    private boolean matches(Response response) {
        boolean byStatus = matchesStatus(response.status());
        if (!byStatus && !looksAtHeaders) {
            return false; // Nearly all: no header is looked for.
        }
        if (response.headers().contains("x-envoy-ratelimited")) {
            return tokens.contains(Token.ENVOY_RATELIMITED);
        }
        return byStatus || matchesHeaders(response) || (looksAtGrpc && matchesGrpc(response));
    }

    private boolean matchesStatus(int status) {
        if (status >= 500 && status < 600 && tokens.contains(Token.FIVE_XX)) {
            return true;
        }
        if (status >= 502 && status <= 504 && tokens.contains(Token.GATEWAY_ERROR)) {
            return true;
        }
        if (status == 409 && tokens.contains(Token.RETRIABLE_4XX)) {
            return true;
        }
        return tokens.contains(Token.RETRIABLE_STATUS_CODES) && statuses.contains(status);
    }

    private boolean matchesHeaders(Response response) {
        if (tokens.contains(Token.RETRIABLE_HEADERS)) {
            for (HeaderMatcher matcher : responseHeaders) {
                if (matcher.matches(response.headers())) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Looks at trailers-only answers alone, as Envoy does: after the headers there is no way back. */
    private boolean matchesGrpc(Response response) {
        String status = response.headers().get(Grpc.STATUS);
        if (status == null) {
            return false;
        }
        return switch (status) {
            case "1" -> tokens.contains(Token.CANCELLED);
            case "4" -> tokens.contains(Token.DEADLINE_EXCEEDED);
            case "8" -> tokens.contains(Token.RESOURCE_EXHAUSTED);
            case "13" -> tokens.contains(Token.INTERNAL);
            case "14" -> tokens.contains(Token.UNAVAILABLE);
            default -> false;
        };
    }

    private boolean matches(Failure failure) {
        return matchesByEnvoy(failure)
                || (tokens.contains(Token.RECONNECT)
                        && (failure == Failure.CONNECT_REFUSED || failure == Failure.CONNECT_TIMEOUT));
    }

    private boolean matchesByEnvoy(Failure failure) {
        if (!failure.isReset()) {
            return false;
        }
        return tokens.contains(Token.FIVE_XX)
                || tokens.contains(Token.GATEWAY_ERROR)
                || tokens.contains(Token.RESET)
                || (failure.isConnectFailure()
                        && (tokens.contains(Token.CONNECT_FAILURE) || tokens.contains(Token.RESET_BEFORE_REQUEST)))
                || (failure == Failure.REFUSED_STREAM && tokens.contains(Token.REFUSED_STREAM));
    }
}
