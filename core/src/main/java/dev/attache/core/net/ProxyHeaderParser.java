package dev.attache.core.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Finds a {@link ProxyHeader} at the beginning of what a peer sends, from however much of it is here. Strict: what is
 * almost a header is malformed and not the beginning of something else, or a client could smuggle one in.
 */
public final class ProxyHeaderParser {

    /** What the bytes are. */
    public sealed interface Result {}

    /** They may become a header; more of them are needed. */
    public record More() implements Result {}

    /** They are not the beginning of a header. */
    public record Absent() implements Result {}

    /** They are a header that is not to be understood. */
    public record Malformed(String reason) implements Result {}

    /**
     * They begin with a header.
     *
     * @param length bytes of it
     */
    public record Found(ProxyHeader header, int length) implements Result {}

    /** Bytes of version 2 before the addresses. */
    static final int FIXED_BYTES_2 = 16;

    /** The longest header that is taken: addresses, and extensions up to 4 KiB together. */
    public static final int MOST_BYTES = FIXED_BYTES_2 + 4096;

    private static final byte[] SIGNATURE_1 = "PROXY ".getBytes(StandardCharsets.US_ASCII);
    private static final int MOST_BYTES_1 = 107;
    private static final int FIELDS_1 = 6;
    private static final int LAST_PORT = 65_535;
    private static final int MOST_PORT_DIGITS = 5;
    private static final int TCP4_BYTES = 12;
    private static final int TCP6_BYTES = 36;
    private static final int UNIX_BYTES = 216;
    private static final int EXTENSION_HEAD = 3;
    private static final int CRC32C_TYPE = 3;
    private static final int CRC32C_BYTES = 4;

    private static final More MORE = new More();
    private static final Absent ABSENT = new Absent();

    private ProxyHeaderParser() {}

    /** Looks at the bytes from the position to the limit, and leaves them where they are. */
    public static Result parse(ByteBuffer bytes) {
        if (!bytes.hasRemaining()) {
            return MORE;
        }
        boolean two = bytes.get(bytes.position()) == ProxyHeader.SIGNATURE_2[0];
        byte[] signature = two ? ProxyHeader.SIGNATURE_2 : SIGNATURE_1;
        int known = Math.min(signature.length, bytes.remaining());
        for (int i = 0; i < known; i++) {
            if (bytes.get(bytes.position() + i) != signature[i]) {
                return ABSENT;
            }
        }
        if (known < signature.length) {
            return MORE;
        }
        ByteBuffer view = bytes.slice();
        return two ? binary(view) : line(view);
    }

    private static Malformed malformed(String reason) {
        return new Malformed(reason);
    }

    private static Result line(ByteBuffer bytes) {
        int most = Math.min(bytes.remaining(), MOST_BYTES_1);
        for (int i = SIGNATURE_1.length; i < most; i++) {
            if (bytes.get(i) == '\n') {
                if (bytes.get(i - 1) != '\r') {
                    return malformed("a line that ends without CR");
                }
                byte[] line = new byte[i - 1];
                bytes.get(0, line);
                return line(new String(line, StandardCharsets.ISO_8859_1), i + 1);
            }
        }
        return most == MOST_BYTES_1 ? malformed("more than " + MOST_BYTES_1 + " bytes of a line") : MORE;
    }

    private static Result line(String line, int length) {
        String[] fields = line.split(" ", -1);
        if (fields[1].equals("UNKNOWN")) {
            return new Found(ProxyHeader.LOCAL, length); // What else it says is to be ignored.
        }
        boolean four = fields[1].equals("TCP4");
        if (fields.length != FIELDS_1 || !(four || fields[1].equals("TCP6"))) {
            return malformed("neither TCP4 nor TCP6 with two addresses and two ports");
        }
        InetAddress source = address(fields[2], four);
        InetAddress destination = address(fields[3], four);
        int sourcePort = port(fields[4]);
        int destinationPort = port(fields[5]);
        if (source == null || destination == null) {
            return malformed("an address that is none");
        }
        if (sourcePort < 0 || destinationPort < 0) {
            return malformed("a port that is none");
        }
        return found(source, sourcePort, destination, destinationPort, length);
    }

    private static Found found(
            InetAddress source, int sourcePort, InetAddress destination, int destinationPort, int length) {
        return new Found(
                new ProxyHeader(
                        new InetSocketAddress(source, sourcePort), new InetSocketAddress(destination, destinationPort)),
                length);
    }

    private static @Nullable InetAddress address(String text, boolean four) {
        boolean six = text.indexOf(':') >= 0;
        if (six == four || !text.chars().allMatch(c -> c == '.' || c == ':' || Character.digit(c, 16) >= 0)) {
            return null;
        }
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            // Java takes 1.2 for an address as well, as the C library does.
            return four
                            && !(address instanceof Inet4Address
                                    && address.getHostAddress().equals(text))
                    ? null
                    : address;
        } catch (IllegalArgumentException none) {
            return null;
        }
    }

    private static int port(String text) {
        if (text.isEmpty() || text.length() > MOST_PORT_DIGITS || (text.length() > 1 && text.charAt(0) == '0')) {
            return -1;
        }
        int port = 0;
        for (int i = 0; i < text.length(); i++) {
            char digit = text.charAt(i);
            if (digit < '0' || digit > '9') {
                return -1;
            }
            port = 10 * port + digit - '0';
        }
        return port > LAST_PORT ? -1 : port;
    }

    private static Result binary(ByteBuffer bytes) {
        if (bytes.remaining() < FIXED_BYTES_2) {
            return MORE;
        }
        int versionAndCommand = bytes.get(ProxyHeader.SIGNATURE_2.length) & 0xff;
        int family = bytes.get(ProxyHeader.SIGNATURE_2.length + 1) & 0xff;
        int length = FIXED_BYTES_2 + (bytes.getShort(ProxyHeader.SIGNATURE_2.length + 2) & 0xffff);
        int command = versionAndCommand & 0x0f;
        if ((versionAndCommand & 0xf0) != ProxyHeader.VERSION_2 || command > ProxyHeader.COMMAND_PROXY) {
            return malformed("an unknown version or command");
        }
        if (length > MOST_BYTES) {
            return malformed("more than " + MOST_BYTES + " bytes");
        }
        if (command == ProxyHeader.COMMAND_LOCAL) {
            // What else it says is to be ignored.
            return bytes.remaining() < length ? MORE : new Found(ProxyHeader.LOCAL, length);
        }
        int addressBytes = addressBytes(family);
        if (addressBytes < 0) {
            return malformed("an unknown or connectionless protocol");
        }
        if (length < FIXED_BYTES_2 + addressBytes) {
            return malformed("addresses that are cut");
        }
        if (bytes.remaining() < length) {
            return MORE;
        }
        String wrong = family == ProxyHeader.UNSPECIFIED
                ? null
                : checkExtensions(bytes.slice(0, length), FIXED_BYTES_2 + addressBytes);
        return wrong == null ? binary(bytes, family, length) : malformed(wrong);
    }

    /** Bytes of the addresses of a protocol; -1 where it is none that runs over connections. */
    private static int addressBytes(int family) {
        return switch (family) {
            case ProxyHeader.UNSPECIFIED -> 0;
            case ProxyHeader.TCP4 -> TCP4_BYTES;
            case ProxyHeader.TCP6 -> TCP6_BYTES;
            case ProxyHeader.UNIX_STREAM -> UNIX_BYTES;
            default -> -1;
        };
    }

    private static Found binary(ByteBuffer bytes, int family, int length) {
        if (family != ProxyHeader.TCP4 && family != ProxyHeader.TCP6) {
            return new Found(ProxyHeader.LOCAL, length);
        }
        int size = family == ProxyHeader.TCP4 ? 4 : 16;
        ByteBuffer addresses = bytes.slice(FIXED_BYTES_2, length - FIXED_BYTES_2);
        InetAddress source = address(addresses, size);
        InetAddress destination = address(addresses, size);
        return found(source, addresses.getShort() & 0xffff, destination, addresses.getShort() & 0xffff, length);
    }

    private static InetAddress address(ByteBuffer from, int size) {
        byte[] raw = new byte[size];
        from.get(raw);
        try {
            return InetAddress.getByAddress(raw);
        } catch (UnknownHostException never) {
            throw new IllegalStateException(never); // The size is right.
        }
    }

    /** Returns what is wrong with the extensions (TLVs) of a header; null for nothing. Only the checksum is heeded. */
    private static @Nullable String checkExtensions(ByteBuffer header, int from) {
        int at = from;
        while (at < header.limit()) {
            if (header.limit() - at < EXTENSION_HEAD) {
                return "an extension that is cut";
            }
            int value = at + EXTENSION_HEAD;
            int length = header.getShort(at + 1) & 0xffff;
            if (length > header.limit() - value) {
                return "an extension that is cut";
            }
            if (header.get(at) == CRC32C_TYPE && !hasChecksum(header, value, length)) {
                return "a wrong checksum";
            }
            at = value + length;
        }
        return null;
    }

    /** Whether the checksum is that of the header with zeros in its place. */
    private static boolean hasChecksum(ByteBuffer header, int at, int length) {
        if (length != CRC32C_BYTES) {
            return false;
        }
        CRC32C sum = new CRC32C();
        sum.update(header.slice(0, at));
        sum.update(new byte[CRC32C_BYTES]);
        sum.update(header.slice(at + length, header.limit() - at - length));
        return (int) sum.getValue() == header.getInt(at);
    }
}
