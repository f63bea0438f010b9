package dev.attache.admin;

import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.HeaderMatch;
import dev.attache.core.config.PemSource;
import dev.attache.core.config.SecretFile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Path;
import java.time.Duration;
import java.util.AbstractList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Turns configuration records into maps and lists for {@code /config_dump}: component names in lower_case, durations in
 * seconds, absent values left out, and values that may be secrets redacted.
 */
final class RecordTree {

    private static final Set<String> SECRET_HEADERS =
            Set.of("authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "x-auth-token");

    private RecordTree() {}

    static Object of(Object value) {
        return switch (value) {
            case HeaderAddition header
            when isSecret(header.name()) ->
                ofRecord(new HeaderAddition(header.name(), "[redacted]", header.action(), header.keepEmpty()));
            case HeaderMatch match
            when isSecret(match.name()) -> {
                Map<String, Object> members = ofRecord(match);
                members.put("test", "[redacted]");
                yield members;
            }
            case PemSource.File file -> file.toString();
            // A bundle may hold a key as well.
            case PemSource.Inline _ -> "[redacted]";
            case SecretFile<?> secret -> secret.file().toString();
            case Record part -> ofRecord(part);
            case Collection<?> items -> new Made(List.copyOf(items));
            case Map<?, ?> map -> {
                Map<String, Object> members = new LinkedHashMap<>();
                map.forEach((key, member) -> members.put(key.toString(), of(member)));
                yield members;
            }
            case Duration duration -> seconds(duration);
            case Path path -> path.toString();
            case Enum<?> constant -> constant.name();
            default -> value;
        };
    }

    /** A list whose parts are made when they are asked for: of a large configuration there is one at a time. */
    private static final class Made extends AbstractList<Object> {
        private final List<?> of;

        Made(List<?> of) {
            this.of = of;
        }

        @Override
        public Object get(int index) {
            return RecordTree.of(of.get(index));
        }

        @Override
        public int size() {
            return of.size();
        }
    }

    private static boolean isSecret(String header) {
        return SECRET_HEADERS.contains(header.toLowerCase(Locale.ROOT));
    }

    private static Map<String, Object> ofRecord(Record part) {
        Map<String, Object> members = new LinkedHashMap<>();
        Class<?> type = part.getClass();
        if (type.isMemberClass() || type.getInterfaces().length > 0) {
            members.put("kind", lowerCase(type.getSimpleName()));
        }
        for (RecordComponent component : type.getRecordComponents()) {
            Object value = read(part, component);
            if (value instanceof Optional<?> optional) {
                optional.ifPresent(present -> members.put(lowerCase(component.getName()), of(present)));
            } else {
                members.put(lowerCase(component.getName()), of(value));
            }
        }
        return members;
    }

    private static Object read(Record part, RecordComponent component) {
        try {
            return component.getAccessor().invoke(part);
        } catch (IllegalAccessException | InvocationTargetException unreadable) {
            throw new IllegalStateException(component + " of " + part.getClass(), unreadable);
        }
    }

    private static String seconds(Duration duration) {
        String text = duration.getSeconds() + "."
                + String.format(Locale.ROOT, "%09d", duration.getNano()).replaceAll("0+$", "");
        return (text.endsWith(".") ? text.substring(0, text.length() - 1) : text) + "s";
    }

    private static String lowerCase(String name) {
        StringBuilder out = new StringBuilder(name.length() + 4);
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            boolean word = c >= 'A' && c <= 'Z' && i > 0 && isLowerOrDigit(name.charAt(i - 1));
            out.append(word ? "_" : "").append(Character.toLowerCase(c));
        }
        return out.toString();
    }

    private static boolean isLowerOrDigit(char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    }
}
