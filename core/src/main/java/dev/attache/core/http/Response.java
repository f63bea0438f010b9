package dev.attache.core.http;

import static java.util.Objects.requireNonNull;

import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A response on its way back; whoever holds it may change it, and the last holder closes it, which ends the exchange
 * with the upstream: permits are given back and the connection is pooled or closed. For one thread at a time.
 */
public final class Response implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Response.class);

    private int status;
    private HttpFields.Mutable headers;
    private Body body;
    private final @Nullable LocalReply localReply;
    private @Nullable Runnable firstAction; // Nearly always the only one but for the last, so it needs no link.
    private @Nullable CloseHook secondHook;
    private @Nullable CloseHook lastHook;
    private boolean closed;
    private @Nullable Response openedBefore;

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
        this.headers = requireNonNull(headers, "headers");
        this.body = requireNonNull(body, "body");
        this.localReply = localReply;
    }

    /** An answer of the proxy's own, whose body is made at the outermost stage. */
    public static Response local(LocalReply reply) {
        requireNonNull(reply, "reply");
        return new Response(reply.status(), HttpFields.build(reply.headers()), Body.EMPTY, reply);
    }

    /**
     * The same answer for another holder, who closes it apart from this one.
     *
     * @param content its body
     * @param close   what its closing does, beside closing {@code content}
     */
    public Response heldBy(Body content, Runnable close) {
        Response held = new Response(status, headers, content, localReply);
        held.onClose(close);
        return held;
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
        this.headers = requireNonNull(changed, "changed");
    }

    public Body body() {
        return body;
    }

    /** Replaces the body; the caller sees to the old one, and to {@code content-length}. */
    public void body(Body changed) {
        this.body = requireNonNull(changed, "changed");
    }

    /** The local reply that this response stands for; null where the answer came from an upstream or a filter. */
    public @Nullable LocalReply localReply() {
        return localReply;
    }

    /**
     * Runs {@code action} once, when this response is closed, or at once where it is closed already. Actions run in the
     * order of their adding, upstream first, each of them whatever the others throw.
     */
    public void onClose(Runnable action) {
        requireNonNull(action, "action");
        if (closed) {
            tell(failure(null, action));
        } else if (firstAction == null) {
            firstAction = action;
        } else {
            CloseHook hook = new CloseHook(action);
            if (lastHook == null) {
                secondHook = hook;
            } else {
                lastHook.next = hook;
            }
            lastHook = hook;
        }
    }

    /** Is opened for the same request as {@code another}; null where that is closed, or there was none. */
    void openedAfter(@Nullable Response another) {
        openedBefore = another;
    }

    /**
     * Closes all responses of a request that are open.
     *
     * @param last  the one that was {@linkplain Exchange#opened opened} last; null where none was
     * @param until the last of those that stay as they are; null for none
     * @return how many were open
     */
    public static int closeAll(@Nullable Response last, @Nullable Response until) {
        int open = 0;
        for (Response response = last; response != null && response != until; response = response.openedBefore) {
            if (!response.closed) {
                response.close();
                open++;
            }
        }
        return open;
    }

    /** Whether it has been closed. */
    public boolean isClosed() {
        return closed;
    }

    /**
     * Ends the exchange; what was not read of the body is given up. What the body or an action throws is logged when all
     * of them have run: nothing that was taken for this response stays taken. Idempotent.
     */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        Throwable failure = failure(null, body::close);
        if (firstAction != null) {
            failure = failure(failure, firstAction);
        }
        for (CloseHook hook = secondHook; hook != null; hook = hook.next) {
            failure = failure(failure, hook.action);
        }
        tell(failure);
    }

    /** Runs {@code action}, and adds what it throws to what others have thrown. */
    @SuppressWarnings("ReferenceEquality") // Which object it is, is the question.
    private static @Nullable Throwable failure(@Nullable Throwable before, Runnable action) {
        try {
            action.run();
            return before;
        } catch (Throwable bug) {
            if (before == null) {
                return bug;
            }
            if (before != bug) { // Of itself it takes no note.
                before.addSuppressed(bug);
            }
            return before;
        }
    }

    private static void tell(@Nullable Throwable failure) {
        if (failure != null) {
            LOG.error("the closing of a response has failed in part", failure);
        }
    }
}
