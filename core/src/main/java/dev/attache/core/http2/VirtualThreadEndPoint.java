package dev.attache.core.http2;

import dev.attache.core.net.TlsSocket;
import dev.attache.core.net.TransportSocket;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.eclipse.jetty.io.AbstractEndPoint;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.RetainableByteBuffer;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Invocable.InvocationType;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A blocking connection as Jetty's codecs want to see one: {@link #fill} and {@link #flush} never wait. The waiting is
 * done by two virtual threads, outside of any lock of Jetty's.
 *
 * <p>The <em>reader</em> waits for bytes while a codec is interested in them, and calls the codec when they are there. A
 * codec that does not block (HTTP/2) is run by the reader itself, over and over. One that may (HTTP/1.1, whose handler
 * runs within) keeps the thread, and its next interest gets another reader: so there is always one to read while a
 * handler waits. The <em>writer</em> is that of the {@link OutputQueue}; the reader never writes, so that a peer that does
 * not read goes on being read.
 *
 * <p>The idle timeout is Jetty's; 0, which is how it begins, means none.
 */
public final class VirtualThreadEndPoint extends AbstractEndPoint implements OutputQueue.Owner {

    /** Is told of what becomes of a connection; must not block and must not throw. */
    public interface Watcher {

        /** It is open; nothing has been read yet. */
        default void opened(VirtualThreadEndPoint endPoint) {}

        /** What has been read was looked at, as far as it was complete. */
        default void batchEnded() {}

        /** Bytes were read. */
        default void received(long bytes) {}

        /** Bytes were written. */
        default void sent(long bytes) {}

        /** It is closed; called once. */
        default void closed(VirtualThreadEndPoint endPoint, @Nullable Throwable failure) {}
    }

    private enum Reader {
        /** There is none; interest in bytes begets one. */
        NONE,
        /** It waits, or is about to. What has arrived is its own. */
        WAITING,
        /** It runs a codec that does not block, and then looks whether there is interest. */
        CALLING
    }

    /** All that an idle connection holds. */
    public static final int SMALL_BUFFER = 1024;

    private static final int LARGE_BUFFER = 16 * 1024;
    private static final long CLOSE_SECONDS = 1;
    private static final long STUCK_SECONDS = 5;

    private static final Logger LOG = LoggerFactory.getLogger(VirtualThreadEndPoint.class);

    private static final ScopedValue<Boolean> MAY_WAIT = ScopedValue.newInstance();

    private final CodecThreads threads;
    private final Watcher watcher;
    private final TransportSocket socket;
    private final @Nullable SocketAddress local;
    private final @Nullable SocketAddress remote;
    private final OutputQueue output;

    private final CountDownLatch released = new CountDownLatch(1);

    private final Object input = new Object();
    // Guarded by input, and the reader's own while it is WAITING.
    private Reader reader = Reader.NONE;
    private final ByteBuffer small = ByteBuffer.allocate(SMALL_BUFFER).limit(0);
    private @Nullable RetainableByteBuffer large;
    private boolean moreExpected;
    private boolean ended;

    /**
     * An end point that has still to be {@linkplain #run run}.
     *
     * @param local   the own address; null where it is not known
     * @param remote  the peer's address; null where it is not known
     * @param arrived what has been read already, at most 1 KiB or else a buffer of its own
     */
    public VirtualThreadEndPoint(
            CodecThreads threads,
            TransportSocket socket,
            @Nullable SocketAddress local,
            @Nullable SocketAddress remote,
            ByteBuffer arrived,
            Watcher watcher) {
        super(threads.scheduler());
        this.threads = threads;
        this.watcher = watcher;
        this.socket = socket;
        this.local = local;
        this.remote = remote;
        this.output = new OutputQueue(socket, threads.buffers(), threads.executor(), this);
        if (arrived.remaining() > SMALL_BUFFER) {
            large = threads.buffers().acquire(arrived.remaining(), true);
        }
        BufferUtil.append(arrived(), arrived);
    }

    /**
     * Does something whose output the calling thread may wait for the peer to take. Elsewhere a thread may not: it may be
     * one that others wait for, such as the reader of another connection.
     */
    public static void waiting(Runnable output) {
        ScopedValue.where(MAY_WAIT, true).run(output);
    }

    /** Opens the connection and reads for it, on the calling thread, until its codec wants no more. */
    public void run(Function<VirtualThreadEndPoint, Connection> protocol) {
        synchronized (input) {
            reader = Reader.CALLING;
        }
        try {
            onOpen();
            watcher.opened(this);
            Connection connection = protocol.apply(this);
            setConnection(connection);
            connection.onOpen();
            watcher.batchEnded();
            if (waitsAgain()) {
                read();
            }
        } catch (RuntimeException bug) {
            LOG.warn("connection of {} broke", remote, bug);
            close(bug);
        }
    }

    @Override
    protected void needsFillInterest() throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        synchronized (input) {
            if (reader != Reader.NONE) {
                return;
            }
            reader = Reader.WAITING;
        }
        threads.executor().execute(() -> {
            try {
                read();
            } catch (RuntimeException bug) {
                LOG.warn("connection of {} broke", remote, bug);
                close(bug);
            }
        });
    }

    private void read() {
        do {
            await();
            if (getFillInterest().getCallbackInvocationType() == InvocationType.BLOCKING) {
                becomes(Reader.NONE);
                getFillInterest().fillable();
                return;
            }
            becomes(Reader.CALLING);
            Invocable.invokeNonBlocking(getFillInterest()::fillable);
            watcher.batchEnded();
        } while (waitsAgain());
    }

    private void becomes(Reader state) {
        synchronized (input) {
            reader = state;
        }
    }

    private boolean waitsAgain() {
        synchronized (input) {
            reader = isFillInterested() ? Reader.WAITING : Reader.NONE;
            return reader == Reader.WAITING;
        }
    }

    /**
     * Waits until there is something to {@link #fill}. Into the small buffer, unless the last one was filled to the brim:
     * then most likely more is on the way.
     */
    private void await() {
        if (ended || arrived().hasRemaining()) {
            return;
        }
        if (moreExpected) {
            int size = Math.max(LARGE_BUFFER, socket.readSize());
            large = threads.buffers().acquire(size, true);
        }
        ByteBuffer into = arrived();
        BufferUtil.clearToFill(into);
        int n = -1;
        try {
            n = socket.read(into);
            if (n > 0) {
                watcher.received(n);
            }
            notIdle();
        } catch (IOException gone) {
            LOG.debug("connection of {} is gone", remote, gone);
        }
        moreExpected = !into.hasRemaining();
        BufferUtil.flipToFlush(into, 0);
        ended = n < 0;
        if (ended || !isOpen()) {
            releaseLarge();
        }
    }

    private ByteBuffer arrived() {
        return large == null ? small : large.getByteBuffer();
    }

    private void releaseLarge() {
        if (large != null) {
            large.release();
            large = null;
        }
    }

    @Override
    public int fill(ByteBuffer buffer) {
        if (isInputShutdown()) {
            return -1;
        }
        synchronized (input) {
            if (reader == Reader.WAITING) {
                return 0;
            }
            if (arrived().hasRemaining()) {
                int filled = BufferUtil.append(buffer, arrived());
                if (!arrived().hasRemaining()) {
                    releaseLarge();
                }
                return filled;
            }
            if (!ended) {
                return 0;
            }
        }
        shutdownInput();
        return -1;
    }

    @Override
    public boolean flush(ByteBuffer... buffers) throws IOException {
        return output.offer(MAY_WAIT.isBound(), buffers);
    }

    @Override
    protected void onIncompleteFlush() {
        output.awaitRoom();
    }

    @Override
    public void outputHasRoom() {
        if (getWriteFlusher().getCallbackInvocationType() == InvocationType.BLOCKING) {
            threads.executor().execute(getWriteFlusher()::completeWrite);
        } else {
            Invocable.invokeNonBlocking(getWriteFlusher()::completeWrite);
        }
    }

    @Override
    public void outputProgressed(long bytes) {
        watcher.sent(bytes);
        notIdle();
    }

    @Override
    public void outputFailed(Throwable cause) {
        LOG.debug("cannot write to {}", remote, cause);
        getWriteFlusher().onFail(cause);
        socket.close(); // The codec learns of it as of the end of its input.
    }

    /** Not closed by half: without more to write, it is closed. */
    @Override
    public void outputEnded() {
        if (isOpen()) {
            close();
        } else {
            threads.executor().execute(this::release);
        }
    }

    private void release() {
        Scheduler.Task limit = getScheduler().schedule(socket::close, CLOSE_SECONDS, TimeUnit.SECONDS);
        try {
            socket.endOutput();
        } catch (IOException gone) {
            LOG.trace("gone without a goodbye", gone);
        }
        limit.cancel();
        socket.close(); // Before its end, for that waits for whoever reads.
        socket.finish();
        released.countDown();
    }

    /** Waits until all is written that a closed connection has still to write, for a while. */
    public void awaitReleased() {
        try {
            released.await(STUCK_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    protected void doShutdownOutput() {
        output.end();
    }

    /** What was flushed is still written: to Jetty it is as good as sent. */
    @Override
    protected void doClose() {
        if (!output.end()) {
            getScheduler().schedule(socket::close, CLOSE_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public void onClose(@Nullable Throwable failure) {
        if (failure != null) {
            socket.close(); // Broken off, whatever there is to write.
        }
        synchronized (input) {
            if (reader != Reader.WAITING) {
                releaseLarge();
            }
        }
        super.onClose(failure);
        watcher.closed(this, failure);
        Connection connection = getConnection();
        if (connection != null) {
            threads.executor().execute(() -> connection.onClose(failure)); // It may tell a handler, which may block.
        }
    }

    /**
     * Somebody who {@code waits} for what is being written should not any more: where the peer takes nothing for a while, it
     * is given up, and the connection with it.
     */
    void giveUpWriting(BooleanSupplier waits) {
        getScheduler().schedule(() -> closeIfStuck(waits), STUCK_SECONDS, TimeUnit.SECONDS);
    }

    private void closeIfStuck(BooleanSupplier waits) {
        if (!waits.getAsBoolean()) {
            return;
        }
        long began = output.writeBegan();
        if (began != 0 && System.nanoTime() - began >= TimeUnit.SECONDS.toNanos(STUCK_SECONDS)) {
            socket.close();
        } else {
            giveUpWriting(waits);
        }
    }

    /** As {@link OutputQueue#writeBegan}. */
    public long writeBegan() {
        return output.writeBegan();
    }

    /** Whether the peer has ended, or was lost. */
    public boolean isInputEnded() {
        synchronized (input) {
            return ended;
        }
    }

    /** Who is told of what becomes of this connection. */
    public Watcher watcher() {
        return watcher;
    }

    /** Bytes of buffers that this connection holds now. */
    public int held() {
        synchronized (input) {
            return small.capacity() + (large == null ? 0 : large.capacity()) + output.held();
        }
    }

    /** Whether there is a thread that writes. */
    public boolean isWriting() {
        return output.isWriting();
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        return local;
    }

    @Override
    public @Nullable SocketAddress getRemoteSocketAddress() {
        return remote;
    }

    @Override
    public Object getTransport() {
        return socket;
    }

    @Override
    public boolean isSecure() {
        return socket instanceof TlsSocket;
    }

    @Override
    public @Nullable SslSessionData getSslSessionData() {
        if (!(socket instanceof TlsSocket tls)) {
            return null;
        }
        SSLSession session = tls.engine().getSession();
        String id = HexFormat.of().formatHex(session.getId());
        return SslSessionData.from(session, id, session.getCipherSuite(), peerCertificates(session));
    }

    private static X509Certificate @Nullable [] peerCertificates(SSLSession session) {
        try {
            return Arrays.stream(session.getPeerCertificates())
                    .map(X509Certificate.class::cast)
                    .toArray(X509Certificate[]::new);
        } catch (SSLPeerUnverifiedException anonymous) {
            return null;
        }
    }
}
