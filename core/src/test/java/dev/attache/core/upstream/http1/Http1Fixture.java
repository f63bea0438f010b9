package dev.attache.core.upstream.http1;

import dev.attache.core.config.Address;
import dev.attache.core.config.CircuitBreakerConfig;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DiscoveryConfig;
import dev.attache.core.config.EndpointConfig;
import dev.attache.core.config.StatsConfig;
import dev.attache.core.deadline.Deadlines;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.net.TlsProvider.UpstreamTls;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import dev.attache.core.stats.Stats;
import dev.attache.core.upstream.ClusterStats;
import dev.attache.core.upstream.Endpoint;
import dev.attache.core.upstream.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.HttpFields;

/** A client of one cluster with what it needs, and short words for what tests ask of it. */
final class Http1Fixture implements AutoCloseable {

    final ClusterStats stats;
    final Stats all = Stats.create(StatsConfig.DEFAULT);
    final Limits limits;
    final Deadlines deadlines = Deadlines.open();
    final Http1Client client;
    final Endpoint endpoint;

    Http1Fixture(
            SocketAddress address,
            String host,
            int port,
            UpstreamTls tls,
            UnaryOperator<ClusterConfig.Builder> settings) {
        ClusterConfig.Builder builder = ClusterConfig.builder(
                        "up",
                        new DiscoveryConfig.Static(List.of(new EndpointConfig(new Address.Socket("127.0.0.1", 1)))))
                .connectTimeout(Duration.ofSeconds(20));
        ClusterConfig config = settings.apply(builder).build();
        stats = new ClusterStats(all.cluster("up"));
        limits = new Limits(
                config.circuitBreaker(),
                all.cluster("up").scope("circuit_breakers").scope("default"));
        client = new Http1Client(config, stats, limits, tls, deadlines);
        endpoint = new Endpoint(host, port, address, 1);
    }

    static Http1Fixture to(RawUpstream upstream) {
        return to(upstream, settings -> settings);
    }

    static Http1Fixture to(RawUpstream upstream, UnaryOperator<ClusterConfig.Builder> settings) {
        return new Http1Fixture(upstream.address(), "up.test", upstream.port(), null, settings);
    }

    static UnaryOperator<ClusterConfig.Builder> limits(long connections, long pending) {
        return settings -> settings.circuitBreaker(CircuitBreakerConfig.builder()
                .maxConnections(connections)
                .maxPendingRequests(pending)
                .build());
    }

    Outcome send(Request request) {
        return send(request, Exchange.begin());
    }

    Outcome send(Request request, Exchange exchange) {
        return client.send(request, endpoint, exchange, exchange.cancellation());
    }

    Response answered(Request request) {
        return answered(send(request));
    }

    static Response answered(Outcome outcome) {
        if (outcome instanceof Outcome.Answered answered) {
            return answered.response();
        }
        throw new AssertionError("not answered: " + outcome);
    }

    static Failure failed(Outcome outcome) {
        if (outcome instanceof Outcome.Failed failed) {
            return failed.failure();
        }
        throw new AssertionError(
                "answered: " + ((Outcome.Answered) outcome).response().status());
    }

    /** Sends, reads all of the answer and closes it. */
    String get(String target) throws IOException {
        return text(answered(get(target, HttpFields.EMPTY)));
    }

    static Request get(String target, HttpFields headers) {
        return new Request("GET", "http", "a.test", target, headers, Body.EMPTY);
    }

    static Request request(String method, Body body) {
        return new Request(method, "http", "a.test", "/", HttpFields.EMPTY, body);
    }

    static Request post(String body) {
        return request("POST", Body.of(body.getBytes(StandardCharsets.UTF_8)));
    }

    /** Reads all of the body and closes the response. */
    static String text(Response response) throws IOException {
        try (response) {
            ByteArrayOutputStream content = new ByteArrayOutputStream();
            for (ByteBuffer part = response.body().read();
                    part != null;
                    part = response.body().read()) {
                byte[] bytes = new byte[part.remaining()];
                part.get(bytes);
                content.write(bytes);
            }
            return content.toString(StandardCharsets.ISO_8859_1);
        }
    }

    /** Runs on a virtual thread. */
    static <T> CompletableFuture<T> async(Callable<T> action) {
        CompletableFuture<T> future = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                future.complete(action.call());
            } catch (Throwable failed) {
                future.completeExceptionally(failed);
            }
        });
        return future;
    }

    static <T> T await(CompletableFuture<T> future) {
        try {
            return future.get(30, TimeUnit.SECONDS);
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    /** Waits until something that another thread does has been done. */
    static void eventually(String what, BooleanSupplier done) {
        long begin = System.nanoTime();
        while (!done.getAsBoolean()) {
            if (System.nanoTime() - begin > 30_000_000_000L) {
                throw new AssertionError("not in 30 s: " + what);
            }
            Thread.yield();
        }
    }

    /** Nothing is in use and nothing is kept, once the client is closed. */
    void assertNothingLeaks() {
        client.close();
        eventually(
                "all permits are back",
                () -> limits.connections().used() == 0
                        && limits.pending().used() == 0
                        && stats.upstreamCxActive.value() == 0
                        && stats.upstreamRqPendingActive.value() == 0
                        && endpoint.stats().cxActive.get() == 0);
    }

    @Override
    public void close() {
        client.close();
        deadlines.close();
    }
}
