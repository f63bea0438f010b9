package dev.attache.core.format;

import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A compiled strftime format, with Envoy's fractions of a second ({@code %3f}) and seconds of the epoch ({@code %s}). */
final class TimeFormat {

    private interface Part {
        void append(StringBuilder out, ZonedDateTime time);
    }

    private static final String ISO = "%Y-%m-%dT%H:%M:%S.%3fZ";

    private final ZoneId zone;
    private final Part[] parts;

    private TimeFormat(ZoneId zone, List<Part> parts) {
        this.zone = zone;
        this.parts = parts.toArray(Part[]::new);
    }

    /** The format in an operator's argument; ISO 8601 with milliseconds where there is none. */
    static TimeFormat compile(OperatorCall call, ZoneId zone) {
        String format = call.optional().isEmpty()
                ? zone.equals(java.time.ZoneOffset.UTC) ? ISO : ISO.replace("Z", "%Ez")
                : call.optional();
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < format.length(); i++) {
            char c = format.charAt(i);
            if (c != '%') {
                parts.add((out, time) -> out.append(c));
                continue;
            }
            if (++i == format.length()) {
                throw call.wrong("(" + format + ")", "something after the last %");
            }
            char code = format.charAt(i);
            if (code >= '1' && code <= '9' && i + 1 < format.length() && format.charAt(i + 1) == 'f') {
                parts.add(fraction(code - '0'));
                i++;
            } else if (code == 'E' && format.startsWith("Ez", i)) {
                parts.add((out, time) -> offset(out, time, ":"));
                i++;
            } else if (code == 'E' && format.startsWith("ET", i)) {
                parts.add((out, time) -> out.append('T'));
                i++;
            } else {
                parts.add(part(call, code));
            }
        }
        return new TimeFormat(zone, parts);
    }

    void append(StringBuilder out, long epochMillis) {
        ZonedDateTime time = Instant.ofEpochMilli(epochMillis).atZone(zone);
        for (Part part : parts) {
            part.append(out, time);
        }
    }

    private static Part part(OperatorCall call, char code) {
        return switch (code) {
            case 'Y' -> (out, time) -> out.append(time.getYear());
            case 'y' -> (out, time) -> digits(out, time.getYear() % 100, 2);
            case 'm' -> (out, time) -> digits(out, time.getMonthValue(), 2);
            case 'd' -> (out, time) -> digits(out, time.getDayOfMonth(), 2);
            case 'e' ->
                (out, time) -> out.append(time.getDayOfMonth() < 10 ? " " : "").append(time.getDayOfMonth());
            case 'j' -> (out, time) -> digits(out, time.getDayOfYear(), 3);
            case 'H' -> (out, time) -> digits(out, time.getHour(), 2);
            case 'I' -> (out, time) -> digits(out, (time.getHour() + 11) % 12 + 1, 2);
            case 'p' -> (out, time) -> out.append(time.getHour() < 12 ? "AM" : "PM");
            case 'M' -> (out, time) -> digits(out, time.getMinute(), 2);
            case 'S' -> (out, time) -> digits(out, time.getSecond(), 2);
            case 'f' -> fraction(9);
            case 's' -> (out, time) -> out.append(time.toEpochSecond());
            case 'a' -> (out, time) -> out.append(time.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH));
            case 'A' -> (out, time) -> out.append(time.getDayOfWeek().getDisplayName(TextStyle.FULL, Locale.ENGLISH));
            case 'b', 'h' -> (out, time) -> out.append(time.getMonth().getDisplayName(TextStyle.SHORT, Locale.ENGLISH));
            case 'B' -> (out, time) -> out.append(time.getMonth().getDisplayName(TextStyle.FULL, Locale.ENGLISH));
            case 'F' -> together(part(call, 'Y'), part(call, '-'), part(call, 'm'), part(call, '-'), part(call, 'd'));
            case 'T' -> together(part(call, 'H'), part(call, ':'), part(call, 'M'), part(call, ':'), part(call, 'S'));
            case 'R' -> together(part(call, 'H'), part(call, ':'), part(call, 'M'));
            case 'D' -> together(part(call, 'm'), part(call, '/'), part(call, 'd'), part(call, '/'), part(call, 'y'));
            case 'z' -> (out, time) -> offset(out, time, "");
            case 'Z' -> (out, time) -> out.append(zoneName(time));
            case 'n' -> (out, time) -> out.append('\n');
            case 't' -> (out, time) -> out.append('\t');
            case '%', '-', ':', '/' -> (out, time) -> out.append(code);
            default -> throw call.wrong("%" + code, "one of %Y %m %d %H %M %S %3f %s %F %T %z and the like");
        };
    }

    private static Part together(Part... parts) {
        return (out, time) -> {
            for (Part part : parts) {
                part.append(out, time);
            }
        };
    }

    private static Part fraction(int digits) {
        return (out, time) -> {
            int start = out.length();
            digits(out, time.getNano(), 9);
            out.setLength(start + digits);
        };
    }

    private static String zoneName(ZonedDateTime time) {
        return time.getOffset().getTotalSeconds() == 0
                ? "UTC"
                : time.getZone().getDisplayName(TextStyle.SHORT, Locale.ENGLISH);
    }

    private static void offset(StringBuilder out, ZonedDateTime time, String colon) {
        int minutes = time.getOffset().getTotalSeconds() / 60;
        out.append(minutes < 0 ? '-' : '+');
        digits(out, Math.abs(minutes) / 60, 2);
        out.append(colon);
        digits(out, Math.abs(minutes) % 60, 2);
    }

    private static void digits(StringBuilder out, int value, int width) {
        for (int limit = 10, left = width - 1; left > 0; left--, limit *= 10) {
            if (value < limit) {
                out.append("0".repeat(left));
                break;
            }
        }
        out.append(value);
    }
}
