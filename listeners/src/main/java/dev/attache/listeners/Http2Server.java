package dev.attache.listeners;

import dev.attache.core.deadline.Deadlines;
import dev.attache.core.http2.CodecThreads;
import org.eclipse.jetty.server.Server;
import org.jspecify.annotations.Nullable;

/**
 * What the HTTP/2 connections of all listeners have in common. Made when it is first needed: much is loaded for it. Safe
 * for use by all threads.
 */
final class Http2Server {

    private final Deadlines deadlines;
    private volatile @Nullable VirtualThreadConnector connector;

    Http2Server(Deadlines deadlines) {
        this.deadlines = deadlines;
    }

    VirtualThreadConnector connector() {
        VirtualThreadConnector found = connector;
        if (found == null) {
            synchronized (this) {
                found = connector;
                if (found == null) {
                    found = new VirtualThreadConnector(new Server(), new CodecThreads(deadlines));
                    connector = found;
                }
            }
        }
        return found;
    }
}
