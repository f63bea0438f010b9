package dev.attache.core.net;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/** The names of a hosts file, in lower case, and their addresses in the order of the file. */
record HostsFile(Map<String, List<InetAddress>> names) {

    private static final Pattern SPACES = Pattern.compile("\\s+");

    /** Reads {@code address name...} lines; what is no such line is passed over, as the C library does. */
    static HostsFile parse(List<String> lines) {
        Map<String, List<InetAddress>> names = new HashMap<>();
        for (String line : lines) {
            int comment = line.indexOf('#');
            String text = comment < 0 ? line : line.substring(0, comment);
            List<String> words = SPACES.splitAsStream(text.strip()).toList();
            InetAddress address = Literals.parse(words.getFirst());
            if (address == null) {
                continue;
            }
            for (String name : words.subList(1, words.size())) {
                names.computeIfAbsent(key(name), absent -> new ArrayList<>(1)).add(address);
            }
        }
        return new HostsFile(names);
    }

    /** The addresses of a name; empty where the file does not name it. */
    List<InetAddress> addresses(String name) {
        return names.getOrDefault(key(name), List.of());
    }

    private static String key(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }
}
