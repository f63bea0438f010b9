package dev.attache.core.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.ProxyProtocolVersion;
import dev.attache.core.net.ProxyHeaderParser.Absent;
import dev.attache.core.net.ProxyHeaderParser.Found;
import dev.attache.core.net.ProxyHeaderParser.Malformed;
import dev.attache.core.net.ProxyHeaderParser.More;
import dev.attache.core.net.ProxyHeaderParser.Result;
import java.io.ByteArrayOutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {

    private static final String REST = "GET / HTTP/1.1\r\n";
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";
    private static final String FOUR = "c0000201cb007101" + "1267" + "01bb"; // 192.0.2.1:4711 to 203.0.113.1:443
    private static final String SIX =
            "20010db8000000000000000000000001" + "20010db8000000000000000000000002" + "12670050";

    private static InetSocketAddress address(String host, int port) {
        return new InetSocketAddress(InetAddress.ofLiteral(host), port);
    }

    private static Result parse(String text) {
        return ProxyHeaderParser.parse(ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1)));
    }

    private static Result parseHex(String digits) {
        return ProxyHeaderParser.parse(ByteBuffer.wrap(HexFormat.of().parseHex(digits)));
    }

    /** What is found with more behind it, once it was shown that every beginning of it asks for more. */
    private static Found found(byte[] header) {
        for (int length = 0; length < header.length; length++) {
            assertThat(ProxyHeaderParser.parse(ByteBuffer.wrap(header, 0, length)))
                    .as("the first %s bytes", length)
                    .isInstanceOf(More.class);
        }
        byte[] rest = REST.getBytes(StandardCharsets.US_ASCII);
        ByteBuffer all = ByteBuffer.allocate(3 + header.length + rest.length)
                .position(3)
                .put(header)
                .put(rest)
                .flip()
                .position(3);
        Found found = (Found) ProxyHeaderParser.parse(all);
        assertThat(found.length()).isEqualTo(header.length);
        assertThat(all.position()).isEqualTo(3);
        return found;
    }

    @ParameterizedTest
    @CsvSource({
        "V1, 192.0.2.1,           203.0.113.1",
        "V1, 2001:db8::1,         2001:db8::2",
        "V1, 192.0.2.1,           2001:db8::2",
        "V2, 192.0.2.1,           203.0.113.1",
        "V2, 2001:db8::1,         2001:db8::2",
        "V2, 2001:db8::1,         203.0.113.1"
    })
    void readsWhatItHasWrittenHoweverItArrives(ProxyProtocolVersion version, String source, String destination) {
        ProxyHeader header = ProxyHeader.of(address(source, 65_535), address(destination, 1));

        assertThat(found(header.bytes(version)).header()).isEqualTo(header);
    }

    @ParameterizedTest
    @EnumSource(ProxyProtocolVersion.class)
    void namesNobodyWhereThereIsNobodyToName(ProxyProtocolVersion version) {
        InetSocketAddress some = address("192.0.2.1", 1);

        assertThat(ProxyHeader.of(null, null)).isEqualTo(ProxyHeader.LOCAL);
        assertThat(ProxyHeader.of(some, UnixDomainSocketAddress.of("/tmp/s"))).isEqualTo(ProxyHeader.LOCAL);
        assertThat(found(ProxyHeader.LOCAL.bytes(version)).header()).isEqualTo(ProxyHeader.LOCAL);
    }

    @Test
    void writesTheFormsOfTheSpecification() {
        ProxyHeader four = ProxyHeader.of(address("192.0.2.1", 4711), address("203.0.113.1", 443));
        ProxyHeader six = ProxyHeader.of(address("2001:db8::1", 4711), address("2001:db8::2", 80));

        assertThat(new String(four.bytes(ProxyProtocolVersion.V1), StandardCharsets.US_ASCII))
                .isEqualTo("PROXY TCP4 192.0.2.1 203.0.113.1 4711 443\r\n");
        assertThat(new String(six.bytes(ProxyProtocolVersion.V1), StandardCharsets.US_ASCII))
                .isEqualTo("PROXY TCP6 2001:db8:0:0:0:0:0:1 2001:db8:0:0:0:0:0:2 4711 80\r\n");
        assertThat(four.bytes(ProxyProtocolVersion.V2))
                .asHexString()
                .isEqualToIgnoringCase(SIGNATURE + "2111000c" + FOUR);
        assertThat(six.bytes(ProxyProtocolVersion.V2))
                .asHexString()
                .isEqualToIgnoringCase(SIGNATURE + "21210024" + SIX);
        assertThat(ProxyHeader.LOCAL.bytes(ProxyProtocolVersion.V2))
                .asHexString()
                .isEqualToIgnoringCase(SIGNATURE + "20000000");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "20000000",
                "2011000c" + FOUR, // LOCAL: the addresses are not heeded
                "20000003ffffff",
                "20ff0001ff",
                "21000000",
                "21000003ffffff" // UNSPEC: what follows is not to be understood
            })
    void takesTheConnectionForItsOwnWhereNobodyIsNamed(String rest) {
        assertThat(found(HexFormat.of().parseHex(SIGNATURE + rest)).header()).isEqualTo(ProxyHeader.LOCAL);
    }

    @Test
    void namesNobodyForUnixSocketsAndUnknownTransports() {
        assertThat(found(HexFormat.of().parseHex(SIGNATURE + "213100d8" + "2f".repeat(216)))
                        .header())
                .isEqualTo(ProxyHeader.LOCAL);
        assertThat(found("PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII))
                        .header())
                .isEqualTo(ProxyHeader.LOCAL);
        assertThat(found("PROXY UNKNOWN ::1 what ever 1 2 3\r\n".getBytes(StandardCharsets.US_ASCII))
                        .header())
                .isEqualTo(ProxyHeader.LOCAL);
    }

    @Test
    void passesOverExtensionsAndVerifiesTheChecksum() {
        byte[] plain = HexFormat.of().parseHex(SIGNATURE + "21110018" + FOUR + "0400020000" + "03000400000000");
        CRC32C sum = new CRC32C();
        sum.update(plain);
        byte[] right = ByteBuffer.wrap(plain.clone())
                .putInt(plain.length - 4, (int) sum.getValue())
                .array();

        assertThat(found(right).header().source()).isEqualTo(address("192.0.2.1", 4711));
        assertThat(ProxyHeaderParser.parse(ByteBuffer.wrap(plain))).isEqualTo(new Malformed("a wrong checksum"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"GET / HTTP/1.1\r\n", "POST", "PRI * ", "PROX\u0000", "proxy TCP4", "\r\n\r\nG", "\u0016\u0003"})
    void isNoHeaderWhereItBeginsLikeNone(String text) {
        assertThat(parse(text)).isInstanceOf(Absent.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY \r\n",
                "PROXY / HTTP/1.1\r\n",
                "PROXY TCP4\r\n",
                "PROXY TCP5 192.0.2.1 192.0.2.2 1 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 3\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 2 \r\n",
                "PROXY TCP4  192.0.2.1 192.0.2.2 1 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 2\n",
                "PROXY TCP4 192.0.2.1 192.0.2 1 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.256 1 2\r\n",
                "PROXY TCP4 192.0.2.01 192.0.2.2 1 2\r\n",
                "PROXY TCP4 ::1 192.0.2.2 1 2\r\n",
                "PROXY TCP4 localhost 192.0.2.2 1 2\r\n",
                "PROXY TCP6 192.0.2.1 ::1 1 2\r\n",
                "PROXY TCP6 [::1] ::1 1 2\r\n",
                "PROXY TCP6 ::1%lo ::1 1 2\r\n",
                "PROXY TCP6 :::1 ::1 1 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 -1 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 01 2\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 65536\r\n",
                "PROXY TCP4 192.0.2.1 192.0.2.2 1 4294967297\r\n",
                "PROXY tcp4 192.0.2.1 192.0.2.2 1 2\r\n"
            })
    void refusesALineThatSaysSomethingElse(String text) {
        assertThat(parse(text)).isInstanceOf(Malformed.class);
    }

    @Test
    void refusesALineThatDoesNotEnd() {
        assertThat(parse("PROXY " + "x".repeat(100))).isInstanceOf(More.class);
        assertThat(parse("PROXY " + "x".repeat(101))).isInstanceOf(Malformed.class);
        assertThat(parse("PROXY UNKNOWN " + "x".repeat(91) + "\r\n")).isInstanceOf(Found.class);
        assertThat(parse("PROXY UNKNOWN " + "x".repeat(92) + "\r\n")).isInstanceOf(Malformed.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1111000c" + FOUR, // version 1
                "3111000c" + FOUR, // version 3
                "2211000c" + FOUR, // an unknown command
                "2112000c" + FOUR, // UDP
                "2141000c" + FOUR, // an unknown family
                "2111000b", // too short for its addresses
                "21210023",
                "213100d7",
                "21111001", // more than 4 KiB
                "2111000e" + FOUR + "0400", // an extension that is cut
                "2111000f" + FOUR + "040001",
                "21110012" + FOUR + "030003000000" // a checksum of three bytes
            })
    void refusesABinaryHeaderThatIsNotWhatItSays(String rest) {
        assertThat(parseHex(SIGNATURE + rest)).isInstanceOf(Malformed.class);
    }

    @Test
    void neverThrowsAndNeverReadsBeyondWhatIsThere() {
        Random random = new Random(20261125);
        byte[][] seeds = {
            "PROXY TCP4 192.0.2.1 203.0.113.1 4711 443\r\n".getBytes(StandardCharsets.US_ASCII),
            "PROXY TCP6 2001:db8::1 ::1 4711 443\r\n".getBytes(StandardCharsets.US_ASCII),
            HexFormat.of().parseHex(SIGNATURE + "21110011" + FOUR + "0400020000"),
            HexFormat.of().parseHex(SIGNATURE + "21210024" + SIX)
        };
        for (int round = 0; round < 200_000; round++) {
            byte[] bytes = seeds[round % seeds.length].clone();
            for (int change = random.nextInt(4); change >= 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
            }
            ByteBuffer some = ByteBuffer.wrap(bytes, 0, random.nextInt(bytes.length + 1));
            int there = some.remaining();
            if (ProxyHeaderParser.parse(some) instanceof Found found) {
                assertThat(found.length()).isBetween(1, there);
            }
        }
    }

    @Test
    void findsTheSecondOfTwoHeadersOnlyBehindTheFirst() {
        ByteArrayOutputStream two = new ByteArrayOutputStream();
        byte[] first =
                ProxyHeader.of(address("192.0.2.1", 1), address("192.0.2.2", 2)).bytes(ProxyProtocolVersion.V1);
        two.writeBytes(first);
        two.writeBytes(ProxyHeader.LOCAL.bytes(ProxyProtocolVersion.V2));

        Found found = (Found) ProxyHeaderParser.parse(ByteBuffer.wrap(two.toByteArray()));

        assertThat(found.length()).isEqualTo(first.length);
        assertThat(found.header().source()).isEqualTo(address("192.0.2.1", 1));
    }
}
