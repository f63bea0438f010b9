package dev.attache.admin.served;

import dev.attache.core.fixtures.Waiting;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLContext;

/**
 * Clients that ask a listener without a pause, over HTTP/1.1 and HTTP/2: some on one connection for all their time, some
 * on a new one for every few requests.
 */
final class RotationLoad implements AutoCloseable {

    private static final int REQUESTS_A_CONNECTION = 3;

    /**
     * What came of it.
     *
     * @param failures handshakes and requests that were not as they should be
     */
    record Result(long handshakes, long requests, List<String> failures) {}

    private interface Client {
        void run() throws IOException, InterruptedException;
    }

    private final int port;
    private final String host;
    private final SSLContext context;
    private final AtomicLong handshakes = new AtomicLong();
    private final AtomicLong handshakes2 = new AtomicLong();
    private final AtomicLong requests = new AtomicLong();
    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile boolean stopped;

    private RotationLoad(int port, String host, SSLContext context) {
        this.port = port;
        this.host = host;
        this.context = context;
    }

    /** @param host a name that all certificates have, beside 127.0.0.1 */
    static RotationLoad start(int port, String host, SSLContext context) {
        RotationLoad load = new RotationLoad(port, host, context);
        load.run(() -> load.ask1(REQUESTS_A_CONNECTION));
        load.run(() -> load.ask1(REQUESTS_A_CONNECTION));
        load.run(() -> load.ask1(Integer.MAX_VALUE));
        load.run(() -> load.ask2(REQUESTS_A_CONNECTION));
        load.run(() -> load.ask2(Integer.MAX_VALUE));
        return load;
    }

    private void run(Client client) {
        threads.add(Thread.ofPlatform().daemon().start(() -> {
            while (!stopped) {
                try {
                    client.run();
                } catch (IOException failed) {
                    failures.add(failed.toString());
                } catch (InterruptedException stop) {
                    return;
                }
            }
        }));
    }

    private void ask1(int times) throws IOException {
        try (TlsConnection connection = TlsConnection.connect(port, host, context, "http/1.1")) {
            handshakes.incrementAndGet();
            for (int i = 0; i < times && !stopped; i++) {
                expect("HTTP/1.1 200 OK", connection.get("/1").status());
            }
        }
    }

    private void ask2(int times) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + port + "/2"))
                .build();
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(context)
                .version(HttpClient.Version.HTTP_2)
                .build()) {
            handshakes2.incrementAndGet();
            for (int i = 0; i < times && !stopped; i++) {
                HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
                expect("HTTP_2 200", response.version() + " " + response.statusCode());
            }
        }
    }

    private void expect(String expected, String found) {
        requests.incrementAndGet();
        if (!found.equals(expected)) {
            failures.add(found);
        }
    }

    /** Waits until some more handshakes have been made in both versions. */
    void awaitMore() {
        long first = handshakes.get() + 4;
        long second = handshakes2.get() + 2;
        Waiting.until("more handshakes", () -> handshakes.get() >= first && handshakes2.get() >= second);
    }

    /** Stops the clients. */
    Result end() throws InterruptedException {
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        return new Result(handshakes.get() + handshakes2.get(), requests.get(), List.copyOf(failures));
    }

    @Override
    public void close() {
        stopped = true;
    }
}
