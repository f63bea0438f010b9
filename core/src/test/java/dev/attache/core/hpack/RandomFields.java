package dev.attache.core.hpack;

import dev.attache.core.http.Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Heads of which fields are well-known or not, new or seen before, as they come on a connection. */
final class RandomFields {

    private static final String[] WELL_KNOWN = {
        "content-type",
        "Content-Type",
        "SERVER",
        "etag",
        "x-request-id",
        "cookie",
        "authorization",
        "vary",
        "accept",
        "user-agent",
        "x-forwarded-for",
        "traceparent",
        "set-cookie",
        "location",
        "date",
    };
    private static final String TOKEN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.!#$%&'*+^`|~";

    private final Random random;
    private final String nameCharacters;
    private final String valueCharacters;
    private final String prefix;
    private final List<String> names = new ArrayList<>(List.of(WELL_KNOWN));
    private final List<String> values = new ArrayList<>(List.of("", "a", "gzip, deflate", "text/html"));

    private RandomFields(long seed, String prefix, String nameCharacters, String valueCharacters) {
        random = new Random(seed);
        this.prefix = prefix;
        this.nameCharacters = nameCharacters;
        this.valueCharacters = valueCharacters;
    }

    /** All octets that can be sent. */
    static RandomFields ofAnyOctets(long seed) {
        StringBuilder all = new StringBuilder();
        for (char c = 1; c <= 0xFF; c++) {
            if (c != '\r' && c != '\n') {
                all.append(c);
            }
        }
        return new RandomFields(seed, "", all.toString(), all.toString());
    }

    /** Tokens that have no meaning for anyone, and visible characters of US-ASCII. */
    static RandomFields ofPlainText(long seed) {
        StringBuilder visible = new StringBuilder();
        for (char c = 0x21; c < 0x7F; c++) {
            visible.append(c);
        }
        return new RandomFields(seed, "x-", TOKEN, visible.toString());
    }

    int below(int bound) {
        return random.nextInt(bound);
    }

    /** A size of a table: none, very small, the usual ones, or anything. */
    int limit() {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> random.nextInt(200);
            case 2 -> 4096;
            case 3 -> 65536;
            default -> random.nextInt(65536);
        };
    }

    Headers headers() {
        Headers headers = new Headers(0);
        for (int i = random.nextInt(12); i > 0; i--) {
            headers.add(any(names, prefix, nameCharacters, 30), any(values, "", valueCharacters, 200));
        }
        return headers;
    }

    /** One of those that were there before, or a new one, which may come again. */
    private String any(List<String> before, String prefix, String characters, int longest) {
        if (random.nextInt(4) > 0) {
            return before.get(random.nextInt(before.size()));
        }
        StringBuilder text = new StringBuilder(prefix);
        int length = random.nextInt(10) == 0 ? random.nextInt(10 * longest) : random.nextInt(longest);
        for (int i = 0; i <= length; i++) {
            text.append(characters.charAt(random.nextInt(characters.length())));
        }
        String made = text.toString();
        if (before.size() < 100) {
            before.add(made);
        } else {
            before.set(WELL_KNOWN.length + random.nextInt(before.size() - WELL_KNOWN.length), made);
        }
        return made;
    }
}
