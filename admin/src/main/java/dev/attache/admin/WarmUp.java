package dev.attache.admin;

import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.files.ConfigFiles;
import dev.attache.core.config.files.ConfigOptions;
import dev.attache.listeners.Attache;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the first requests of a process its own, since the JVM takes many times as long over those: a proxy and an upstream
 * beside the real ones, on loopback, and one request after the other, until the JVM knows the way, the time is over, or the
 * first client has come. Takes one thread; for the standalone program alone. Whoever asks whether the proxy is ready hears
 * that it is when this is over; clients are served from the start.
 */
final class WarmUp implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    /** As passes, which one request after the other cannot exceed in processor time by much. */
    private static final Duration MOST = Duration.ofSeconds(1);

    /** After as many there is little to gain. */
    private static final int REQUESTS = 2000;

    private static final String REQUEST = """
        GET /plain HTTP/1.1\r
        host: localhost\r
        user-agent: warm-up\r
        accept: */*\r
        \r
        """;

    /** Requests on one connection. */
    private static final int ON_ONE_CONNECTION = 20;

    private final BooleanSupplier clientsHaveCome;
    private final long end = System.nanoTime() + MOST.toNanos();
    private volatile boolean over;

    private WarmUp(BooleanSupplier clientsHaveCome) {
        this.clientsHaveCome = clientsHaveCome;
    }

    /** Begins, on a thread of its own. */
    static WarmUp start(BooleanSupplier clientsHaveCome) {
        WarmUp warmUp = new WarmUp(clientsHaveCome);
        Thread.ofPlatform().daemon().name("attache-warm-up").start(warmUp);
        return warmUp;
    }

    /** Whether it has come to its end. */
    boolean isOver() {
        return over;
    }

    @Override
    public void run() {
        long began = System.nanoTime();
        int requests = 0;
        try {
            requests = warmUp();
        } catch (IOException | RuntimeException failed) {
            LOG.debug("not warmed up: {}", failed.toString()); // No loopback, or no descriptors: it is not needed.
        } finally {
            over = true;
            LOG.debug("{} requests of its own in {} ms", requests, (System.nanoTime() - began) / 1_000_000);
        }
    }

    private int warmUp() throws IOException {
        int requests = 0;
        try (Attache upstream = start(TrainingConfigs.answering());
                Attache proxy = start(TrainingConfigs.forwarding(port(upstream)))) {
            int port = port(proxy);
            while (goesOn(requests)) {
                requests += onOneConnection(port, requests);
            }
        }
        return requests;
    }

    private boolean goesOn(int requests) {
        return requests < REQUESTS && System.nanoTime() - end < 0 && !clientsHaveCome.getAsBoolean();
    }

    private static Attache start(String text) {
        ProxyConfig config = ConfigFiles.load(new ConfigOptions(List.of(), Optional.of(text), false))
                .config();
        return Attache.builder(config).start();
    }

    private static int port(Attache proxy) {
        return ((InetSocketAddress) proxy.listeners().getFirst().addresses().getFirst()).getPort();
    }

    private int onOneConnection(int port, int before) throws IOException {
        ByteBuffer request = ByteBuffer.wrap(REQUEST.getBytes(StandardCharsets.US_ASCII));
        ByteBuffer answer = ByteBuffer.allocate(1024);
        int requests = 0;
        try (SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            while (requests < ON_ONE_CONNECTION && goesOn(before + requests)) {
                channel.write(request.rewind());
                if (channel.read(answer.clear()) < 0) {
                    return requests + 1;
                }
                requests++;
            }
        }
        return requests;
    }
}
