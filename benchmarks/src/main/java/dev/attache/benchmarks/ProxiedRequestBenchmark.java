package dev.attache.benchmarks;

import dev.attache.listeners.Attache;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A whole GET over loopback with a 1 KiB answer, keep-alive on both sides: straight to the upstream, and through the
 * proxy. Client, proxy and upstream share one process and its cores, so only the difference between the two means
 * anything.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Threads(1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
public class ProxiedRequestBenchmark {

    private static final byte[] REQUEST =
            "GET /b1k HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);

    /** Whether the proxy is on the way. */
    @Param({"direct", "proxied"})
    public String path;

    private ServerSocket upstream;
    private Attache proxy;
    private int port;

    /** Starts upstream and proxy. */
    @Setup
    public void start() throws IOException {
        upstream = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
        proxy = Attache.builder(Configs.forwarding(upstream.getLocalPort(), true))
                .start();
        InetSocketAddress bound =
                (InetSocketAddress) proxy.listeners().getFirst().addresses().getFirst();
        port = path.equals("direct") ? upstream.getLocalPort() : bound.getPort();
    }

    /** Ends both. */
    @TearDown
    public void stop() throws IOException {
        proxy.close();
        upstream.close();
    }

    /** One connection a measuring thread. */
    @State(Scope.Thread)
    public static class Client {
        private Socket socket;
        private InputStream in;
        private OutputStream out;
        private final byte[] buffer = new byte[16 * 1024];

        /** Connects. */
        @Setup
        public void connect(ProxiedRequestBenchmark benchmark) throws IOException {
            socket = new Socket(InetAddress.getLoopbackAddress(), benchmark.port);
            socket.setTcpNoDelay(true);
            in = socket.getInputStream();
            out = socket.getOutputStream();
        }

        /** Disconnects. */
        @TearDown
        public void close() throws IOException {
            socket.close();
        }
    }

    /** One request. */
    @Benchmark
    public int request(Client client) throws IOException {
        client.out.write(REQUEST);
        int length = 0;
        int wanted = Integer.MAX_VALUE;
        while (length < wanted) {
            int read = client.in.read(client.buffer, length, client.buffer.length - length);
            if (read < 0) {
                throw new IOException("answer ended after " + length + " bytes");
            }
            length += read;
            int end = headEnd(client.buffer, length);
            if (end > 0) {
                wanted = end + 1024;
            }
        }
        return length;
    }

    private static int headEnd(byte[] buffer, int length) {
        for (int i = 3; i < length; i++) {
            if (buffer[i] == '\n' && buffer[i - 1] == '\r' && buffer[i - 2] == '\n' && buffer[i - 3] == '\r') {
                return i + 1;
            }
        }
        return -1;
    }

    private void accept() {
        try {
            while (true) {
                Socket connection = upstream.accept();
                connection.setTcpNoDelay(true);
                Thread.ofVirtual().start(() -> serve(connection));
            }
        } catch (IOException closed) {
            // The benchmark has ended.
        }
    }

    private static void serve(Socket connection) {
        byte[] answer = new byte[1024 + 64];
        byte[] head = "HTTP/1.1 200 OK\r\nContent-Length: 1024\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
        System.arraycopy(head, 0, answer, 0, head.length);
        byte[] buffer = new byte[8192];
        try (connection) {
            int length = 0;
            for (int read; (read = connection.getInputStream().read(buffer, length, buffer.length - length)) > 0; ) {
                length += read;
                if (headEnd(buffer, length) > 0) {
                    connection.getOutputStream().write(answer, 0, head.length + 1024);
                    length = 0;
                }
            }
        } catch (IOException broken) {
            throw new UncheckedIOException(broken);
        }
    }
}
