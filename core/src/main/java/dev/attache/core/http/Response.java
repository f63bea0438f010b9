package dev.attache.core.http;

import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * A response on its way back; whoever holds it may change it, and the last holder closes it, which ends the exchange
 * with the upstream: permits are given back and the connection is pooled or closed. For one thread at a time.
 */
public final class Response implements AutoCloseable {

    private int status;
    private HttpFields.Mutable headers;
    private Body body;
    private final @Nullable LocalReply localReply;
    private @Nullable Runnable firstAction; // Nearly always the only one but for the last, so it needs no link.
    private @Nullable CloseHook secondHook;
    private @Nullable CloseHook lastHook;
    private boolean closed;

    private static final class CloseHook {
        private final Runnable action;
        private @Nullable CloseHook next;

        CloseHook(Runnable action) {
            this.action = action;
        }
    }

    /**
     * A response.
     *
     * @param headers headers without hop-by-hop headers; owned by this response from now on
     */
    public Response(int status, HttpFields.Mutable headers, Body body) {
        this(status, headers, body, null);
    }

    private Response(int status, HttpFields.Mutable headers, Body body, @Nullable LocalReply localReply) {
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.localReply = localReply;
    }

    /** An answer of the proxy's own, whose body is made at the outermost stage. */
    public static Response local(LocalReply reply) {
        return new Response(reply.status(), HttpFields.build(reply.headers()), Body.EMPTY, reply);
    }

    public int status() {
        return status;
    }

    public void status(int changed) {
        this.status = changed;
    }

    public HttpFields.Mutable headers() {
        return headers;
    }

    public void headers(HttpFields.Mutable changed) {
        this.headers = changed;
    }

    public Body body() {
        return body;
    }

    /** Replaces the body; the caller sees to the old one, and to {@code content-length}. */
    public void body(Body changed) {
        this.body = changed;
    }

    /** The local reply that this response stands for; null where the answer came from an upstream or a filter. */
    public @Nullable LocalReply localReply() {
        return localReply;
    }

    /** Runs {@code action} once, when this response is closed; actions run in the order of their adding, upstream first. */
    public void onClose(Runnable action) {
        if (firstAction == null) {
            firstAction = action;
            return;
        }
        CloseHook hook = new CloseHook(action);
        if (lastHook == null) {
            secondHook = hook;
        } else {
            lastHook.next = hook;
        }
        lastHook = hook;
    }

    /** Ends the exchange; what was not read of the body is given up. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        body.close();
        if (firstAction != null) {
            firstAction.run();
        }
        for (CloseHook hook = secondHook; hook != null; hook = hook.next) {
            hook.action.run();
        }
    }
}
