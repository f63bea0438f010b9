package dev.attache.core.http2;

/**
 * The numbers of the framing layer.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html#section-6">RFC 9113, 4 and 6</a>
 */
final class Frames {

    static final int HEADER_BYTES = 9;

    /** The largest payload that everybody takes, and that is taken here. */
    static final int MAX_PAYLOAD = 16 * 1024;

    static final int MOST_PAYLOAD_LIMIT = (1 << 24) - 1;
    static final int DEFAULT_WINDOW = 65535;

    static final int DATA = 0;
    static final int HEADERS = 1;
    static final int PRIORITY = 2;
    static final int RST_STREAM = 3;
    static final int SETTINGS = 4;
    static final int PUSH_PROMISE = 5;
    static final int PING = 6;
    static final int GOAWAY = 7;
    static final int WINDOW_UPDATE = 8;
    static final int CONTINUATION = 9;

    static final int END_STREAM = 0x1;
    static final int ACK = 0x1;
    static final int END_HEADERS = 0x4;
    static final int PADDED = 0x8;
    static final int PRIORITY_FLAG = 0x20;

    static final int HEADER_TABLE_SIZE = 1;
    static final int ENABLE_PUSH = 2;
    static final int MAX_CONCURRENT_STREAMS = 3;
    static final int INITIAL_WINDOW_SIZE = 4;
    static final int MAX_FRAME_SIZE = 5;
    static final int MAX_HEADER_LIST_SIZE = 6;
    static final int ENABLE_CONNECT_PROTOCOL = 8;

    private Frames() {}
}
