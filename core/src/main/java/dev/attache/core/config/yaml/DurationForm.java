package dev.attache.core.config.yaml;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a duration is written: a decimal number and a unit, as fine as a nanosecond, at most 10,000 years. */
public enum DurationForm {
    /** Protobuf's JSON form, {@code 0.250s}, and the finer units {@code ms} and {@code us}. */
    SECONDS("a duration with its unit, such as 0.250s, 5ms or 250us", "s|ms|us"),
    /** Also minutes, hours, and a bare 0. */
    UNITS("a duration with its unit, such as 0.25s, 5ms, 250us, 2m or 1h", "s|ms|us|m|h");

    private static final BigDecimal NANOS_PER_SECOND = BigDecimal.valueOf(1_000_000_000L);
    private static final BigDecimal LONGEST_SECONDS = BigDecimal.valueOf(315_576_000_000L);

    private final String expected;
    private final Pattern pattern;

    DurationForm(String expected, String units) {
        this.expected = expected;
        this.pattern = Pattern.compile("([0-9]{1,19}(?:\\.[0-9]{0,20})?|\\.[0-9]{1,20})(" + units + ")");
    }

    /** What is accepted, in words. */
    public String expected() {
        return expected;
    }

    /** The duration that {@code text} stands for; empty where it is none. Below a nanosecond it is rounded up. */
    public Optional<Duration> parse(String text) {
        if (this == UNITS && text.equals("0")) {
            return Optional.of(Duration.ZERO); // Nothing of any unit.
        }
        Matcher matcher = pattern.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        BigDecimal seconds = new BigDecimal(matcher.group(1)).multiply(unit(matcher.group(2)));
        if (seconds.compareTo(LONGEST_SECONDS) > 0) {
            return Optional.empty();
        }
        BigDecimal nanos = seconds.multiply(NANOS_PER_SECOND).setScale(0, RoundingMode.CEILING);
        BigDecimal[] parts = nanos.divideAndRemainder(NANOS_PER_SECOND);
        return Optional.of(Duration.ofSeconds(parts[0].longValueExact(), parts[1].longValueExact()));
    }

    private static BigDecimal unit(String unit) {
        return switch (unit) {
            case "us" -> new BigDecimal("0.000001");
            case "ms" -> new BigDecimal("0.001");
            case "m" -> BigDecimal.valueOf(60);
            case "h" -> BigDecimal.valueOf(3600);
            default -> BigDecimal.ONE;
        };
    }
}
