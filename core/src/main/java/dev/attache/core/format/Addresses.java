package dev.attache.core.format;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Addresses as texts: {@code 10.0.0.1:80}, {@code [2001:db8::1]:80}, the path of a unix socket. Never looks up a name. */
final class Addresses {

    private Addresses() {}

    static boolean append(StringBuilder out, @Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress socket)) {
            return appendHost(out, address);
        }
        boolean brackets = socket.getAddress() instanceof Inet6Address;
        if (brackets) {
            out.append('[');
        }
        appendHost(out, socket);
        out.append(brackets ? "]:" : ":").append(socket.getPort());
        return true;
    }

    static boolean appendHost(StringBuilder out, @Nullable SocketAddress address) {
        if (!(address instanceof InetSocketAddress socket)) {
            String path = address == null ? "" : address.toString();
            out.append(path);
            return !path.isEmpty();
        }
        InetAddress host = socket.getAddress();
        if (host == null) {
            out.append(socket.getHostString());
        } else if (host instanceof Inet6Address) {
            appendIpv6(out, host.getAddress());
        } else {
            out.append(host.getHostAddress());
        }
        return true;
    }

    /** The longest run of zero groups is {@code ::}, as RFC 5952 has it. */
    private static void appendIpv6(StringBuilder out, byte[] bytes) {
        int[] groups = new int[8];
        int zeros = 0;
        int longest = 0;
        int longestEnd = -1;
        for (int i = 0; i < groups.length; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
            zeros = groups[i] == 0 ? zeros + 1 : 0;
            if (zeros > longest) {
                longest = zeros;
                longestEnd = i + 1;
            }
        }
        int skipFrom = longest > 1 ? longestEnd - longest : -1;
        for (int i = 0; i < groups.length; i++) {
            if (i == skipFrom) {
                out.append("::");
                i += longest - 1;
            } else {
                if (i > 0 && out.charAt(out.length() - 1) != ':') {
                    out.append(':');
                }
                out.append(Integer.toHexString(groups[i]));
            }
        }
    }

    static String withoutPort(String name) {
        int colon = name.lastIndexOf(':');
        return colon < 0 || name.indexOf(':') != colon ? name : name.substring(0, colon);
    }
}
