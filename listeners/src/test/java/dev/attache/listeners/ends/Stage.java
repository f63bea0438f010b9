package dev.attache.listeners.ends;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.Waiting;
import dev.attache.core.fixtures.frames.Frame;
import dev.attache.core.fixtures.frames.FramePeer;
import dev.attache.core.fixtures.frames.FrameServer;
import dev.attache.core.fixtures.frames.Opening;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A proxy in front of an upstream of HTTP/2, both on free ports of loopback, and the clients that a test connects. */
final class Stage implements AutoCloseable {

    /** The upstream's answer where nothing else was said. */
    static final FrameServer.Answer PLAIN =
            (peer, stream) -> peer.send(Frame.head(stream, false, ":status", "200"), Frame.data(stream, "plain", true));

    final FrameServer upstream;
    final Proxy proxy;
    private final List<FramePeer> clients = new ArrayList<>();

    private Stage(FrameServer upstream, Proxy proxy) {
        this.upstream = upstream;
        this.proxy = proxy;
    }

    /** An upstream that the test plays. */
    static Stage of(Path folder) throws IOException {
        return of(folder, new FrameServer(Opening.DEFAULT), _ -> {});
    }

    /** An upstream that answers each request when its head has come. */
    static Stage answering(Path folder, FrameServer.Answer answer) throws IOException {
        return of(folder, FrameServer.answering(Opening.DEFAULT, answer), _ -> {});
    }

    static Stage of(Path folder, FrameServer upstream, Consumer<Proxy.Settings> change) throws IOException {
        Proxy.Settings settings = new Proxy.Settings();
        change.accept(settings);
        return new Stage(upstream, Proxy.start(upstream.port(), true, folder.resolve("access.log"), settings));
    }

    FramePeer client() throws IOException {
        return client(Opening.DEFAULT);
    }

    FramePeer client(Opening opening) throws IOException {
        FramePeer client = FramePeer.client(proxy.address(), opening);
        clients.add(client);
        return client;
    }

    /** The first request that comes to the upstream, whose connection is {@code upstream.peer(0)}. */
    int arrived() {
        return upstream.peer(0).nextHead();
    }

    /** Waits until no request is counted any more; open connections of clients and to the upstream may stay. */
    void nothingIsInProgress() {
        Waiting.until(
                "no request in progress: " + proxy.inProgress(),
                () -> requests().isEmpty());
    }

    private String requests() {
        StringBuilder left = new StringBuilder();
        for (String part : proxy.inProgress().split(" (?=http|cluster|requests|pending|connections|retries)")) {
            if (!part.contains("cx_active") && !part.startsWith("connections")) {
                left.append(part.trim());
            }
        }
        return left.toString();
    }

    /** A new client is served. */
    void servesOthers() throws IOException {
        try (FramePeer other = FramePeer.client(proxy.address(), Opening.DEFAULT)) {
            serves(other, 1);
        }
    }

    /** A client is served on a stream of the connection that it has. */
    static void serves(FramePeer client, int stream) throws IOException {
        client.send(Frame.head(stream, true, FramePeer.get("/plain")));
        assertThat(client.whole(stream).body()).as(client::toString).isEqualTo("plain");
    }

    /** As {@link #serves}, of an upstream that refuses. */
    static void serves413(FramePeer client, int stream) throws IOException {
        client.send(Frame.head(stream, true, FramePeer.get("/")));
        assertThat(client.whole(stream).status()).as(client::toString).isEqualTo(413);
    }

    @Override
    public void close() throws IOException {
        for (FramePeer client : clients) {
            client.close();
        }
        proxy.close();
        upstream.close();
    }
}
