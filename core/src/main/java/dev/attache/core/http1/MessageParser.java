package dev.attache.core.http1;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Parses the messages of one connection, one after the other, from whatever has been read of them. Strict: lines end
 * with CR LF, a field is a token, a colon and visible characters, nothing is folded, and a chunk is as long as it says.
 * Never waits: what needs more bytes says so, and they are put into {@link #room}. For one thread at a time.
 *
 * <p>Parts of a body are lent from the buffer that they were read into.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9112.html">RFC 9112</a>
 */
public final class MessageParser {

    /** Takes the parts of a head as they are found. */
    public interface Head {

        /**
         * The first line.
         *
         * @param bytes holds it, from {@code from} to before {@code to}, without the end of the line
         */
        void firstLine(byte[] bytes, int from, int to) throws MalformedMessageException;

        /** A field; they come in their order. */
        void field(HttpField field) throws MalformedMessageException;
    }

    /** How a body ends. */
    public enum Framing {
        /** There is none. */
        NONE,
        /** After so many bytes. */
        LENGTH,
        /** With the last chunk. */
        CHUNKED,
        /** With the connection. */
        UNTIL_CLOSE
    }

    /**
     * What a message may be.
     *
     * @param headBytes bytes of a head, or of what stands between two chunks, or of the trailers
     * @param trailers  trailer fields
     * @param keepCase  whether names keep their case; known ones are else as the header model has them
     * @param blankLines whether empty lines in front of a message are passed over
     * @param bareLf whether LF alone ends a line of a head, too; in chunks and trailers it never does
     */
    public record Limits(int headBytes, int trailers, boolean keepCase, boolean blankLines, boolean bareLf) {}

    /** Where in a chunked body. */
    private enum Chunk {
        SIZE,
        DATA,
        END,
        TRAILERS
    }

    private static final int HEAD = 8 * 1024;
    private static final int BODY = 32 * 1024;
    private static final int MOST_SIZE_DIGITS = 15;
    private static final byte[] NOTHING = {};

    private final Limits limits;
    private final int idleBytes;

    private byte[] bytes = NOTHING;
    private ByteBuffer buffer = ByteBuffer.wrap(NOTHING);

    // What was read and not yet parsed; up to `scanned` there is no end of a line.
    private int position;
    private int end;
    private int scanned;

    private boolean inHead = true;
    private boolean firstLineSeen;
    private int lineBytes;
    private Framing framing = Framing.NONE;
    private Chunk chunk = Chunk.SIZE;
    private long remaining;
    private boolean complete;
    private HttpFields.@Nullable Mutable trailers;

    /**
     * A parser.
     *
     * @param idleBytes size of the buffer between two messages, which is given up for larger ones only while they last
     */
    public MessageParser(Limits limits, int idleBytes) {
        this.limits = limits;
        this.idleBytes = idleBytes;
    }

    /** Room for what comes next; what is lent must be done with. Followed by {@link #filled}. */
    public ByteBuffer room() {
        if (position == end) {
            int size = wantedSize();
            if (bytes.length < size || (inHead && !firstLineSeen && bytes.length > size)) {
                use(new byte[size]);
            }
            position = 0;
            end = 0;
            scanned = 0;
        } else if (end == bytes.length) {
            makeRoom();
        }
        return buffer.clear().position(end);
    }

    private int wantedSize() {
        if (inHead) {
            return firstLineSeen ? Math.max(idleBytes, HEAD) : idleBytes;
        }
        return switch (framing) {
            case NONE, CHUNKED -> BODY;
            case LENGTH -> remaining <= bytes.length ? idleBytes : BODY;
            case UNTIL_CLOSE ->
                end < bytes.length ? idleBytes : BODY; // It may be silent for long, and then needs little.
        };
    }

    private void makeRoom() {
        int left = end - position;
        byte[] from = bytes;
        int skipped = position;
        if (skipped == 0) {
            use(new byte[2 * from.length]);
        }
        System.arraycopy(from, skipped, bytes, 0, left);
        scanned = Math.max(0, scanned - skipped);
        position = 0;
        end = left;
    }

    private void use(byte[] other) {
        bytes = other;
        buffer = ByteBuffer.wrap(other);
    }

    /** Takes over what was put into {@link #room}. */
    public void filled() {
        end = buffer.position();
    }

    /** Space to write with while nothing is being read: as large as the idle buffer, and forgotten by the next room. */
    public byte[] scratch() {
        if (bytes.length < idleBytes) {
            use(new byte[idleBytes]);
        }
        return bytes;
    }

    /** What was read and not parsed; for whoever takes the connection over. */
    public ByteBuffer unparsed() {
        return ByteBuffer.wrap(bytes, position, end - position);
    }

    /** Gives the buffer up while there is nothing in it. */
    public void trim() {
        if (position == end) {
            use(NOTHING);
            position = 0;
            end = 0;
            scanned = 0;
        }
    }

    /** Whether bytes have come that are not parsed. */
    public boolean hasBytes() {
        return position < end;
    }

    /** A byte that has come and is not parsed; -1 where it has not come. */
    public int peek(int offset) {
        return position + offset < end ? bytes[position + offset] & 0xFF : -1;
    }

    /** Begins a message. */
    public void begin() {
        inHead = true;
        firstLineSeen = false;
        lineBytes = 0;
        framing = Framing.NONE;
        complete = false;
        trailers = null;
    }

    /** Whether something of the message has come. */
    public boolean hasBegun() {
        return firstLineSeen || hasBytes();
    }

    /** Whether the first line of the message has come. */
    public boolean hasFirstLine() {
        return firstLineSeen;
    }

    /**
     * Parses what is here of a head.
     *
     * @return whether that is all of it
     */
    public boolean parseHead(Head head) throws MalformedMessageException {
        while (true) {
            int lineEnd = nextLine();
            if (lineEnd < 0) {
                return false;
            }
            int from = position;
            position = scanned + 1;
            if (!firstLineSeen) {
                if (from < lineEnd) {
                    firstLineSeen = true;
                    head.firstLine(bytes, from, lineEnd);
                } else if (!limits.blankLines()) {
                    throw bad("an empty line in front of a message");
                }
            } else if (from == lineEnd) {
                inHead = false;
                return true;
            } else {
                head.field(field(from, lineEnd));
            }
        }
    }

    /**
     * Where the next line ends, before its CR; -1 where its end has not come. Its LF is then at {@code scanned}. Not more
     * than the limit of them.
     */
    private int nextLine() throws MalformedMessageException {
        int at = Math.max(scanned, position);
        while (at < end && bytes[at] != '\n') {
            at++;
        }
        scanned = at;
        int length = at - position + 1;
        if (lineBytes + length > limits.headBytes()) {
            throw new MalformedMessageException(
                    inHead && !firstLineSeen ? 414 : 431, "more than " + limits.headBytes() + " bytes of head");
        }
        if (at == end) {
            return -1;
        }
        lineBytes += length;
        if (at > position && bytes[at - 1] == '\r') {
            return at - 1;
        }
        if (inHead && limits.bareLf()) {
            return at;
        }
        throw bad("a line that ends without CR");
    }

    private HttpField field(int from, int to) throws MalformedMessageException {
        int colon = from;
        while (colon < to && Characters.isToken(bytes[colon])) {
            colon++;
        }
        if (colon == from || colon == to || bytes[colon] != ':') {
            throw bad("a header field without a name and a colon");
        }
        int valueFrom = colon + 1;
        int valueTo = to;
        while (valueFrom < valueTo && isBlank(bytes[valueFrom])) {
            valueFrom++;
        }
        while (valueTo > valueFrom && isBlank(bytes[valueTo - 1])) {
            valueTo--;
        }
        for (int i = valueFrom; i < valueTo; i++) {
            if (!Characters.isText(bytes[i])) {
                throw bad("a control character in a header field");
            }
        }
        HttpHeader known = FieldNames.find(bytes, from, colon - from);
        String name = known == null || limits.keepCase()
                ? new String(bytes, from, colon - from, StandardCharsets.ISO_8859_1)
                : known.asString();
        return new HttpField(
                known, name, new String(bytes, valueFrom, valueTo - valueFrom, StandardCharsets.ISO_8859_1));
    }

    private static boolean isBlank(byte b) {
        return b == ' ' || b == '\t';
    }

    /**
     * Says how the body of the message ends whose head is complete.
     *
     * @param length bytes, where that is known
     */
    public void body(Framing how, long length) {
        framing = how;
        remaining = how == Framing.LENGTH ? length : 0;
        complete = how == Framing.NONE || (how == Framing.LENGTH && length == 0);
        chunk = Chunk.SIZE;
        lineBytes = 0;
    }

    public Framing framing() {
        return framing;
    }

    /** Bytes of the body still to come; -1 where that is not known. */
    public long remaining() {
        return framing == Framing.LENGTH || framing == Framing.NONE ? remaining : -1;
    }

    /** Whether the message was parsed to its end. */
    public boolean complete() {
        return complete;
    }

    /** The connection has ended, which completes a body that lasts until then. */
    public void ended() {
        complete = framing == Framing.UNTIL_CLOSE;
    }

    /** The trailers of a complete message. */
    public HttpFields trailers() {
        return trailers == null ? HttpFields.EMPTY : trailers;
    }

    /**
     * The next part of the body, good until the next call; null where more is needed, or at the {@linkplain #complete
     * end}.
     */
    public @Nullable ByteBuffer takePart() throws MalformedMessageException {
        return switch (framing) {
            case NONE -> null;
            case LENGTH -> takeCounted();
            case UNTIL_CLOSE -> position == end ? null : lend(end - position);
            case CHUNKED -> takeChunked();
        };
    }

    private @Nullable ByteBuffer takeCounted() {
        int n = (int) Math.min(end - position, remaining);
        if (n == 0) {
            return null;
        }
        remaining -= n;
        complete = remaining == 0;
        return lend(n);
    }

    private ByteBuffer lend(int n) {
        ByteBuffer lent = ByteBuffer.wrap(bytes, position, n);
        position += n;
        return lent;
    }

    private @Nullable ByteBuffer takeChunked() throws MalformedMessageException {
        while (!complete) {
            switch (chunk) {
                case SIZE -> {
                    int lineEnd = nextLine();
                    if (lineEnd < 0) {
                        return null;
                    }
                    remaining = chunkSize(position, lineEnd);
                    position = lineEnd + 2;
                    chunk = remaining == 0 ? Chunk.TRAILERS : Chunk.DATA;
                }
                case DATA -> {
                    int n = (int) Math.min(end - position, remaining);
                    if (n == 0) {
                        return null;
                    }
                    remaining -= n;
                    if (remaining == 0) {
                        chunk = Chunk.END;
                    }
                    lineBytes = 0;
                    return lend(n);
                }
                case END -> {
                    if (end - position < 2) {
                        if (position < end && bytes[position] != '\r') {
                            throw bad("a chunk that is longer than it says");
                        }
                        return null;
                    }
                    if (bytes[position] != '\r' || bytes[position + 1] != '\n') {
                        throw bad("a chunk that is longer than it says");
                    }
                    position += 2;
                    chunk = Chunk.SIZE;
                }
                case TRAILERS -> {
                    int lineEnd = nextLine();
                    if (lineEnd < 0) {
                        return null;
                    }
                    int from = position;
                    position = lineEnd + 2;
                    if (from == lineEnd) {
                        complete = true;
                    } else {
                        trailer(field(from, lineEnd));
                    }
                }
            }
        }
        return null;
    }

    private void trailer(HttpField field) throws MalformedMessageException {
        if (trailers == null) {
            trailers = HttpFields.build();
        }
        if (trailers.size() == limits.trailers()) {
            throw bad("more than " + limits.trailers() + " trailer fields");
        }
        trailers.add(field);
    }

    /** Digits, and extensions that nobody reads. */
    private long chunkSize(int from, int to) throws MalformedMessageException {
        long size = 0;
        int at = from;
        for (int digit; at < to && (digit = Character.digit(bytes[at], 16)) >= 0; at++) {
            size = size << 4 | digit;
        }
        if (at == from || at - from > MOST_SIZE_DIGITS) {
            throw bad("a chunk without a size");
        }
        int extensions = at;
        while (extensions < to && isBlank(bytes[extensions])) {
            extensions++;
        }
        if (at < to && (extensions == to || bytes[extensions] != ';')) {
            throw bad("a chunk size that goes on as something else");
        }
        for (int i = extensions; i < to; i++) {
            if (!Characters.isText(bytes[i])) {
                throw bad("a control character in a chunk extension");
            }
        }
        return size;
    }

    private static MalformedMessageException bad(String what) {
        return new MalformedMessageException(400, what);
    }
}
