package dev.attache.listeners;

import java.util.concurrent.Executor;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Sees to it that requests are handled on virtual threads. Jetty hands some to a platform thread (the first one on a
 * connection after a TLS handshake or a PROXY line), and there are few of those.
 */
final class VirtualThreadHandler extends Handler.Wrapper {

    private final Executor virtual;

    VirtualThreadHandler(Executor virtual, Handler handler) {
        super(handler);
        this.virtual = virtual;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        if (Thread.currentThread().isVirtual()) {
            return super.handle(request, response, callback);
        }
        virtual.execute(() -> handleHere(request, response, callback));
        return true;
    }

    private void handleHere(Request request, Response response, Callback callback) {
        try {
            if (!super.handle(request, response, callback)) {
                Response.writeError(request, response, callback, 404);
            }
        } catch (Throwable failed) {
            Response.writeError(request, response, callback, failed);
        }
    }
}
