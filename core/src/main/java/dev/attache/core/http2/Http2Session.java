package dev.attache.core.http2;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http.Headers;
import dev.attache.core.http2.StreamResetException.Kind;
import dev.attache.core.net.TransportSocket;
import dev.attache.core.vital.OutOfMemory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * HTTP/2 on one connection, of either side: the one truth about its streams. One thread reads ({@link #run}) and never
 * waits for anything but the socket; streams are used by threads of their own, which wait. Whatever ends a stream passes
 * {@link #fail}, and when the connection ends, whatever is unfinished fails.
 *
 * <p>All state is guarded by one lock, under which nothing is waited for. Safe for use by all threads.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9113.html">RFC 9113</a>
 */
public final class Http2Session implements Output.Owner {

    /** Is told of what becomes of a connection, without locks; must not block and must not throw. */
    public interface Owner {

        /**
         * The peer has opened a stream, whose head may be {@linkplain MessageHead#malformed malformed}: then the stream has
         * been reset already. On the reading thread.
         *
         * @param complete whether nothing of its body follows
         */
        default void opened(Http2Stream stream, MessageHead head, boolean complete) {}

        /** What has been read was looked at, as far as it was complete. On the reading thread. */
        default void batchEnded() {}

        /** The peer has told its settings. On the reading thread. */
        default void settled() {}

        /** The peer takes no more streams, for the reason of its error code. On the reading thread. */
        default void goingAway(int code) {}

        /** The peer has answered {@link #ping}. On the reading thread. */
        default void pingAnswered() {}

        /** Octets were read. */
        default void received(long octets) {}

        /** Octets were written. */
        default void sent(long octets) {}

        /** The peer has broken a rule that ends the connection. On the reading thread. */
        default void violated(ErrorCode code, String words) {}

        /** A stream ended since its peer took nothing of what was sent for too long. */
        default void stalled() {}

        /** It is over: the socket is closed. Called once. */
        default void closed(boolean byPeer) {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(Http2Session.class);

    private static final long KEEPALIVE = 0x6b656570616c69L;
    private static final long DRAIN = 0x647261696eL;

    /** How long the peer has to see a goodbye before the socket is closed. */
    private static final long CLOSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** How long a write may take whose stream is given up. */
    private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** How long the rest of a request is taken whose answer is complete. */
    private static final long LINGER_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

    /** With more open streams than these, nobody writes for himself. */
    private static final int FEW_STREAMS = 2;

    /** What is read and thrown away at most behind a goodbye. */
    private static final long MOST_THROWN_AWAY = 8 * 1024 * 1024;

    final Http2Settings settings;
    final Owner owner;
    private final TransportSocket socket;
    private final Deadlines deadlines;
    private final ReentrantLock lock = new ReentrantLock();
    private final Output output;
    private final InputBuffer arrived = new InputBuffer();
    private final CloseDeadline closeDeadline = new CloseDeadline();

    // Guarded by the lock.
    final FrameWriter frames;
    final StreamTable streams;
    private final ArrayDeque<Runnable> told = new ArrayDeque<>(0);
    private final ArrayDeque<Http2Stream> forRoom = new ArrayDeque<>(0);
    private final ArrayDeque<Http2Stream> forWindow = new ArrayDeque<>(0);
    private final FloodGuard guard;
    private long sendWindow = Frames.DEFAULT_WINDOW;
    private int receiveWindow;
    private int consumed;
    private int initialWindow = Frames.DEFAULT_WINDOW;
    private boolean leaving;
    private boolean refusing;
    private boolean peerLeaving;
    private boolean ended;
    private boolean closing;
    private @Nullable StuckDeadline stuck;

    private volatile long maxStreams = Long.MAX_VALUE;
    private volatile boolean takesStreams = true;
    private volatile boolean settled;
    private volatile boolean extendedConnect;
    private volatile boolean outputOver;
    private volatile boolean violated;

    /** A connection on which nothing has been said yet; it must be {@link #run}. */
    public Http2Session(TransportSocket socket, Http2Settings settings, Deadlines deadlines, Owner owner) {
        this.socket = socket;
        this.settings = settings;
        this.deadlines = deadlines;
        this.owner = owner;
        this.output = new Output(lock, socket, this);
        this.frames = new FrameWriter(output, settings.headerTableSize());
        this.streams = new StreamTable(settings.client());
        this.guard = new FloodGuard(settings.eventsPerSecond(), settings.updatesPerDataFrame());
        this.receiveWindow = settings.connectionWindow();
        lock();
        frames.begin(settings);
        unlock();
    }

    /** Reads the connection on the calling thread, to its end, which is told to the owner. */
    public void run(ByteBuffer already) {
        Reception reception = new Reception(this);
        FrameParser parser = new FrameParser(reception, !settings.client());
        boolean byPeer = false;
        try {
            lock();
            unlockAndFlush(true);
            arrived.put(already);
            byPeer = read(parser);
        } catch (IOException gone) {
            byPeer = !isClosing();
            LOG.debug("connection is gone", gone);
        } catch (RuntimeException | Error broken) {
            OutOfMemory.look(broken);
            LOG.error("HTTP/2 connection broke", broken);
        } finally {
            end(byPeer);
        }
    }

    private boolean read(FrameParser parser) throws IOException {
        boolean more = true;
        while (more) {
            if (arrived.content().hasRemaining()) {
                try {
                    parser.parse(arrived.content());
                } catch (ConnectionException violation) {
                    violated(violation);
                    throwAway();
                    return false;
                }
                owner.batchEnded();
                flushLater();
            }
            if (outputOver) {
                return throwAway();
            }
            int n = arrived.fill(socket);
            more = n >= 0;
            if (more) {
                owner.received(n);
            }
        }
        return !isClosing();
    }

    private boolean isClosing() {
        lock();
        try {
            return closing;
        } finally {
            unlock();
        }
    }

    private void violated(ConnectionException violation) {
        String words = String.valueOf(violation.getMessage());
        violated = true;
        lock();
        try {
            frames.goAway(streams.lastOfPeer(), violation.code(), words);
            failAll(new StreamResetException(Kind.PROTOCOL, violation.code(), words));
            close();
        } finally {
            unlockLater();
        }
        owner.violated(violation.code(), words);
    }

    /** Reads on for a while, so that the goodbye is not lost to a reset. Returns false: it was not the peer that ended. */
    private boolean throwAway() throws IOException {
        ByteBuffer rest = ByteBuffer.allocate(4 * 1024);
        arrived.release();
        long thrown = 0;
        for (int n = socket.read(rest); n >= 0 && thrown < MOST_THROWN_AWAY; n = socket.read(rest.clear())) {
            thrown += n;
        }
        return false;
    }

    private void end(boolean byPeer) {
        lock();
        try {
            ended = true;
            closing = true;
            takesStreams = false;
            failAll(new StreamResetException(Kind.CONNECTION, ErrorCode.CANCEL, "connection closed"));
            output.end();
        } finally {
            unlock();
        }
        closeDeadline.cancel();
        arrived.release();
        socket.finish();
        owner.closed(byPeer);
    }

    /** Closes at once; whoever waits for a stream is told. Never blocks. */
    public void abort() {
        socket.close();
    }

    /**
     * Takes no new streams; those that are there go on, and so do those whose frames are on the way; then the connection is
     * closed. Never blocks.
     */
    public void shutdown() {
        lock();
        try {
            if (!leaving && !closing) {
                leaving = true;
                takesStreams = false;
                frames.goAway(Integer.MAX_VALUE, ErrorCode.NO_ERROR, "");
                frames.ping(DRAIN, false); // What comes before its answer was sent before the peer knew.
            }
        } finally {
            unlockLater();
        }
    }

    /** Takes no new streams, and is closed when there are none: at once, where that is so. Never blocks. */
    public void finish() {
        lock();
        try {
            refuse();
        } finally {
            unlockLater();
        }
    }

    /** Asks the peer whether it is still there. */
    public void ping() {
        lock();
        try {
            frames.ping(KEEPALIVE, false);
        } finally {
            unlockLater();
        }
    }

    /**
     * A stream that has still to be {@linkplain Http2Stream#open opened}, by a client.
     *
     * @param mayWrite whether the threads that use it may write to the socket by themselves, for nobody interrupts them
     */
    public Http2Stream newStream(boolean mayWrite) {
        return new Http2Stream(this, 0, settings.streamWindow(), 0, settings.stallNanos(), mayWrite);
    }

    /** Whether {@linkplain Http2Stream#open opening} a stream is worth trying. */
    public boolean takesStreams() {
        return takesStreams;
    }

    /** Whether the peer has told its settings. */
    public boolean isSettled() {
        return settled;
    }

    /** Whether the peer takes extended CONNECT (RFC 8441), as far as it has said. */
    public boolean takesExtendedConnect() {
        return extendedConnect;
    }

    /** Streams that the peer takes at once; a large number where it has not said. */
    public long maxStreams() {
        return maxStreams;
    }

    /** Since when the peer has not taken what is being written, by {@code System.nanoTime()}; 0 where nothing is. */
    public long writeBegan() {
        return output.writeBegan();
    }

    // The lock.

    void lock() {
        lock.lock();
    }

    /** Gives up the lock, and tells what happened under it. */
    void unlock() {
        if (told.isEmpty()) {
            lock.unlock();
            return;
        }
        List<Runnable> tellings = new ArrayList<>(told);
        told.clear();
        lock.unlock();
        tellings.forEach(Runnable::run);
    }

    /** As {@link #unlock}; another thread writes what is to be written. */
    void unlockLater() {
        output.flushLater();
        unlock();
    }

    /**
     * As {@link #unlock}, and writes, where the calling thread may wait for the peer. Where many streams are open, what one
     * leaves to the thread that writes goes out with what others leave there.
     */
    void unlockAndFlush(boolean mayWrite) {
        boolean write = mayWrite && streams.size() <= FEW_STREAMS && output.takeTurn();
        if (!write) {
            output.flushLater();
        }
        unlock();
        if (write) {
            output.write();
        }
    }

    private void flushLater() {
        lock();
        unlockLater();
    }

    /** Gives up the lock until somebody wakes this thread, or the time is over (0: never). Under the lock. */
    void park(long nanos) throws StreamResetException {
        unlockLater();
        try {
            if (nanos == 0) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, nanos);
            }
        } finally {
            lock();
        }
        if (Thread.currentThread().isInterrupted()) {
            throw new StreamResetException(Kind.LOCAL, ErrorCode.CANCEL, "interrupted");
        }
    }

    // What follows is called under the lock.

    /** Ends the halves of a stream that are open; {@code code} is told to the peer, where it is not null. */
    void fail(Http2Stream stream, StreamResetException cause, @Nullable ErrorCode code) {
        if (!stream.input.isOpen() && !stream.output.isOpen()) {
            return;
        }
        stream.input.fail(cause);
        stream.output.fail(cause);
        if (code != null && stream.id != 0 && !ended) {
            frames.reset(stream.id, code);
            streams.noteReset(stream.id);
        }
        if (stream.failure == null) {
            stream.failure = cause;
            tell(stream, cause);
        }
        stream.wake();
        over(stream);
    }

    private void tell(Http2Stream stream, StreamResetException cause) {
        Http2Stream.Watcher watcher = stream.watcher;
        if (watcher != null && cause.kind() != Kind.LOCAL) {
            told.add(() -> watcher.failed(cause));
        }
    }

    private void failAll(StreamResetException cause) {
        streams.all().forEach(stream -> fail(stream, cause, null));
    }

    /** Forgets a stream of which both halves have ended. */
    void over(Http2Stream stream) {
        if (stream.input.isOpen() || stream.output.isOpen() || !streams.remove(stream)) {
            return;
        }
        if (stream.lingering != null) {
            stream.lingering.cancel();
        }
        closeIfDone();
    }

    private void closeIfDone() {
        if ((refusing || peerLeaving) && streams.size() == 0) {
            refuse();
        }
    }

    /** No more streams; when there are none, the end. */
    private void refuse() {
        if (closing) {
            return;
        }
        if (!refusing) {
            refusing = true;
            leaving = true;
            takesStreams = false;
            frames.goAway(streams.lastOfPeer(), ErrorCode.NO_ERROR, "");
        }
        if (streams.size() == 0) {
            close();
        }
    }

    private void close() {
        if (!closing) {
            closing = true;
            takesStreams = false;
            output.end();
            deadlines.start(closeDeadline, CLOSE_NANOS);
        }
    }

    /** Whether new streams of the peer's are not looked at any more. */
    boolean isRefusing() {
        return refusing || closing;
    }

    void drained() {
        refuse();
    }

    /** Opens a stream of this side's. */
    void open(Http2Stream stream, Headers head, boolean last) throws StreamResetException {
        stream.output.check();
        if (!takesStreams || !streams.open(stream)) {
            takesStreams = false; // Or there is no number left.
            throw new StreamResetException(Kind.UNPROCESSED, ErrorCode.REFUSED_STREAM, "the connection is closing");
        }
        stream.output.changeWindow(initialWindow);
        guard.streamOpened();
        headers(stream, head, last);
    }

    void headers(Http2Stream stream, Headers head, boolean last) throws StreamResetException {
        stream.output.check();
        frames.headers(stream.id, head, last);
        if (last) {
            stream.output.complete();
            over(stream);
        }
    }

    /** How much of {@code octets} the windows allow to send now. */
    int sendable(Http2Stream stream, int octets) {
        long allowed = Math.min(Math.min(sendWindow, stream.output.window()), Frames.MAX_PAYLOAD);
        return (int) Math.max(0, Math.min(allowed, octets));
    }

    void data(Http2Stream stream, ByteBuffer part, int octets, boolean last) throws StreamResetException {
        stream.output.check();
        frames.data(stream.id, part, octets, last);
        stream.output.used(octets);
        sendWindow -= octets;
        guard.dataSent();
        if (last) {
            stream.output.complete();
            over(stream);
        }
    }

    boolean isFull() {
        return output.isFull();
    }

    void awaitRoom(Http2Stream stream) {
        forRoom.add(stream);
    }

    /** Its own window wakes the stream anyway; that of the connection only if it is said here. */
    void awaitWindow(Http2Stream stream) {
        if (sendWindow <= 0 && !forWindow.contains(stream)) {
            forWindow.add(stream);
        }
    }

    @Override
    public void roomMade() {
        wakeAll(forRoom);
    }

    private static void wakeAll(ArrayDeque<Http2Stream> waiting) {
        for (Http2Stream next = waiting.poll(); next != null; next = waiting.poll()) {
            next.wakeWriter();
        }
    }

    /** Octets of a stream were taken, or thrown away: their window is given back before long. */
    void consumed(Http2Stream stream, int octets) {
        if (octets == 0 || ended) {
            return;
        }
        int ofStream = stream.input.isDiscarding() ? 0 : stream.input.consumed(octets, settings.streamWindow());
        if (ofStream > 0 && stream.id != 0) {
            frames.windowUpdate(stream.id, ofStream);
        }
        consumed(octets);
    }

    /** Octets were taken that belong to no stream any more. */
    void consumed(int octets) {
        consumed += octets;
        if (consumed >= settings.connectionWindow() / 2) {
            frames.windowUpdate(0, consumed);
            receiveWindow += consumed;
            consumed = 0;
        }
    }

    /** Whether the peer has sent more than it may on the whole connection. */
    boolean exceedsWindow(int octets) {
        receiveWindow -= octets;
        return receiveWindow < 0;
    }

    /** The peer takes more. Returns whether that is as it may be. */
    boolean moreWindow(int increment) {
        sendWindow += increment;
        wakeAll(forWindow);
        return sendWindow <= Integer.MAX_VALUE;
    }

    /** The peer's window for each stream, new ones and those that are open. Returns whether all are as they may be. */
    boolean initialWindow(int octets) {
        long change = (long) octets - initialWindow;
        initialWindow = octets;
        boolean valid = true;
        for (Http2Stream stream : streams.all()) {
            valid &= stream.output.changeWindow(change);
            stream.wakeWriter();
        }
        return valid;
    }

    int initialWindow() {
        return initialWindow;
    }

    void maxStreams(long streamsAtOnce) {
        maxStreams = streamsAtOnce;
    }

    void extendedConnect(boolean taken) {
        extendedConnect = taken;
    }

    void settled() {
        settled = true;
    }

    FloodGuard guard() {
        return guard;
    }

    /** A frame is added for which the peer is the cause. */
    void countControl() throws ConnectionException {
        output.countControl();
    }

    /** The peer says which streams it has seen, and that it takes no more. */
    void peerLeaves(int lastStream) {
        peerLeaving = true;
        takesStreams = false;
        if (settings.client()) {
            StreamResetException cause = new StreamResetException(
                    Kind.UNPROCESSED, ErrorCode.REFUSED_STREAM, "the peer has left before it began with this stream");
            for (Http2Stream stream : streams.all()) {
                if (stream.id > lastStream) {
                    fail(stream, cause, null);
                }
            }
        }
        closeIfDone();
    }

    /** Whether the peer is still to send the rest of a stream that is answered. */
    boolean linger(Http2Stream stream) {
        return !ended && stream.input.isOpen() && stream.lingering == null;
    }

    void startLinger(Deadline lingering) {
        deadlines.start(lingering, LINGER_NANOS);
    }

    /** Whether {@code answer} is that to the {@link #shutdown} of this side. */
    static boolean isDrained(long answer) {
        return answer == DRAIN;
    }

    // To here.

    /** Where a write goes on whose stream is given up, it is given up as well if the peer takes nothing for a while. */
    void giveUpStuckWrite() {
        long began = output.writeBegan();
        if (began == 0) {
            return;
        }
        lock();
        try {
            if (stuck == null) {
                stuck = new StuckDeadline(began);
                deadlines.start(stuck, STUCK_NANOS);
            }
        } finally {
            unlock();
        }
    }

    void stalled() {
        told.add(owner::stalled);
    }

    @Override
    public void sent(long octets) {
        owner.sent(octets);
    }

    /** What the peer has sent before is still read. */
    @Override
    public void outputFailed(IOException cause) {
        StreamResetException failure =
                new StreamResetException(Kind.CONNECTION, ErrorCode.CANCEL, String.valueOf(cause.getMessage()));
        lock();
        try {
            LOG.debug("cannot write", cause);
            for (Http2Stream stream : streams.all()) {
                stream.output.fail(failure);
                stream.wakeWriter();
            }
            close();
        } finally {
            unlock();
        }
    }

    @Override
    public void outputEnded() {
        outputOver = true;
        try {
            socket.endOutput();
        } catch (IOException gone) {
            LOG.trace("gone without a goodbye", gone);
        }
        if (settings.client() && !violated) {
            socket.close(); // A server that has no stream left has nothing to say.
        }
    }

    /** Time for the goodbye. */
    private final class CloseDeadline extends Deadline {
        @Override
        protected void expired() {
            socket.close();
        }
    }

    /** Time for a write that nobody needs any more. */
    private final class StuckDeadline extends Deadline {
        private final long began;

        StuckDeadline(long began) {
            this.began = began;
        }

        @Override
        protected void expired() {
            if (output.writeBegan() == began) {
                socket.close();
            }
            lock();
            stuck = null;
            unlock();
        }
    }
}
