package dev.attache.listeners;

import dev.attache.core.config.ProxyProtocol;
import dev.attache.core.deadline.PeerDeadline;
import dev.attache.core.http.TlsFacts;
import dev.attache.core.net.PlainSocket;
import dev.attache.core.net.ProxyHeader;
import dev.attache.core.net.TlsProvider.DownstreamTls;
import dev.attache.core.net.TlsSocket;
import dev.attache.core.vital.OutOfMemory;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first steps of a connection that may be encrypted, on the thread that is then the connection's own: which filter
 * chain takes it, the handshake, and which version of HTTP it speaks.
 */
final class ConnectionStart implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(ConnectionStart.class);

    /** Time for the bytes by which a filter chain is chosen (Envoy's {@code listener_filters_timeout}). */
    private static final Duration HELLO_TIME = Duration.ofSeconds(15);

    private static final int FIRST_BYTES = 1024;
    private static final String HTTP2 = "h2";

    private final HttpListener listener;
    private final PlainSocket socket;
    private final @Nullable SocketAddress remote;

    ConnectionStart(HttpListener listener, PlainSocket socket, @Nullable SocketAddress remote) {
        this.listener = listener;
        this.socket = socket;
        this.remote = remote;
        // What comes after this counts by itself: whoever drains the listener must not overlook it.
        listener.inFlight().begun();
    }

    @Override
    public void run() {
        long began = System.nanoTime();
        boolean taken = false;
        try {
            listener.starting(socket);
            taken = begin();
        } catch (IOException gone) {
            LOG.debug("connection of {}: {}", remote, gone.toString());
        } catch (RuntimeException | Error bug) {
            OutOfMemory.look(bug);
            LOG.error(
                    "connection of {} on listener {}", remote, listener.config().name(), bug);
        } finally {
            listener.started(socket);
            if (!taken) {
                listener.inFlight().ended();
                socket.close();
                listener.startFailed(System.nanoTime() - began);
            }
        }
    }

    /** Returns whether somebody has taken the connection, to its end. */
    private boolean begin() throws IOException {
        ProxyHeader announced = announced();
        ServedChain chain = listener.chains().only();
        ClientHello hello = null;
        if (chain == null) {
            hello = hello();
            chain = hello == null ? null : listener.chains().choose(hello);
            if (hello != null && chain == null) {
                listener.startStats().noFilterChainMatch.increment();
                LOG.debug("connection of {} is closed: no filter chain takes {}", remote, hello.words());
            }
            if (chain == null) {
                return false;
            }
        }
        DownstreamTls tls = chain.tls();
        if (tls == null) {
            go(listener.connection(socket, new Peer(remote, announced, null), chain, false));
            return true;
        }
        TlsSocket secured = new TlsSocket(socket, tls.engine());
        boolean agreed = false;
        try {
            agreed = shakeHands(secured, chain);
        } finally {
            if (!agreed) {
                secured.finish(); // A native engine keeps memory until it is told of the end.
            }
        }
        if (!agreed) {
            return false;
        }
        SSLEngine engine = secured.engine();
        listener.startStats().tls.agreed(secured);
        String name = hello == null ? serverName(engine.getSession()) : hello.serverName();
        TlsFacts facts = new TlsFacts(name, engine.getSession());
        Peer peer = new Peer(remote, announced, facts);
        go(listener.connection(secured, peer, chain, HTTP2.equals(engine.getApplicationProtocol())));
        return true;
    }

    private void go(Runnable connection) {
        listener.started(socket);
        listener.inFlight().ended();
        connection.run();
    }

    private ProxyHeader announced() throws IOException {
        ProxyProtocol mode = listener.config().proxyProtocol();
        if (mode == ProxyProtocol.OFF) {
            return ProxyHeader.LOCAL;
        }
        try {
            return new ProxyHeaderReader(mode, listener.deadlines().queue(HELLO_TIME)).read(socket);
        } catch (SocketTimeoutException late) {
            listener.startStats().preConnectionTimeout.increment();
            throw late;
        } catch (ProtocolException malformed) {
            listener.startStats().proxyProtocolError.increment();
            throw malformed;
        }
    }

    /** Waits for what says which chain it is, and leaves it to be read again; null where nothing does. */
    private @Nullable ClientHello hello() throws IOException {
        Limit limit = new Limit();
        listener.deadlines().start(limit, HELLO_TIME);
        ByteBuffer bytes = ByteBuffer.allocate(FIRST_BYTES);
        try {
            while (true) {
                if (!bytes.hasRemaining()) {
                    bytes = ByteBuffer.allocate(2 * bytes.capacity()).put(bytes.flip());
                }
                if (socket.read(bytes) < 0) {
                    return null;
                }
                ByteBuffer read = bytes.duplicate().flip();
                ClientHello hello = ClientHello.parse(read);
                if (!hello.equals(ClientHello.INCOMPLETE)) {
                    socket.unread(read);
                    return hello;
                }
            }
        } finally {
            if (!limit.cancel()) {
                listener.startStats().preConnectionTimeout.increment();
                LOG.debug("connection of {} is closed: nothing by which to choose a filter chain in time", remote);
            }
        }
    }

    private boolean shakeHands(TlsSocket secured, ServedChain chain) {
        Limit limit = new Limit();
        Duration time = chain.config().handshakeTimeout();
        if (!time.isZero()) {
            listener.deadlines().start(limit, time);
        }
        IOException failed = null;
        try {
            secured.handshake();
        } catch (IOException refused) {
            failed = refused;
        }
        if (!time.isZero() && !limit.cancel()) {
            listener.startStats().connectTimeout.increment();
            LOG.debug("connection of {} is closed: no TLS handshake within {}", remote, time);
            return false;
        }
        if (failed != null) {
            listener.startStats().tls.failed(failed);
            LOG.debug("connection of {}: TLS: {}", remote, failed.toString());
        }
        return failed == null;
    }

    private static String serverName(SSLSession session) {
        for (SNIServerName name : serverNames(session)) {
            if (name instanceof SNIHostName host) {
                return host.getAsciiName().toLowerCase(Locale.ROOT);
            }
        }
        return "";
    }

    private static List<SNIServerName> serverNames(SSLSession session) {
        try {
            return session instanceof ExtendedSSLSession extended ? extended.getRequestedServerNames() : List.of();
        } catch (IllegalArgumentException noHostName) {
            return List.of(); // Of the JDK's rules: with an underscore, or a dot at the end.
        }
    }

    /** Closes the connection of a client that takes too long over its beginning. */
    private final class Limit extends PeerDeadline {
        @Override
        protected boolean arrived() {
            return socket.hasInput();
        }

        @Override
        protected void late() {
            socket.close();
        }
    }
}
