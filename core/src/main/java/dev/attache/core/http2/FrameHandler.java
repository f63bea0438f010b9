package dev.attache.core.http2;

import java.nio.ByteBuffer;

/**
 * Is told of each frame, in the order in which they come, on the reading thread. Sizes, flags, padding and the place of
 * CONTINUATION have been looked at; what a frame means for its stream is the handler's to judge.
 */
interface FrameHandler {

    /** A DATA frame begins; {@code length} counts for the windows, padding and all, of which {@code content} is content. */
    void dataBegins(int stream, int length, int content, boolean endStream) throws ConnectionException;

    /** A part of the content of the DATA frame that has begun; lent for the call. */
    void data(ByteBuffer part);

    /** The DATA frame that has begun is complete. */
    void dataEnds() throws ConnectionException;

    /**
     * A whole header block, lent for the call.
     *
     * @param dependsOn the stream of its priority; -1 where it has none
     */
    void headers(int stream, ByteBuffer block, boolean endStream, int dependsOn) throws ConnectionException;

    void priority(int stream, int dependsOn) throws ConnectionException;

    /** A PRIORITY frame of another size than it must have. */
    void malformedPriority(int stream) throws ConnectionException;

    void reset(int stream, int code) throws ConnectionException;

    /** Settings, pairs of two and four octets. */
    void settings(ByteBuffer pairs) throws ConnectionException;

    void settingsAcknowledged() throws ConnectionException;

    void ping(long data, boolean answer) throws ConnectionException;

    void goAway(int lastStream, int code) throws ConnectionException;

    void windowUpdate(int stream, int increment) throws ConnectionException;

    /** What only an attacker sends much of: an empty fragment, a frame of an unknown type. */
    void suspect(String what) throws ConnectionException;
}
