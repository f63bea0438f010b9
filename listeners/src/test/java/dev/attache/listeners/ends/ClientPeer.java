package dev.attache.listeners.ends;

import dev.attache.core.fixtures.frames.FramePeer;
import dev.attache.core.fixtures.frames.Opening;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** A client whose streams share a connection of HTTP/2, or have one of HTTP/1.1 each. */
final class ClientPeer implements AutoCloseable {

    private final InetSocketAddress server;
    private final FramePeer shared;
    private final List<Http1Wire> wires = new ArrayList<>();
    private int next = -1;

    ClientPeer(boolean http2, InetSocketAddress server, Opening opening) throws IOException {
        this.server = server;
        this.shared = http2 ? FramePeer.client(server, opening) : null;
    }

    /** A stream whose head is the next to be written. */
    Play open() throws IOException {
        if (shared != null) {
            return Http2Play.ofClient(shared, () -> {
                next += 2;
                return next;
            });
        }
        Socket socket = new Socket();
        socket.connect(server);
        Http1Wire wire = new Http1Wire(socket, true);
        wires.add(wire);
        return new Http1Play(wire, 0, true);
    }

    List<String> violations() {
        return shared == null ? List.of() : shared.violations();
    }

    /** How the connection is; empty where each stream has its own. */
    String state() {
        return shared == null ? "" : shared.toString();
    }

    @Override
    public void close() throws IOException {
        if (shared != null) {
            shared.close();
        }
        for (Http1Wire wire : wires) {
            wire.socket.close();
        }
    }
}
