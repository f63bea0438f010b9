package dev.attache.core.http1;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * Messages that are nearly right: those of a seed, with pieces that parsers stumble over put in, taken out, doubled and
 * exchanged. The same seed gives the same messages.
 */
public final class Mutations {

    /** How many messages a fuzzer tries; more by hand. */
    public static final int ROUNDS = Integer.getInteger("attache.fuzz.rounds", 150_000);

    /** Where a fuzzer begins. */
    public static final long SEED = Long.getLong("attache.fuzz.seed", 20_250_711);

    private static final List<String> PIECES = List.of(
            " ",
            "  ",
            "\t",
            "\r",
            "\n",
            "\r\n",
            "\r\n\r\n",
            "\0",
            "\u007f",
            "\u0080",
            "\u00ff",
            "\u00c3\u00a9",
            "\"",
            "\\\"",
            "\\",
            ":",
            ",",
            ", ,",
            ";",
            "=",
            "/",
            "//",
            "..",
            "%",
            "%00",
            "%zz",
            "%2e%2e",
            "?",
            "#",
            "@",
            "[",
            "]",
            "[::1]",
            "*",
            "-1",
            "+80",
            "0",
            "00",
            "007",
            "99999999999999999999",
            "9223372036854775808",
            "ffffffffffffffff",
            "1e1",
            "0x1",
            "HTTP/1.1",
            "HTTP/1.0",
            "HTTP/2.0",
            "HTTP/0.9",
            "http/1.1",
            "HTTP/1.",
            "PRI * HTTP/2.0",
            "GET",
            "CONNECT",
            "OPTIONS",
            "http://a",
            "http://[",
            "https://a:+1/",
            "Host: a",
            "Host:",
            "Content-Length: 5",
            "Content-Length:",
            "Transfer-Encoding: chunked",
            "Transfer-Encoding: \"chunked",
            "chunked",
            "Connection: \"x",
            "Connection: close",
            "Connection: upgrade",
            "Upgrade: \"x",
            "Upgrade: h2c",
            "Upgrade: websocket/13",
            "Upgrade: connect",
            "TE: trailers",
            "TE: \"",
            "Expect: 100-continue",
            "Expect: \"",
            "Trailer: \"x",
            "Keep-Alive: \"",
            "a_b: c",
            "5\r\nhello\r\n",
            "0\r\n\r\n",
            "5;x=\"\r\n",
            "-5\r\n",
            "zz\r\n",
            "X".repeat(300));

    private final Random random;
    private final List<String> messages;

    /** Mutations of {@code messages}, whose characters are octets. */
    public Mutations(long seed, List<String> messages) {
        this.random = new Random(seed);
        this.messages = messages;
    }

    /** The next message. */
    public byte[] next() {
        StringBuilder text = new StringBuilder(messages.get(random.nextInt(messages.size())));
        for (int changes = random.nextInt(5); changes > 0; changes--) {
            int at = random.nextInt(text.length() + 1);
            int end = Math.min(text.length(), at + random.nextInt(12));
            switch (random.nextInt(6)) {
                case 0 -> text.delete(at, end);
                case 1 -> text.insert(at, text.substring(at, end));
                case 2 -> text.replace(at, end, piece());
                case 3 -> text.insert(at, (char) random.nextInt(256));
                default -> text.insert(at, piece());
            }
        }
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private String piece() {
        return PIECES.get(random.nextInt(PIECES.size()));
    }

    /** Puts the next bytes of {@code message} into a parser, as many as a read might bring. */
    public int feed(MessageParser parser, byte[] message, int from) {
        int size = random.nextInt(3) == 0 ? 1 + random.nextInt(7) : message.length;
        int most = Math.min(Math.min(size, message.length - from), parser.room().remaining());
        parser.room().put(message, from, most);
        parser.filled();
        return from + most;
    }

    /** Bytes as a Java text, to be found again. */
    public static String quoted(byte[] message) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte b : message) {
            String shown = b == '\r'
                    ? "\\r"
                    : b == '\n' ? "\\n" : b >= ' ' && b < 0x7F ? String.valueOf((char) b) : "\\x%02x".formatted(b);
            out.writeBytes(shown.getBytes(StandardCharsets.US_ASCII));
        }
        return out.toString(StandardCharsets.US_ASCII);
    }
}
