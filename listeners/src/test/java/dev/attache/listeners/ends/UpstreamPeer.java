package dev.attache.listeners.ends;

import dev.attache.core.fixtures.frames.FramePeer;
import dev.attache.core.fixtures.frames.Opening;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.LockSupport;

/** An upstream that finds its requests by their paths; whatever the proxy repeats is answered at once. */
final class UpstreamPeer implements AutoCloseable {

    private static final long PAUSE_NANOS = 1_000_000;

    private final boolean http2;
    private final Opening opening;
    private final ServerSocket server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress());
    private final List<FramePeer> peers = new CopyOnWriteArrayList<>();
    private final List<Http1Wire> wires = new CopyOnWriteArrayList<>();
    private final List<Attempt> attempts = new CopyOnWriteArrayList<>();
    private final Set<Object> known = new HashSet<>();
    private volatile boolean ended;

    /** A request's place. */
    private record Place(Object connection, int number) {}

    UpstreamPeer(boolean http2, Opening opening) throws IOException {
        this.http2 = http2;
        this.opening = opening;
        Thread.ofVirtual().start(this::accept);
        Thread.ofVirtual().start(this::look);
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                if (http2) {
                    peers.add(FramePeer.server(socket, socket, opening));
                } else {
                    wires.add(new Http1Wire(socket, false));
                }
            }
        } catch (IOException closed) {
            // That is how it ends.
        }
    }

    private void look() {
        while (!ended) {
            for (FramePeer peer : peers) {
                for (int stream : peer.heads()) {
                    if (known.add(new Place(peer, stream))) {
                        found(Http2Play.ofUpstream(peer, stream));
                    }
                }
            }
            for (Http1Wire wire : wires) {
                List<Message> messages = wire.messages();
                for (int i = 0; i < messages.size(); i++) {
                    if (messages.get(i).begun() && known.add(new Place(wire, i))) {
                        found(new Http1Play(wire, i, false));
                    }
                }
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void found(Play play) {
        String path = play.seen().start();
        int number = 1 + attempts(path).size();
        Attempt attempt = new Attempt(path, number, play);
        if (number > 1) {
            play.head("200", OptionalLong.of(5), false, false, "x-attempt", attempt.name());
            play.data(new byte[] {'a', 'g', 'a', 'i', 'n'}, true);
            play.openWindow();
            try {
                play.flush();
            } catch (IOException gone) {
                // Then it is not sent, and known to be so.
            }
        }
        attempts.add(attempt);
    }

    int port() {
        return server.getLocalPort();
    }

    List<Attempt> attempts() {
        return attempts;
    }

    List<Attempt> attempts(String path) {
        return attempts.stream().filter(attempt -> attempt.path().equals(path)).toList();
    }

    List<String> violations() {
        List<String> all = new ArrayList<>();
        peers.forEach(peer -> all.addAll(peer.violations()));
        return all;
    }

    @Override
    public void close() throws IOException {
        ended = true;
        server.close();
        for (FramePeer peer : peers) {
            peer.close();
        }
        for (Http1Wire wire : wires) {
            wire.socket.close();
        }
    }
}
