package dev.attache.core.http2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Octets to frames, however they are cut. */
class FrameParserTest {

    /** Writes down what it is told. */
    private static final class Recorder implements FrameHandler {
        private final List<String> told = new ArrayList<>();

        @Override
        public void dataBegins(int stream, int length, int content, boolean endStream) {
            told.add("DATA " + stream + " " + length + " " + content + " " + endStream + " ");
        }

        @Override
        public void data(ByteBuffer part) {
            told.set(told.size() - 1, told.getLast() + text(part));
        }

        @Override
        public void dataEnds() {
            told.set(told.size() - 1, told.getLast() + ".");
        }

        @Override
        public void headers(int stream, ByteBuffer block, boolean endStream, int dependsOn) {
            told.add("HEADERS " + stream + " " + text(block) + " " + endStream + " " + dependsOn);
        }

        @Override
        public void priority(int stream, int dependsOn) {
            told.add("PRIORITY " + stream + " " + dependsOn);
        }

        @Override
        public void malformedPriority(int stream) {
            told.add("malformed PRIORITY " + stream);
        }

        @Override
        public void reset(int stream, int code) {
            told.add("RST_STREAM " + stream + " " + code);
        }

        @Override
        public void settings(ByteBuffer pairs) {
            told.add("SETTINGS " + pairs.remaining());
        }

        @Override
        public void settingsAcknowledged() {
            told.add("SETTINGS acknowledged");
        }

        @Override
        public void ping(long data, boolean answer) {
            told.add("PING " + data + " " + answer);
        }

        @Override
        public void goAway(int lastStream, int code) {
            told.add("GOAWAY " + lastStream + " " + code);
        }

        @Override
        public void windowUpdate(int stream, int increment) {
            told.add("WINDOW_UPDATE " + stream + " " + increment);
        }

        @Override
        public void suspect(String what) {
            told.add("suspect " + what);
        }

        private static String text(ByteBuffer part) {
            StringBuilder text = new StringBuilder();
            while (part.hasRemaining()) {
                text.append((char) (part.get() & 0xff));
            }
            return text.toString();
        }
    }

    private static byte[] frame(int type, int flags, int stream, byte[] payload) {
        return ByteBuffer.allocate(9 + payload.length)
                .putInt(payload.length << 8 | type)
                .put((byte) flags)
                .putInt(stream)
                .put(payload)
                .array();
    }

    private static byte[] bytes(int... octets) {
        byte[] bytes = new byte[octets.length];
        for (int i = 0; i < octets.length; i++) {
            bytes[i] = (byte) octets[i];
        }
        return bytes;
    }

    private static byte[] all(byte[]... parts) {
        int size = 0;
        for (byte[] part : parts) {
            size += part.length;
        }
        ByteBuffer all = ByteBuffer.allocate(size);
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    private static final byte[] SETTINGS = frame(Frames.SETTINGS, 0, 0, new byte[0]);

    private static List<String> told(byte[] octets, boolean preface) throws ConnectionException {
        Recorder recorder = new Recorder();
        new FrameParser(recorder, preface).parse(ByteBuffer.wrap(octets));
        return recorder.told;
    }

    private static final byte[] MANY = all(
            FrameParser.PREFACE,
            SETTINGS,
            frame(Frames.HEADERS, Frames.PADDED | Frames.PRIORITY_FLAG, 1, bytes(2, 0, 0, 0, 3, 9, 'a', 'b', 0, 0)),
            frame(Frames.CONTINUATION, Frames.END_HEADERS, 1, bytes('c')),
            frame(Frames.DATA, Frames.PADDED | Frames.END_STREAM, 1, bytes(3, 'x', 'y', 0, 0, 0)),
            frame(Frames.DATA, 0, 3, new byte[0]),
            frame(Frames.SETTINGS, Frames.ACK, 0, new byte[0]),
            frame(Frames.PING, 0, 0, bytes(0, 0, 0, 0, 0, 0, 0, 7)),
            frame(Frames.WINDOW_UPDATE, 0, 0, bytes(0x80, 0, 1, 0)),
            frame(77, 0, 5, bytes(1, 2, 3)),
            frame(Frames.PRIORITY, 0, 5, bytes(0, 0, 0, 1, 1)),
            frame(Frames.PRIORITY, 0, 5, bytes(0)),
            frame(Frames.RST_STREAM, 0, 1, bytes(0, 0, 0, 8)),
            frame(Frames.GOAWAY, 0, 0, bytes(0, 0, 0, 1, 0, 0, 0, 2, 'w', 'o', 'r', 'd')));

    private static final List<String> TOLD = List.of(
            "SETTINGS 0",
            "HEADERS 1 abc false 3",
            "DATA 1 6 2 true xy.",
            "DATA 3 0 0 false .",
            "SETTINGS acknowledged",
            "PING 7 false",
            "WINDOW_UPDATE 0 256",
            "suspect frame of type 77",
            "PRIORITY 5 1",
            "malformed PRIORITY 5",
            "RST_STREAM 1 8",
            "GOAWAY 1 2");

    @Test
    void tellsOfEachFrame() throws Exception {
        assertThat(told(MANY, true)).isEqualTo(TOLD);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void tellsTheSameHoweverItIsCut(long seed) throws Exception {
        Random random = new Random(seed);
        Recorder recorder = new Recorder();
        FrameParser parser = new FrameParser(recorder, true);
        ByteBuffer in = ByteBuffer.allocate(MANY.length).limit(0);
        for (int given = 0; given < MANY.length; ) {
            int n = Math.min(seed == 1 ? 1 : 1 + random.nextInt(20), MANY.length - given);
            in.compact().put(MANY, given, n).flip();
            given += n;
            parser.parse(in);
        }

        assertThat(recorder.told).isEqualTo(TOLD);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0, '', PROTOCOL_ERROR, on no stream",
        "1, 4, 0, '', PROTOCOL_ERROR, on no stream",
        "4, 0, 1, '', PROTOCOL_ERROR, on the connection",
        "6, 0, 1, '12345678', PROTOCOL_ERROR, on the connection",
        "6, 0, 0, '1234567', FRAME_SIZE_ERROR, PING of 7 octets (expected: 8)",
        "3, 0, 1, '123', FRAME_SIZE_ERROR, RST_STREAM of 3 octets",
        "4, 0, 0, '1234567', FRAME_SIZE_ERROR, a multiple of 6",
        "4, 1, 0, '123456', FRAME_SIZE_ERROR, acknowledgement of SETTINGS",
        "8, 0, 1, '12345', FRAME_SIZE_ERROR, WINDOW_UPDATE of 5 octets",
        "7, 0, 0, '1234567', FRAME_SIZE_ERROR, GOAWAY of 7 octets",
        "5, 4, 1, '1234', PROTOCOL_ERROR, PUSH_PROMISE",
        "9, 4, 1, 'a', PROTOCOL_ERROR, outside of a header block",
        "0, 8, 1, '', FRAME_SIZE_ERROR, padded DATA",
        "0, 8, 1, 'a', PROTOCOL_ERROR, padding of 97 octets",
        "1, 12, 1, 'a', PROTOCOL_ERROR, padding of 97 octets",
        "1, 36, 1, 'abc', FRAME_SIZE_ERROR, priority of HEADERS",
    })
    void refusesAFrameThatIsNotAsItMustBe(
            int type, int flags, int stream, String payload, ErrorCode code, String words) {
        byte[] octets =
                all(SETTINGS, frame(type, flags, stream, payload.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));

        assertThatThrownBy(() -> told(octets, false))
                .isInstanceOfSatisfying(
                        ConnectionException.class,
                        refused -> assertThat(refused.code()).isEqualTo(code))
                .hasMessageContaining(words);
    }

    @Test
    void refusesAFrameWithinAHeaderBlockAndOneInFrontOfTheSettings() {
        byte[] within = all(SETTINGS, frame(Frames.HEADERS, 0, 1, bytes('a')), frame(Frames.PING, 0, 0, new byte[8]));

        assertThatThrownBy(() -> told(within, false)).hasMessageContaining("within a header block");
        assertThatThrownBy(() -> told(frame(Frames.PING, 0, 0, new byte[8]), false))
                .hasMessageContaining("the first frame is not SETTINGS");
        assertThatThrownBy(
                        () -> told("GET / HTTP/1.1\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII), true))
                .hasMessageContaining("preface");
    }

    @Test
    void keepsNoMoreOfAHeaderBlockThanItsLimit() {
        byte[] part = new byte[Frames.MAX_PAYLOAD];
        byte[] head = all(SETTINGS, frame(Frames.HEADERS, 0, 1, part));
        byte[] more = frame(Frames.CONTINUATION, 0, 1, part);
        byte[][] blocks = new byte[18][];
        java.util.Arrays.fill(blocks, more);

        assertThatThrownBy(() -> told(all(head, all(blocks)), false))
                .isInstanceOfSatisfying(
                        ConnectionException.class,
                        refused -> assertThat(refused.code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM))
                .hasMessageContaining("262144 octets");
    }
}
