package dev.attache.core.config.yaml;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.Collectors;

/** Words of error messages: found text made safe to print, and known names that are close to one found. */
public final class Words {

    private static final int LONGEST_SHOWN = 80;
    private static final int LONGEST_COMPARED = 100;
    private static final int MOST_LISTED = 20;

    private Words() {}

    /** A key as a part of a path: as it stands, unless it is so long that all paths below it would be too. */
    static String key(String key) {
        return key.length() > LONGEST_SHOWN ? shown(key) : key;
    }

    /**
     * {@code text} on one line, shortened, without control characters; empty text is shown as quotes, and PEM, which may
     * be a key that stands in a wrong place, not at all.
     */
    public static String shown(String text) {
        if (isPem(text)) {
            return "PEM";
        }
        if (text.isEmpty()) {
            return "\"\"";
        }
        StringBuilder out = new StringBuilder();
        int length = Math.min(text.length(), LONGEST_SHOWN);
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                default -> {
                    if (Character.isISOControl(c)) {
                        out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        return text.length() > LONGEST_SHOWN ? out.append("...").toString() : out.toString();
    }

    /** The first few of some names, and how many more there are. */
    public static String listed(Collection<String> names) {
        String first = names.stream().limit(MOST_LISTED).collect(Collectors.joining(", "));
        return names.size() > MOST_LISTED ? first + " and " + (names.size() - MOST_LISTED) + " more" : first;
    }

    /** Whether a text holds certificates or a key. */
    public static boolean isPem(String text) {
        return text.contains("-----BEGIN ");
    }

    /**
     * The known name that is closest to {@code found}, or an empty text where none is close: at most one edit
     * (insertion, deletion, replacement or swap of neighbours) for each three letters. Case and the choice between
     * dash and underscore do not count.
     */
    public static String closest(String found, Collection<String> known) {
        String wanted = canonical(found);
        int best = Math.max(1, wanted.length() / 3) + 1;
        String closest = "";
        if (wanted.length() > LONGEST_COMPARED) {
            return closest;
        }
        for (String candidate : known) {
            if (Math.abs(candidate.length() - wanted.length()) < best && !candidate.equals(found)) {
                int distance = distance(wanted, canonical(candidate));
                if (distance < best) {
                    best = distance;
                    closest = candidate;
                }
            }
        }
        return closest;
    }

    private static String canonical(String name) {
        return name.toLowerCase(Locale.ROOT).replace('-', '_');
    }

    /** Optimal string alignment distance, by the three last rows of the usual table. */
    private static int distance(String a, String b) {
        int[] beforeLast = new int[b.length() + 1];
        int[] last = new int[b.length() + 1];
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            last[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(replaced, Math.min(last[j], row[j - 1]) + 1);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
                }
            }
            int[] spare = beforeLast;
            beforeLast = last;
            last = row;
            row = spare;
        }
        return last[b.length()];
    }
}
