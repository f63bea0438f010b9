package dev.attache.tls;

import java.util.ArrayList;
import java.util.List;

/** Lists in the manner of OpenSSL. */
final class Lists {

    private Lists() {}

    /** The names of a list whose entries may be joined by colons, with {@code [A|B]} for equals. */
    static List<String> split(List<String> entries, Field field) {
        List<String> names = new ArrayList<>();
        for (String entry : entries) {
            for (String item : entry.split(":", -1)) {
                String part = item.strip();
                if (part.startsWith("[") && part.endsWith("]")) {
                    for (String equal : part.substring(1, part.length() - 1).split("\\|", -1)) {
                        names.add(name(equal, entry, field));
                    }
                } else {
                    names.add(name(part, entry, field));
                }
            }
        }
        return names;
    }

    private static String name(String text, String entry, Field field) {
        String name = text.strip();
        if (name.isEmpty() || name.indexOf('[') >= 0 || name.indexOf(']') >= 0 || name.indexOf('|') >= 0) {
            throw field.wrong(entry, "names joined by colons, groups of equals as [A|B]");
        }
        return name;
    }
}
