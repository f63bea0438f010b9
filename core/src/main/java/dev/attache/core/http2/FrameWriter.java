package dev.attache.core.http2;

import dev.attache.core.hpack.BlockBuffer;
import dev.attache.core.hpack.HpackEncoder;
import dev.attache.core.http.Headers;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Frames to octets, put into the output of one connection in the order of the calls. All calls under the lock of the
 * session.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html#section-6">RFC 9113, 6</a>
 */
final class FrameWriter {

    private static final int LONGEST_REASON = 256;

    private final Output output;
    private final HpackEncoder encoder;
    private final BlockBuffer block = new BlockBuffer();

    FrameWriter(Output output, int headerTableSize) {
        this.output = output;
        this.encoder = new HpackEncoder(headerTableSize);
    }

    /** The peer's limit of the table that heads are compressed with. */
    void headerTableLimit(long octets) {
        encoder.setPeerLimit(octets);
    }

    /** A head or trailers, of which nothing is {@linkplain #unencodable unencodable}. */
    void headers(int stream, Headers fields, boolean endStream) {
        encoder.begin(block);
        encoder.encode(fields, block);
        ByteBuffer encoded = block.written();
        int type = Frames.HEADERS;
        int flags = endStream ? Frames.END_STREAM : 0;
        do {
            int n = Math.min(encoded.remaining(), Frames.MAX_PAYLOAD);
            boolean last = n == encoded.remaining();
            ByteBuffer into = begin(type, flags | (last ? Frames.END_HEADERS : 0), stream, n);
            into.put(into.position(), encoded, encoded.position(), n).position(into.position() + n);
            encoded.position(encoded.position() + n);
            type = Frames.CONTINUATION;
            flags = 0;
        } while (encoded.hasRemaining());
        block.clear();
    }

    /** Which name or value cannot be written; null where all can. */
    static @Nullable String unencodable(Headers fields) {
        for (int i = 0; i < fields.size(); i++) {
            if (!HpackEncoder.encodable(fields.name(i)) || !HpackEncoder.encodable(fields.value(i))) {
                return fields.name(i);
            }
        }
        return null;
    }

    /** The first {@code n} octets of {@code content}. */
    void data(int stream, ByteBuffer content, int n, boolean endStream) {
        ByteBuffer into = begin(Frames.DATA, endStream ? Frames.END_STREAM : 0, stream, n);
        into.put(into.position(), content, content.position(), n).position(into.position() + n);
        content.position(content.position() + n);
    }

    void reset(int stream, ErrorCode code) {
        begin(Frames.RST_STREAM, 0, stream, 4).putInt(code.code());
    }

    void windowUpdate(int stream, int increment) {
        begin(Frames.WINDOW_UPDATE, 0, stream, 4).putInt(increment);
    }

    void ping(long data, boolean answer) {
        begin(Frames.PING, answer ? Frames.ACK : 0, 0, 8).putLong(data);
    }

    void goAway(int lastStream, ErrorCode code, String reason) {
        byte[] words = reason.getBytes(StandardCharsets.ISO_8859_1);
        int n = Math.min(words.length, LONGEST_REASON);
        begin(Frames.GOAWAY, 0, 0, 8 + n).putInt(lastStream).putInt(code.code()).put(words, 0, n);
    }

    void settingsAcknowledged() {
        begin(Frames.SETTINGS, Frames.ACK, 0, 0);
    }

    /** What this side begins with, behind the preface of a client. */
    void begin(Http2Settings settings) {
        if (settings.client()) {
            output.room(FrameParser.PREFACE.length).put(FrameParser.PREFACE);
        }
        int pairs = settings.client() ? 4 : settings.extendedConnect() ? 5 : 4;
        ByteBuffer into = begin(Frames.SETTINGS, 0, 0, 6 * pairs);
        setting(into, Frames.HEADER_TABLE_SIZE, settings.headerTableSize());
        setting(into, Frames.INITIAL_WINDOW_SIZE, settings.streamWindow());
        setting(into, Frames.MAX_HEADER_LIST_SIZE, settings.maxHeadBytes());
        if (settings.client()) {
            setting(into, Frames.ENABLE_PUSH, 0);
        } else {
            setting(into, Frames.MAX_CONCURRENT_STREAMS, settings.maxConcurrentStreams());
            if (settings.extendedConnect()) {
                setting(into, Frames.ENABLE_CONNECT_PROTOCOL, 1);
            }
        }
        int more = settings.connectionWindow() - Frames.DEFAULT_WINDOW;
        if (more > 0) {
            windowUpdate(0, more);
        }
    }

    private static void setting(ByteBuffer into, int id, int value) {
        into.putShort((short) id).putInt(value);
    }

    private ByteBuffer begin(int type, int flags, int stream, int length) {
        return output.room(Frames.HEADER_BYTES + length)
                .putInt(length << 8 | type)
                .put((byte) flags)
                .putInt(stream);
    }
}
