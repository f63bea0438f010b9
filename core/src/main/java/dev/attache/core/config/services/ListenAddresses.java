package dev.attache.core.config.services;

import dev.attache.core.config.yaml.Value;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;

/** The IP addresses that listeners are bound to. */
final class ListenAddresses {

    private ListenAddresses() {}

    /** One address or a list of them. */
    static List<String> read(Value value) {
        List<String> addresses = new ArrayList<>();
        for (Value item : value.items()) {
            item.string().ifPresent(text -> {
                if (text.equals("localhost")) {
                    addresses.add("127.0.0.1");
                } else if (isIp(text)) {
                    addresses.add(text);
                } else {
                    item.error("an IP address");
                }
            });
        }
        return addresses;
    }

    /** What listen_ipv6 stands for where no address is given. */
    static List<String> byFamily(Dialect dialect, boolean ipv6) {
        String four = dialect == Dialect.NATIVE ? "127.0.0.1" : "0.0.0.0";
        String six = dialect == Dialect.NATIVE ? "::1" : "::";
        return ipv6 ? List.of(six, four) : List.of(four);
    }

    private static boolean isIp(String text) {
        try {
            return InetAddress.ofLiteral(text).getHostAddress().length() > 0;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }
}
