package dev.attache.listeners;

import java.io.InputStream;
import java.io.OutputStream;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Answers with what comes, as it comes, on one blocking thread. */
final class EchoHandler extends Handler.Abstract {

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        byte[] buffer = new byte[16 * 1024];
        try (InputStream in = Content.Source.asInputStream(request);
                OutputStream out = Content.Sink.asOutputStream(response)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
                out.flush();
            }
        }
        callback.succeeded();
        return true;
    }
}
