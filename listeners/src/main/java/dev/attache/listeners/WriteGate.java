package dev.attache.listeners;

import dev.attache.core.deadline.Deadline;
import dev.attache.core.http.Exchange;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * Makes Jetty's writes block. Most are complete when they return; else the thread parks, and the client has as long as
 * a stream may be idle to take something. For one thread at a time.
 */
final class WriteGate implements Callback {

    private final Response response;
    private final DownstreamEndPoint connection;
    private final Serving serving;
    private final Exchange exchange;
    private boolean listening;
    private volatile boolean parked;
    private volatile boolean done;
    private volatile @Nullable Throwable failure;
    private volatile @Nullable Thread waiting;

    WriteGate(Response response, DownstreamEndPoint connection, Serving serving, Exchange exchange) {
        this.response = response;
        this.connection = connection;
        this.serving = serving;
        this.exchange = exchange;
    }

    /** Writes, and returns when {@code content} may be used again. */
    void write(boolean last, @Nullable ByteBuffer content) throws IOException {
        done = false;
        failure = null;
        response.write(last, content, this);
        if (!done) {
            await();
        }
        Throwable failed = failure;
        if (failed != null) {
            throw new IOException("downstream write failed", failed);
        }
    }

    private void await() {
        Deadline stalled = new Stalled();
        serving.startFlush(stalled);
        if (!listening) {
            listening = true;
            exchange.cancellation().listen(cause -> {
                if (parked) {
                    connection.closeSoon();
                }
            });
        }
        waiting = Thread.currentThread();
        parked = true;
        while (!done) {
            LockSupport.park(this);
        }
        parked = false;
        waiting = null;
        stalled.cancel();
    }

    @Override
    public void succeeded() {
        complete();
    }

    @Override
    public void failed(Throwable cause) {
        failure = cause;
        complete();
    }

    private void complete() {
        done = true;
        Thread thread = waiting;
        if (thread != null) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public InvocationType getInvocationType() {
        return InvocationType.NON_BLOCKING; // The selector's thread itself may wake us.
    }

    /** The client takes nothing. */
    private final class Stalled extends Deadline {
        @Override
        protected void expired() {
            connection.closeSoon();
        }
    }
}
