package dev.attache.core.proxy;

import dev.attache.core.config.InternalAddressConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which addresses count as internal. Immutable. */
final class InternalAddresses {

    private static final class Range {
        private final byte[] prefix;
        private final int bits;

        Range(byte[] prefix, int bits) {
            this.prefix = prefix;
            this.bits = bits;
        }

        boolean contains(byte[] address) {
            if (address.length != prefix.length) {
                return false;
            }
            for (int bit = 0; bit < bits; bit += 8) {
                int unused = Math.max(0, 8 - (bits - bit));
                if (((address[bit / 8] ^ prefix[bit / 8]) & 0xff) >> unused != 0) {
                    return false;
                }
            }
            return true;
        }
    }

    private final boolean unixSockets;
    private final List<Range> ranges = new ArrayList<>();

    /**
     * Ranges of a configuration.
     *
     * @throws IllegalArgumentException when one is not {@code address/bits}
     */
    InternalAddresses(InternalAddressConfig config) {
        unixSockets = config.unixSockets();
        for (String range : config.cidrRanges()) {
            ranges.add(parse(range));
        }
    }

    private static Range parse(String text) {
        int slash = text.indexOf('/');
        try {
            byte[] prefix = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash))
                    .getAddress();
            int bits = slash < 0 ? prefix.length * 8 : Integer.parseInt(text.substring(slash + 1));
            if (bits < 0 || bits > prefix.length * 8) {
                throw new IllegalArgumentException("prefix length " + bits);
            }
            return new Range(prefix, bits);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(
                    "internal_address_config: " + text + " (expected: an address range such as 10.0.0.0/8)", wrong);
        }
    }

    boolean contains(@Nullable SocketAddress address) {
        return switch (address) {
            case InetSocketAddress inet when inet.getAddress() != null -> contains(inet.getAddress());
            case UnixDomainSocketAddress _ -> unixSockets;
            case null, default -> false;
        };
    }

    private boolean contains(InetAddress address) {
        byte[] bytes = address.getAddress();
        for (Range range : ranges) {
            if (range.contains(bytes)) {
                return true;
            }
        }
        return false;
    }
}
