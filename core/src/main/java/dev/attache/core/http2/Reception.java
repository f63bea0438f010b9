package dev.attache.core.http2;

import dev.attache.core.hpack.HpackDecoder;
import dev.attache.core.hpack.HpackException;
import dev.attache.core.http2.StreamResetException.Kind;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What the frames of the peer mean for the streams and for the connection. On the reading thread, which takes the lock of
 * the session for each frame.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html#section-5.1">RFC 9113, 5 and 6</a>
 */
final class Reception implements FrameHandler {

    /** What a header block may be when it is decoded, with 32 octets for each field. */
    private static final int MOST_DECODED = 1024 * 1024;

    private final Http2Session session;
    private final Http2Settings settings;
    private final StreamTable streams;
    private final HpackDecoder decoder;
    private final HeadBuilder builder;

    // The DATA frame that is under way.
    private @Nullable Http2Stream receiving;
    private boolean lastData;
    private int padding;

    Reception(Http2Session session) {
        this.session = session;
        this.settings = session.settings;
        this.streams = session.streams;
        this.decoder = new HpackDecoder(settings.headerTableSize(), MOST_DECODED);
        this.builder = new HeadBuilder(settings.maxHeadBytes(), settings.maxFields(), settings.extendedConnect());
    }

    @Override
    public void dataBegins(int id, int length, int content, boolean endStream) throws ConnectionException {
        session.lock();
        try {
            if (session.exceedsWindow(length)) {
                throw new ConnectionException(
                        ErrorCode.FLOW_CONTROL_ERROR, "more DATA than the window of the connection");
            }
            receiving = null;
            lastData = endStream;
            padding = length - content;
            Http2Stream stream = streams.get(id);
            if (stream == null || !stream.input.isOpen()) {
                session.consumed(length);
                dataOnClosed(id, stream);
                return;
            }
            if (length == 0 && !endStream) {
                session.guard().suspect("empty DATA");
            }
            if (stream.input.exceedsWindow(length)) {
                session.consumed(length);
                violated(stream, ErrorCode.FLOW_CONTROL_ERROR, "more DATA than the window of the stream");
                return;
            }
            String wrong = stream.input.dataBegins(content);
            if (wrong != null) {
                session.consumed(length);
                malformed(stream, wrong);
                return;
            }
            receiving = stream;
        } finally {
            session.unlock();
        }
    }

    private void dataOnClosed(int id, @Nullable Http2Stream halfClosed) throws ConnectionException {
        if (halfClosed != null) {
            violated(halfClosed, ErrorCode.STREAM_CLOSED, "DATA behind the end");
        } else if (streams.isIdle(id)) {
            throw protocolError("DATA on stream " + id + ", which is not open");
        } else if (!streams.wasReset(id)) {
            session.guard().suspect("DATA on a closed stream");
            refuse(id, ErrorCode.STREAM_CLOSED);
        }
    }

    @Override
    public void data(ByteBuffer part) {
        Http2Stream stream = receiving;
        if (stream == null) {
            return;
        }
        session.lock();
        try {
            if (stream.input.isDiscarding() || !stream.input.isOpen()) {
                session.consumed(part.remaining());
            } else {
                stream.input.data(part);
                stream.wakeReader();
            }
        } finally {
            session.unlock();
        }
    }

    @Override
    public void dataEnds() throws ConnectionException {
        Http2Stream stream = receiving;
        if (stream == null || (padding == 0 && !lastData)) {
            return;
        }
        session.lock();
        try {
            session.consumed(stream, padding);
            if (lastData && stream.input.isOpen()) {
                completed(stream, stream.input.complete());
            }
        } finally {
            session.unlock();
        }
    }

    /** The peer has sent all of a stream, unless something is {@code wrong} with that. */
    private void completed(Http2Stream stream, @Nullable String wrong) throws ConnectionException {
        if (wrong != null) {
            malformed(stream, wrong);
            return;
        }
        stream.wakeReader();
        session.over(stream);
    }

    @Override
    public void headers(int id, ByteBuffer block, boolean endStream, int dependsOn) throws ConnectionException {
        session.lock();
        Http2Stream opened = null;
        MessageHead head;
        try {
            Http2Stream stream = streams.get(id);
            boolean request = stream == null && !settings.client() && streams.isIdle(id);
            head = decode(block, kind(stream, request));
            if (dependsOn == id) {
                dependsOnItself(id, stream, request);
            } else if (stream != null) {
                more(stream, head, endStream);
            } else if (request) {
                opened = request(id, head, endStream);
            } else {
                headersOnClosed(id);
            }
        } finally {
            session.unlock();
        }
        if (opened != null) {
            session.owner.opened(opened, head, endStream);
        }
    }

    private HeadBuilder.Kind kind(@Nullable Http2Stream stream, boolean request) {
        if (request) {
            return HeadBuilder.Kind.REQUEST;
        }
        return stream != null && settings.client() && stream.input.awaitsHead()
                ? HeadBuilder.Kind.RESPONSE
                : HeadBuilder.Kind.TRAILERS;
    }

    private MessageHead decode(ByteBuffer block, HeadBuilder.Kind kind) throws ConnectionException {
        builder.begin(kind);
        try {
            decoder.decode(block, builder);
        } catch (HpackException broken) {
            throw new ConnectionException(
                    broken.kind() == HpackException.Kind.TOO_LARGE
                            ? ErrorCode.ENHANCE_YOUR_CALM
                            : ErrorCode.COMPRESSION_ERROR,
                    "header block: " + broken.getMessage());
        }
        return builder.end();
    }

    private void dependsOnItself(int id, @Nullable Http2Stream stream, boolean request) throws ConnectionException {
        if (request) {
            streams.seen(id);
        }
        if (stream == null) {
            refuse(id, ErrorCode.PROTOCOL_ERROR);
        } else {
            violated(stream, ErrorCode.PROTOCOL_ERROR, "stream that depends on itself");
        }
    }

    private void more(Http2Stream stream, MessageHead head, boolean endStream) throws ConnectionException {
        if (!stream.input.isOpen()) {
            violated(stream, ErrorCode.STREAM_CLOSED, "HEADERS behind the end");
            return;
        }
        boolean awaited = stream.input.awaitsHead();
        String wrong = awaited ? stream.input.head(head, endStream) : stream.input.trailers(head, endStream);
        if (wrong != null || endStream) {
            completed(stream, wrong);
        }
        stream.wakeReader();
    }

    private @Nullable Http2Stream request(int id, MessageHead head, boolean complete) throws ConnectionException {
        if ((id & 1) == 0) {
            throw protocolError("stream " + id + " opened by a client");
        }
        streams.seen(id);
        if (session.isRefusing()) {
            return null; // The peer knows that nothing becomes of it.
        }
        if (streams.size() >= settings.maxConcurrentStreams()) {
            session.guard().suspect("a stream too many");
            refuse(id, ErrorCode.REFUSED_STREAM);
            return null;
        }
        Http2Stream stream = new Http2Stream(
                session, id, settings.streamWindow(), session.initialWindow(), settings.stallNanos(), true);
        session.guard().streamOpened();
        streams.opened(stream);
        stream.input.begin(head, complete);
        String wrong = head.malformed();
        if (wrong == null && complete && head.contentLength() > 0 && !head.isConnect()) {
            wrong = "no content (expected: " + head.contentLength() + " octets)";
            head.malformed = wrong;
        }
        if (wrong != null) {
            malformed(stream, wrong);
        }
        return stream;
    }

    private void headersOnClosed(int id) throws ConnectionException {
        if (streams.isIdle(id)) {
            throw protocolError("HEADERS on stream " + id + ", which is not open");
        }
        if (streams.wasReset(id)) {
            return;
        }
        if (settings.client()) {
            refuse(id, ErrorCode.STREAM_CLOSED); // The streams of others shall not end for it.
            return;
        }
        throw new ConnectionException(ErrorCode.STREAM_CLOSED, "HEADERS on stream " + id + ", which has ended");
    }

    /** What the peer has sent on the stream is no HTTP. */
    private void malformed(Http2Stream stream, String words) throws ConnectionException {
        violated(stream, ErrorCode.PROTOCOL_ERROR, words);
    }

    private void violated(Http2Stream stream, ErrorCode code, String words) throws ConnectionException {
        session.fail(stream, new StreamResetException(Kind.PROTOCOL, code, words), code);
        session.countControl();
        session.guard().suspect(words);
    }

    /** Resets a stream of which nothing is known. */
    private void refuse(int id, ErrorCode code) throws ConnectionException {
        session.frames.reset(id, code);
        streams.noteReset(id);
        session.countControl();
    }

    @Override
    public void priority(int id, int dependsOn) throws ConnectionException {
        session.lock();
        try {
            session.guard().suspect("PRIORITY");
            if (dependsOn == id) {
                Http2Stream stream = streams.get(id);
                if (stream == null) {
                    refuse(id, ErrorCode.PROTOCOL_ERROR);
                } else {
                    violated(stream, ErrorCode.PROTOCOL_ERROR, "stream that depends on itself");
                }
            }
        } finally {
            session.unlock();
        }
    }

    @Override
    public void malformedPriority(int id) throws ConnectionException {
        session.lock();
        try {
            Http2Stream stream = streams.get(id);
            if (stream == null) {
                session.guard().suspect("PRIORITY");
                refuse(id, ErrorCode.FRAME_SIZE_ERROR);
            } else {
                violated(stream, ErrorCode.FRAME_SIZE_ERROR, "PRIORITY of another size");
            }
        } finally {
            session.unlock();
        }
    }

    @Override
    public void reset(int id, int code) throws ConnectionException {
        session.lock();
        try {
            if (streams.isIdle(id)) {
                throw protocolError("RST_STREAM on stream " + id + ", which is not open");
            }
            Http2Stream stream = streams.get(id);
            if (stream == null || stream.output.isOpen()) { // Else its answer is complete, and nothing is given up.
                session.guard().suspect("RST_STREAM");
            }
            if (stream != null) {
                session.fail(stream, StreamResetException.byPeer(code), null);
            }
        } finally {
            session.unlock();
        }
    }

    @Override
    public void settings(ByteBuffer pairs) throws ConnectionException {
        session.lock();
        try {
            session.guard().suspect("SETTINGS");
            while (pairs.hasRemaining()) {
                setting(pairs.getShort() & 0xffff, pairs.getInt() & 0xffffffffL);
            }
            session.settled();
            session.frames.settingsAcknowledged();
            session.countControl();
        } finally {
            session.unlock();
        }
        session.owner.settled();
    }

    private void setting(int id, long value) throws ConnectionException {
        switch (id) {
            case Frames.HEADER_TABLE_SIZE -> session.frames.headerTableLimit(value);
            case Frames.ENABLE_PUSH -> checkSetting("ENABLE_PUSH", value, 0, settings.client() ? 0 : 1);
            case Frames.MAX_CONCURRENT_STREAMS -> session.maxStreams(value);
            case Frames.INITIAL_WINDOW_SIZE -> {
                if (value > Integer.MAX_VALUE || !session.initialWindow((int) value)) {
                    throw new ConnectionException(
                            ErrorCode.FLOW_CONTROL_ERROR, "initial window of " + value + " octets");
                }
            }
            case Frames.MAX_FRAME_SIZE ->
                checkSetting("MAX_FRAME_SIZE", value, Frames.MAX_PAYLOAD, Frames.MOST_PAYLOAD_LIMIT);
            case Frames.ENABLE_CONNECT_PROTOCOL -> {
                checkSetting("ENABLE_CONNECT_PROTOCOL", value, 0, 1);
                session.extendedConnect(value == 1);
            }
            default -> {} // What is not known is to be ignored, and a limit of heads is a piece of advice.
        }
    }

    private static void checkSetting(String name, long value, long least, long most) throws ConnectionException {
        if (value < least || value > most) {
            throw protocolError(name + " " + value + " (expected: " + least + " to " + most + ")");
        }
    }

    @Override
    public void settingsAcknowledged() {
        decoder.limitAcknowledged();
    }

    @Override
    public void ping(long data, boolean answer) throws ConnectionException {
        session.lock();
        try {
            if (answer) {
                if (Http2Session.isDrained(data)) {
                    session.drained();
                }
            } else {
                session.guard().suspect("PING");
                session.frames.ping(data, true);
                session.countControl();
            }
        } finally {
            session.unlock();
        }
        if (answer) {
            session.owner.pingAnswered();
        }
    }

    @Override
    public void goAway(int lastStream, int code) {
        session.lock();
        try {
            session.peerLeaves(lastStream);
        } finally {
            session.unlock();
        }
        session.owner.goingAway(code);
    }

    @Override
    public void windowUpdate(int id, int increment) throws ConnectionException {
        session.lock();
        try {
            session.guard().windowReturned();
            if (increment == 0) {
                session.guard().suspect("WINDOW_UPDATE of 0");
            }
            if (id == 0) {
                ofConnection(increment);
            } else {
                ofStream(id, increment);
            }
        } finally {
            session.unlock();
        }
    }

    private void ofConnection(int increment) throws ConnectionException {
        if (increment == 0) {
            throw protocolError("WINDOW_UPDATE of 0 on the connection");
        }
        if (!session.moreWindow(increment)) {
            throw new ConnectionException(ErrorCode.FLOW_CONTROL_ERROR, "a window of more than 2147483647 octets");
        }
    }

    private void ofStream(int id, int increment) throws ConnectionException {
        if (streams.isIdle(id)) {
            throw protocolError("WINDOW_UPDATE on stream " + id + ", which is not open");
        }
        Http2Stream stream = streams.get(id);
        if (stream == null) {
            return;
        }
        if (increment == 0) {
            violated(stream, ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
        } else if (stream.output.changeWindow(increment)) {
            stream.wakeWriter();
        } else {
            violated(stream, ErrorCode.FLOW_CONTROL_ERROR, "a window of more than 2147483647 octets");
        }
    }

    @Override
    public void suspect(String what) throws ConnectionException {
        session.lock();
        try {
            session.guard().suspect(what);
        } finally {
            session.unlock();
        }
    }

    private static ConnectionException protocolError(String words) {
        return new ConnectionException(ErrorCode.PROTOCOL_ERROR, words);
    }
}
