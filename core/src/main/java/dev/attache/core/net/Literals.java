package dev.attache.core.net;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Addresses written as such. */
public final class Literals {

    /** All four parts: the JDK also takes {@code 127.1} and {@code 10}, which may be names. */
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");

    private Literals() {}

    /** The address that a text is, without any look-up; null where it is a name. Its host name is the text. */
    public static @Nullable InetAddress parse(String text) {
        if (text.indexOf(':') < 0 && !IPV4.matcher(text).matches()) {
            return null;
        }
        try {
            return named(text, InetAddress.ofLiteral(text));
        } catch (IllegalArgumentException e) {
            return null;
        }
    }

    /** An address that answers with a name without asking anyone. A scope is kept. */
    static InetAddress named(String name, InetAddress address) {
        try {
            return switch (address) {
                case Inet6Address v6
                when v6.getScopedInterface() != null ->
                    Inet6Address.getByAddress(name, v6.getAddress(), v6.getScopedInterface());
                case Inet6Address v6
                when v6.getScopeId() != 0 -> Inet6Address.getByAddress(name, v6.getAddress(), v6.getScopeId());
                default -> InetAddress.getByAddress(name, address.getAddress());
            };
        } catch (UnknownHostException e) {
            throw new IllegalStateException("an address of " + address.getAddress().length + " bytes", e);
        }
    }
}
