package dev.attache.core.http;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * The notebook of one request: who asked, where it went, how long each phase took, and how it ended. Names and
 * addresses are noted, never running objects.
 *
 * <p>Written by the thread that carries the request (byte counts also by the one that carries its body); other threads
 * may look at it at any time and see recent values.
 */
public final class Exchange {

    /** A point in the life of a request, in Envoy's names for {@code %COMMON_DURATION%}. */
    public enum Phase {
        DS_RX_BEG,
        DS_RX_END,
        US_CX_BEG,
        US_CX_END,
        US_HS_END,
        US_TX_BEG,
        US_TX_END,
        US_RX_BEG,
        US_RX_BODY_BEG,
        US_RX_END,
        DS_TX_BEG,
        DS_TX_END
    }

    /** A typed fact that a higher floor adds: an index into an array, no map. Make one per fact, as a constant. */
    @SuppressWarnings("UnusedTypeParameter") // It types get() and put().
    public static final class Key<T> {
        private static final AtomicInteger NEXT = new AtomicInteger();
        private final int index = NEXT.getAndIncrement();
        private final String name;

        private Key(String name) {
            this.name = name;
        }

        public static <T> Key<T> of(String name) {
            return new Key<>(name);
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** Takes an interim (1xx) response downstream while the final one is awaited. */
    @FunctionalInterface
    public interface InterimSink {
        void interim(int status, HttpFields headers);
    }

    /**
     * Who is at the other end of the downstream connection.
     *
     * @param direct   the peer of the connection; null for an in-process call
     * @param local    the address it reached; null for an in-process call
     * @param remote   the client, by the PROXY protocol and then by the rules of x-forwarded-for; the same as {@code
     *     direct} where they say nothing
     * @param protocol {@code HTTP/1.0}, {@code HTTP/1.1} or {@code HTTP/2}
     * @param tls      the TLS of the connection; null for plain text
     */
    public record Downstream(
            @Nullable SocketAddress direct,
            @Nullable SocketAddress local,
            @Nullable SocketAddress remote,
            String protocol,
            @Nullable TlsFacts tls) {

        /** The other end of a connection in plain text. */
        public Downstream(
                @Nullable SocketAddress direct,
                @Nullable SocketAddress local,
                @Nullable SocketAddress remote,
                String protocol) {
            this(direct, local, remote, protocol, null);
        }

        /** A call from within this process. */
        public static final Downstream IN_PROCESS = new Downstream(null, null, null, "HTTP/1.1");
    }

    private static final AtomicLong NEXT_ID = new AtomicLong(1);
    private static final int PHASES = Phase.values().length;
    private static final InterimSink DROP = (status, headers) -> {};
    private static final VarHandle OPENED;

    /** In the place of the response that was opened last, when none may be opened any more. */
    private static final Response OVER = new Response(0, HttpFields.build(), Body.EMPTY);

    static {
        try {
            OPENED = MethodHandles.lookup().findVarHandle(Exchange.class, "opened", Response.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
        OVER.close();
    }

    private long id; // 0 while nobody has asked.
    private final long[] phases = new long[PHASES];
    private final Cancellation cancellation = new Cancellation();
    private final Downstream connection;
    private Downstream downstream;
    private InterimSink interimSink = DROP;

    private @Nullable Request received;
    private @Nullable Request current;
    private String originalPath = "";
    private String virtualHost = "";
    private String routeName = "";
    private String cluster = "";
    private String endpointName = "";
    private @Nullable SocketAddress endpointAddress;
    private @Nullable SocketAddress upstreamLocalAddress;
    private String upstreamTransportFailure = "";
    private int attempts;
    private long answeredNanos;
    private int status;
    private HttpFields responseHeaders = HttpFields.EMPTY;
    private HttpFields responseTrailers = HttpFields.EMPTY;
    private String details = "";
    private String localReplyBody = "";
    private long flags;
    private volatile long bytesReceived;
    private volatile long bytesSent;
    private @Nullable Object @Nullable [] facts;
    private int entered;
    private volatile @Nullable Response opened;

    private Exchange(Downstream downstream) {
        this.connection = downstream;
        this.downstream = downstream;
        mark(Phase.DS_RX_BEG);
    }

    /** An exchange for an in-process call. */
    public static Exchange begin() {
        return new Exchange(Downstream.IN_PROCESS);
    }

    /** An exchange for a request that came over a connection. */
    public static Exchange begin(Downstream downstream) {
        return new Exchange(downstream);
    }

    /** Unique in this process. Given when it is first asked for: most requests never are. */
    public synchronized long id() {
        if (id == 0) {
            id = NEXT_ID.getAndIncrement();
        }
        return id;
    }

    /** When the request began, by the wall clock. */
    public Instant start() {
        return Instant.ofEpochMilli(startMillis());
    }

    public long startMillis() {
        return WallClock.millis(nanos(Phase.DS_RX_BEG));
    }

    /** Cancels the whole exchange, whatever it is waiting for. */
    public Cancellation cancellation() {
        return cancellation;
    }

    /** As {@link #downstream}, whatever the headers of the request have changed in that. */
    public Downstream connection() {
        return connection;
    }

    public Downstream downstream() {
        return downstream;
    }

    public void downstream(Downstream changed) {
        this.downstream = changed;
    }

    /**
     * Notes that a phase has been reached now.
     *
     * @return {@code System.nanoTime()} at which it was
     */
    public long mark(Phase phase) {
        long now = System.nanoTime();
        phases[phase.ordinal()] = now;
        return now;
    }

    /** Notes that a phase was reached at a reading of {@code System.nanoTime()} that was just made for something else. */
    public void mark(Phase phase, long nanos) {
        phases[phase.ordinal()] = nanos;
    }

    public boolean reached(Phase phase) {
        return phases[phase.ordinal()] != 0;
    }

    /** {@code System.nanoTime()} at which a phase was reached; 0 while it was not. */
    public long nanos(Phase phase) {
        return phases[phase.ordinal()];
    }

    /** Nanoseconds between two phases; -1 where one of them was not reached. */
    public long between(Phase from, Phase to) {
        return reached(from) && reached(to) ? nanos(to) - nanos(from) : -1;
    }

    /** Forgets the upstream phases of an attempt that failed. */
    public void resetUpstreamPhases() {
        answeredNanos = 0;
        Arrays.fill(phases, Phase.US_CX_BEG.ordinal(), Phase.US_RX_END.ordinal() + 1, 0);
    }

    /** The request as it entered the filter chain; null before. */
    public @Nullable Request received() {
        return received;
    }

    public void received(Request request) {
        this.received = request;
        this.current = request;
    }

    /**
     * The request as it stands now: as received, then as filters and the route changed it; what {@code %REQ(...)%} is
     * read from. Null before it was received.
     */
    public @Nullable Request request() {
        return current;
    }

    /** Notes a changed request. */
    public void request(Request changed) {
        this.current = changed;
    }

    /** The target before a rewrite; empty while there was none. */
    public String originalPath() {
        return originalPath;
    }

    public void originalPath(String target) {
        this.originalPath = target;
    }

    public String virtualHost() {
        return virtualHost;
    }

    public String routeName() {
        return routeName;
    }

    /** Notes the route that was chosen. */
    public void routed(String newVirtualHost, String newRouteName) {
        this.virtualHost = newVirtualHost;
        this.routeName = newRouteName;
    }

    /** The cluster's name; empty before one is chosen. */
    public String cluster() {
        return cluster;
    }

    public void cluster(String name) {
        this.cluster = name;
    }

    /** The name of the endpoint of the last attempt; empty before one is chosen. */
    public String endpointName() {
        return endpointName;
    }

    /** The address of the endpoint of the last attempt; null before one is chosen. */
    public @Nullable SocketAddress endpointAddress() {
        return endpointAddress;
    }

    /** Notes a further attempt and the endpoint that was chosen for it. */
    public void attempt(String name, SocketAddress address) {
        attempts++;
        endpointName = name;
        endpointAddress = address;
    }

    /** Attempts so far. */
    public int attempts() {
        return attempts;
    }

    public @Nullable SocketAddress upstreamLocalAddress() {
        return upstreamLocalAddress;
    }

    public void upstreamLocalAddress(@Nullable SocketAddress address) {
        this.upstreamLocalAddress = address;
    }

    /** Why TLS to the upstream failed; empty where it did not. */
    public String upstreamTransportFailure() {
        return upstreamTransportFailure;
    }

    public void upstreamTransportFailure(String reason) {
        this.upstreamTransportFailure = reason;
    }

    /** {@code System.nanoTime()} at which the head of the upstream's final answer was here; 0 where there was none. */
    public long answeredNanos() {
        return answeredNanos;
    }

    /** Notes when the head of the upstream's final answer was here. */
    public void answered(long nanos) {
        this.answeredNanos = nanos;
    }

    /**
     * Notes that the request comes to a listener: from here on {@link #opened} responses are kept. One exchange may come
     * to several, one within the other, where a filter calls another listener; each of them {@linkplain #leave leaves}.
     *
     * @return the last of the responses that were opened before; null where none was
     */
    public @Nullable Response enter() {
        if (entered++ == 0) {
            OPENED.setRelease(this, null);
        }
        return opened;
    }

    /**
     * Notes a response that holds what must be given back: it is closed with the exchange at the latest, whatever becomes
     * of it until then; at once, where the exchange is over. Safe for use by all threads.
     */
    public void opened(Response response) {
        Response before;
        do {
            before = opened;
            if (before == OVER) {
                response.close();
                return;
            }
            response.openedAfter(before == null || before.isClosed() ? null : before);
        } while (!OPENED.compareAndSet(this, before, response));
    }

    /** The last of the responses that were {@linkplain #opened opened}, which leads to all that may be open; null for none. */
    public @Nullable Response lastOpened() {
        return opened;
    }

    /**
     * Notes that the request has been answered by a listener. With the last of them it is over.
     *
     * @return how many responses were still open, and are closed now
     */
    public int leave() {
        return --entered == 0 ? Response.closeAll((Response) OPENED.getAndSet(this, OVER), null) : 0;
    }

    /** Where interim responses go. */
    public void interimSink(InterimSink sink) {
        this.interimSink = sink;
    }

    /** Sends an interim response downstream. */
    public void interim(int interimStatus, HttpFields headers) {
        interimSink.interim(interimStatus, headers);
    }

    /** The status sent downstream; 0 while none was. */
    public int status() {
        return status;
    }

    public HttpFields responseHeaders() {
        return responseHeaders;
    }

    /** Notes the head of the response that is sent downstream. */
    public void responded(int newStatus, HttpFields headers) {
        this.status = newStatus;
        this.responseHeaders = headers;
    }

    public HttpFields responseTrailers() {
        return responseTrailers;
    }

    public void responseTrailers(HttpFields trailers) {
        this.responseTrailers = trailers;
    }

    /** Envoy's response code details; empty while unknown. */
    public String details() {
        return details;
    }

    public void details(String newDetails) {
        this.details = newDetails;
    }

    /** The text of the proxy's own answer; empty where the answer came from the upstream. */
    public String localReplyBody() {
        return localReplyBody;
    }

    public void localReplyBody(String body) {
        this.localReplyBody = body;
    }

    public void flag(ResponseFlag flag) {
        flags |= 1L << flag.ordinal();
    }

    public boolean flagged(ResponseFlag flag) {
        return (flags & 1L << flag.ordinal()) != 0;
    }

    public boolean flagged() {
        return flags != 0;
    }

    /** Takes a flag back: an attempt failed but a later one did not. */
    public void clearFlags() {
        flags = 0;
    }

    /** Bytes of the request body taken from the client. */
    public long bytesReceived() {
        return bytesReceived;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One thread carries the body; the others only look.
    public void received(long bytes) {
        bytesReceived += bytes;
    }

    /** Bytes of the response body given to the client. */
    public long bytesSent() {
        return bytesSent;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One thread carries the body; the others only look.
    public void sent(long bytes) {
        bytesSent += bytes;
    }

    /** A fact added by a higher floor; null where it was not. */
    @SuppressWarnings("unchecked") // put() takes only a T under a Key<T>.
    public <T> @Nullable T get(Key<T> key) {
        return facts == null || key.index >= facts.length ? null : (T) facts[key.index];
    }

    public <T> void put(Key<T> key, T value) {
        if (facts == null || key.index >= facts.length) {
            facts = facts == null ? new Object[key.index + 4] : Arrays.copyOf(facts, key.index + 4);
        }
        facts[key.index] = value;
    }
}
