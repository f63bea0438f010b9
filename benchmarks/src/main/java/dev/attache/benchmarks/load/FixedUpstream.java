package dev.attache.benchmarks.load;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** An upstream for machines without nginx: answers {@code /b100}, {@code /b1k} and {@code /b1m} on {@code PORT}. */
public final class FixedUpstream {

    private static final Map<String, ByteBuffer> ANSWERS =
            Map.of("/b100", answer(100), "/b1k", answer(1024), "/b1m", answer(1024 * 1024));
    private static final ByteBuffer NOT_FOUND =
            direct("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1), 0);

    private FixedUpstream() {}

    /** Serves until it is ended. */
    public static void main(String[] args) throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0])), 4096);
        while (true) {
            SocketChannel connection = listener.accept();
            connection.setOption(StandardSocketOptions.TCP_NODELAY, true);
            Thread.ofVirtual().start(() -> serve(connection));
        }
    }

    private static void serve(SocketChannel connection) {
        ByteBuffer in = ByteBuffer.allocate(8192);
        try (connection) {
            while (connection.read(in) > 0) {
                String head = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
                if (head.endsWith("\r\n\r\n")) {
                    ByteBuffer answer =
                            ANSWERS.getOrDefault(path(head), NOT_FOUND).duplicate();
                    while (answer.hasRemaining()) {
                        connection.write(answer);
                    }
                    in.clear();
                }
            }
        } catch (IOException gone) {
            // The proxy closed a connection that it no longer needed.
        }
    }

    private static String path(String head) {
        int start = head.indexOf(' ') + 1;
        return head.substring(start, head.indexOf(' ', start));
    }

    private static ByteBuffer answer(int length) {
        String head =
                "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nContent-Length: " + length + "\r\n\r\n";
        return direct(head.getBytes(StandardCharsets.ISO_8859_1), length);
    }

    private static ByteBuffer direct(byte[] head, int length) {
        return ByteBuffer.allocateDirect(head.length + length)
                .put(head)
                .put(new byte[length])
                .flip();
    }
}
