package dev.attache.core.net;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a resolv.conf says.
 *
 * @param servers  servers in the order in which they are asked; the one on this machine where none is named
 * @param search   domains that are tried behind a name
 * @param ndots    dots from which on a name is tried as it stands first, 0 to 15; default 1
 * @param attempts rounds over the servers, 1 to 5; default 2
 * @param timeout  limit of one question to one server; default 5 s
 * @param tcpOnly  asks over TCP alone
 * @see <a href="https://man7.org/linux/man-pages/man5/resolv.conf.5.html">resolv.conf(5)</a>
 */
record ResolvConf(
        List<InetSocketAddress> servers,
        List<String> search,
        int ndots,
        int attempts,
        Duration timeout,
        boolean tcpOnly) {

    private static final int PORT = 53;
    private static final Pattern SPACES = Pattern.compile("\\s+");

    ResolvConf {
        servers = servers.isEmpty()
                ? List.of(new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), PORT))
                : List.copyOf(servers);
        search = List.copyOf(search);
    }

    /** Reads the lines; what is not understood is passed over, as the C library does. */
    static ResolvConf parse(List<String> lines) {
        List<InetSocketAddress> servers = new ArrayList<>();
        List<String> search = List.of();
        List<String> options = new ArrayList<>();
        for (String line : lines) {
            List<String> words = SPACES.splitAsStream(line.strip()).toList();
            List<String> values = words.subList(1, words.size());
            switch (words.getFirst()) {
                case "nameserver" -> {
                    InetAddress server = values.isEmpty() ? null : Literals.parse(values.getFirst());
                    if (server != null) {
                        servers.add(new InetSocketAddress(server, PORT));
                    }
                }
                case "search", "domain" -> search = values; // the last line counts
                case "options" -> options.addAll(values);
                default -> {}
            }
        }
        return new ResolvConf(
                servers,
                search,
                number(options, "ndots:", 1, 0, 15),
                number(options, "attempts:", 2, 1, 5),
                Duration.ofSeconds(number(options, "timeout:", 5, 1, 30)),
                options.contains("use-vc"));
    }

    private static int number(List<String> options, String key, int otherwise, int min, int max) {
        int value = otherwise;
        for (String option : options) {
            if (option.startsWith(key)) {
                try {
                    value = Math.clamp(Integer.parseInt(option, key.length(), option.length(), 10), min, max);
                } catch (NumberFormatException e) {
                    // The default stays.
                }
            }
        }
        return value;
    }

    /** The absolute names, ending in a dot, that a name stands for, in the order in which they are tried. */
    List<String> candidates(String name) {
        if (name.endsWith(".")) {
            return List.of(name);
        }
        String itself = name + ".";
        List<String> names = new ArrayList<>(search.size() + 1);
        for (String domain : search) {
            String absolute = domain.endsWith(".") ? domain : domain + ".";
            names.add(absolute.equals(".") ? itself : itself + absolute);
        }
        boolean asItStandsFirst = name.chars().filter(c -> c == '.').count() >= ndots;
        names.remove(itself);
        names.add(asItStandsFirst ? 0 : names.size(), itself);
        return names;
    }

    ResolvConf withSearch(List<String> other) {
        return new ResolvConf(servers, other, ndots, attempts, timeout, tcpOnly);
    }

    ResolvConf withServers(List<InetSocketAddress> others) {
        return new ResolvConf(others, search, ndots, attempts, timeout, tcpOnly);
    }
}
