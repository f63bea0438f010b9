package dev.attache.listeners;

import dev.attache.core.net.Descriptors;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Whether the process has room for one more client, by its file descriptors. A client that is let in while its request
 * cannot be forwarded any more gets an error; one that waits in the queue of the system gets an answer a little later.
 * Safe for use by all threads.
 */
final class Room {

    /** The connections to upstreams that all requests together may need. */
    interface Upstreams {

        /** Open ones. */
        long open();

        /** As many as their limits allow. */
        long most();
    }

    private final Descriptors descriptors;
    private final @Nullable Upstreams upstreams;
    private final AtomicLong clients = new AtomicLong();

    private Room(Descriptors descriptors, @Nullable Upstreams upstreams) {
        this.descriptors = descriptors;
        this.upstreams = upstreams;
    }

    /** Of the operator's listeners: all that is not kept for files. */
    static Room aside(Descriptors descriptors) {
        return new Room(descriptors, null);
    }

    /** Of the traffic: what is left when each client that is there has its connection to an upstream. */
    static Room traffic(Descriptors descriptors, Upstreams upstreams) {
        return new Room(descriptors, upstreams);
    }

    /** Takes room for one; where nobody comes, {@link #giveBack} follows. */
    boolean take() {
        if (upstreams == null) {
            return descriptors.take(descriptors.spare());
        }
        long kept = descriptors.spare() + descriptors.aside();
        long needed = clients.get() + 1;
        if (descriptors.take(kept + needed)) {
            return true; // By far the most: what is open already need not be asked for.
        }
        long missing = Math.min(needed, upstreams.most()) - upstreams.open();
        return missing < needed && descriptors.take(kept + Math.max(0, missing));
    }

    /** What was taken is not needed. */
    void giveBack() {
        descriptors.giveBack();
    }

    /** A client is there. */
    void entered() {
        clients.incrementAndGet();
    }

    /** It is gone. */
    void left() {
        clients.decrementAndGet();
    }
}
