package dev.attache.core.format;

import dev.attache.core.config.LogFormat;
import dev.attache.core.http.Exchange;
import java.nio.charset.StandardCharsets;

/**
 * A compiled text with {@code %...%} operators. Immutable and safe for use by all threads.
 *
 * <p>A formatted text holds bytes: each character stands for one (0 to 255), and literals stand in it as the bytes of
 * their UTF-8 form. Written as ISO 8859-1, as headers are, it comes out right.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage">Envoy command
 *     operators</a>
 */
public sealed interface Format permits TextFormat, JsonFormat {

    /** Envoy's default line of an access log. */
    String ENVOY_LINE = "[%START_TIME%] \"%REQ(:METHOD)% %REQ(X-ENVOY-ORIGINAL-PATH?:PATH)% %PROTOCOL%\""
            + " %RESPONSE_CODE% %RESPONSE_FLAGS% %BYTES_RECEIVED% %BYTES_SENT% %DURATION%"
            + " %RESP(X-ENVOY-UPSTREAM-SERVICE-TIME)% \"%REQ(X-FORWARDED-FOR)%\" \"%REQ(USER-AGENT)%\""
            + " \"%REQ(X-REQUEST-ID)%\" \"%REQ(:AUTHORITY)%\" \"%UPSTREAM_HOST%\"\n";

    /**
     * The value of a header: what is absent is left out, control characters become {@code \xHH}.
     *
     * @throws IllegalArgumentException with the position, what was found and what was expected
     */
    static Format header(String format) {
        return new TextFormat(Segments.parse(format), "", true);
    }

    /**
     * A line of a log: control characters in values become {@code \xHH}, so that no peer can write lines of his own. A
     * text format brings its own line feed, JSON gets one.
     *
     * @throws IllegalArgumentException with the position, what was found and what was expected
     */
    static Format line(LogFormat format) {
        return of(format, true);
    }

    /**
     * A body: values stand in it as they are.
     *
     * @throws IllegalArgumentException with the position, what was found and what was expected
     */
    static Format body(LogFormat format) {
        return of(format, false);
    }

    private static Format of(LogFormat format, boolean visibleControls) {
        return switch (format) {
            case LogFormat.Text text ->
                new TextFormat(Segments.parse(text.format()), text.omitEmpty() ? "" : "-", visibleControls);
            case LogFormat.Json json -> new JsonFormat(json);
        };
    }

    /** Appends the text for one exchange; an absent value is appended as the format was told. */
    void append(StringBuilder out, Exchange exchange);

    /** Whether the text is the same for all exchanges. */
    boolean constant();

    /** The text for one exchange. */
    default String apply(Exchange exchange) {
        StringBuilder out = new StringBuilder(256);
        append(out, exchange);
        return out.toString();
    }

    /** The bytes for one exchange. */
    default byte[] bytes(Exchange exchange) {
        return apply(exchange).getBytes(StandardCharsets.ISO_8859_1);
    }
}
