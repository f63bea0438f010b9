package dev.attache.listeners;

import dev.attache.core.config.ProxyProtocol;
import dev.attache.core.deadline.Deadline;
import dev.attache.core.deadline.DeadlineQueue;
import dev.attache.core.net.PlainSocket;
import dev.attache.core.net.ProxyHeader;
import dev.attache.core.net.ProxyHeaderParser;
import java.io.EOFException;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Reads the PROXY protocol header that a connection begins with. What comes behind it is left. Immutable. */
final class ProxyHeaderReader {

    /** Enough for what is sent in practice. */
    private static final int FIRST_BYTES = 512;

    private final boolean required;
    private final DeadlineQueue limit;

    /**
     * A reader of headers that must come, or may.
     *
     * @param limit time in which all of a header must be here
     */
    ProxyHeaderReader(ProxyProtocol mode, DeadlineQueue limit) {
        this.required = mode == ProxyProtocol.REQUIRED;
        this.limit = limit;
    }

    /** Ends the waiting. */
    private static final class Late extends Deadline {
        private final PlainSocket socket;

        Late(PlainSocket socket) {
            this.socket = socket;
        }

        @Override
        protected void expired() {
            socket.endInput();
        }
    }

    /**
     * Waits for a header.
     *
     * @return who is named; {@link ProxyHeader#LOCAL} for nobody, and where none came that need not come
     * @throws SocketTimeoutException when it does not come in time; the socket is of no use then
     * @throws ProtocolException when it is no header, or none came that had to
     * @throws EOFException when the connection ends before
     */
    ProxyHeader read(PlainSocket socket) throws IOException {
        Late late = new Late(socket);
        limit.start(late);
        ProxyHeader header = null;
        IOException trouble = null;
        try {
            header = await(socket);
        } catch (IOException failed) {
            trouble = failed;
        }
        if (!late.cancel()) {
            throw new SocketTimeoutException("no PROXY protocol header in time");
        }
        return given(header, trouble);
    }

    private static ProxyHeader given(@Nullable ProxyHeader header, @Nullable IOException trouble) throws IOException {
        if (header == null) {
            throw trouble == null ? new EOFException() : trouble;
        }
        return header;
    }

    private ProxyHeader await(PlainSocket socket) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(FIRST_BYTES);
        while (true) {
            if (!bytes.hasRemaining()) {
                bytes = ByteBuffer.allocate(ProxyHeaderParser.MOST_BYTES).put(bytes.flip());
            }
            if (socket.read(bytes) < 0) {
                throw new EOFException("connection closed before a PROXY protocol header");
            }
            ByteBuffer come = bytes.duplicate().flip();
            switch (ProxyHeaderParser.parse(come)) {
                case ProxyHeaderParser.More _ -> {}
                case ProxyHeaderParser.Found found -> {
                    socket.unread(come.position(found.length()));
                    return found.header();
                }
                case ProxyHeaderParser.Absent _ -> {
                    if (required) {
                        throw new ProtocolException("no PROXY protocol header");
                    }
                    socket.unread(come);
                    return ProxyHeader.LOCAL;
                }
                case ProxyHeaderParser.Malformed malformed ->
                    throw new ProtocolException("PROXY protocol header with " + malformed.reason());
            }
        }
    }
}
