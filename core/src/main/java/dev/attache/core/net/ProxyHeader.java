package dev.attache.core.net;

import dev.attache.core.config.ProxyProtocolVersion;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What a connection begins with to tell for whom it was opened (PROXY protocol). Read by {@link ProxyHeaderParser}.
 *
 * @param source      the client; null where the connection was opened for nobody but its own peer, or for somebody who
 *     cannot be named
 * @param destination the address that the client has reached; null together with {@code source}
 * @see <a href="https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt">The PROXY protocol, versions 1 and 2</a>
 */
public record ProxyHeader(
        @Nullable InetSocketAddress source, @Nullable InetSocketAddress destination) {

    /** Names nobody: the addresses of the connection itself count. */
    public static final ProxyHeader LOCAL = new ProxyHeader(null, null);

    static final byte[] SIGNATURE_2 = {'\r', '\n', '\r', '\n', 0, '\r', '\n', 'Q', 'U', 'I', 'T', '\n'};
    static final int VERSION_2 = 0x20;
    static final int COMMAND_LOCAL = 0;
    static final int COMMAND_PROXY = 1;
    static final int UNSPECIFIED = 0;
    static final int TCP4 = 0x11;
    static final int TCP6 = 0x21;
    static final int UNIX_STREAM = 0x31;

    private static final int IPV4_BYTES = 4;
    private static final int IPV6_BYTES = 16;
    private static final int PORT_BYTES = 2;

    /** The header for a client; {@link #LOCAL} where there is none, or it is on a unix socket. */
    public static ProxyHeader of(@Nullable SocketAddress client, @Nullable SocketAddress reached) {
        return client instanceof InetSocketAddress source
                        && reached instanceof InetSocketAddress destination
                        && !source.isUnresolved()
                        && !destination.isUnresolved()
                ? new ProxyHeader(source, destination)
                : LOCAL;
    }

    /** The bytes of this header. */
    public byte[] bytes(ProxyProtocolVersion version) {
        return switch (version) {
            case V1 -> line().getBytes(StandardCharsets.US_ASCII);
            case V2 -> binary();
        };
    }

    private String line() {
        if (source == null || destination == null) {
            return "PROXY UNKNOWN\r\n";
        }
        boolean four = isIpv4(source, destination);
        return "PROXY " + (four ? "TCP4 " : "TCP6 ") + text(source.getAddress(), four) + ' '
                + text(destination.getAddress(), four) + ' ' + source.getPort() + ' ' + destination.getPort() + "\r\n";
    }

    private byte[] binary() {
        if (source == null || destination == null) {
            return binary(COMMAND_LOCAL, UNSPECIFIED, 0).array();
        }
        boolean four = isIpv4(source, destination);
        return binary(COMMAND_PROXY, four ? TCP4 : TCP6, 2 * ((four ? IPV4_BYTES : IPV6_BYTES) + PORT_BYTES))
                .put(raw(source.getAddress(), four))
                .put(raw(destination.getAddress(), four))
                .putShort((short) source.getPort())
                .putShort((short) destination.getPort())
                .array();
    }

    private static ByteBuffer binary(int command, int family, int length) {
        return ByteBuffer.allocate(ProxyHeaderParser.FIXED_BYTES_2 + length)
                .put(SIGNATURE_2)
                .put((byte) (VERSION_2 | command))
                .put((byte) family)
                .putShort((short) length);
    }

    private static boolean isIpv4(InetSocketAddress source, InetSocketAddress destination) {
        return source.getAddress() instanceof Inet4Address && destination.getAddress() instanceof Inet4Address;
    }

    private static String text(InetAddress address, boolean four) {
        if (address instanceof Inet6Address) {
            String text = address.getHostAddress();
            int scope = text.indexOf('%');
            return scope < 0 ? text : text.substring(0, scope);
        }
        return (four ? "" : "::ffff:") + address.getHostAddress();
    }

    private static byte[] raw(InetAddress address, boolean four) {
        byte[] raw = address.getAddress();
        if (four || raw.length == IPV6_BYTES) {
            return raw;
        }
        return ByteBuffer.allocate(IPV6_BYTES)
                .position(IPV6_BYTES - IPV4_BYTES - 2)
                .putShort((short) 0xffff)
                .put(raw)
                .array();
    }
}
