package dev.attache.benchmarks;

import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.policy.Outcome;
import dev.attache.core.proxy.InProcess;
import dev.attache.core.upstream.Endpoint;
import dev.attache.core.upstream.UpstreamClient;
import dev.attache.tls.Tls;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Forwarding headers, route, default policies, stats and filter chain of one request, with an upstream that answers at
 * once from memory: what a request costs beside its network. Run with {@code -prof gc} for bytes a request, with {@code -p
 * hosts=1000} or {@code -p routes=1000} for how that grows.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
public class ChainBenchmark {

    /** Virtual hosts, each with clusters of its own; the request goes to the last. */
    @Param("1")
    public int hosts;

    /** Prefix routes in each virtual host, each with a cluster of its own; the request goes to the last. */
    @Param("1")
    public int routes;

    private InProcess proxy;
    private HttpService service;
    private Request request;

    /** Starts the proxy without sockets. */
    @Setup
    public void start() {
        proxy = InProcess.builder(Configs.many(hosts, routes), Tls.provider())
                .upstream(_ -> new Memory())
                .start();
        service = proxy.service("measured");
        HttpFields headers = HttpFields.build()
                .add("user-agent", "benchmark/1.0")
                .add("accept", "application/json")
                .add("accept-encoding", "gzip")
                .add("x-request-id", "4f6e0e0a-6c1e-4d0b-9a52-0d2f5b6f7a11")
                .asImmutable();
        String authority = Configs.domain(hosts - 1);
        String target = Configs.prefix(routes - 1) + "api.php?action=query";
        request = new Request("GET", "http", authority, target, headers, Body.EMPTY);
    }

    /** Ends the proxy. */
    @TearDown
    public void stop() {
        proxy.close();
    }

    /** One request. */
    @Benchmark
    public int request() {
        try (Response response = service.handle(request, Exchange.begin())) {
            return response.status();
        }
    }

    private static final class Memory implements UpstreamClient {
        private static final byte[] KIB = new byte[1024];
        private static final HttpField CONTENT_TYPE = new HttpField(HttpHeader.CONTENT_TYPE, "text/plain");

        @Override
        public Outcome send(Request sent, Endpoint endpoint, Exchange exchange, Cancellation cancellation) {
            HttpFields.Mutable headers = HttpFields.build(8).add(CONTENT_TYPE);
            return new Outcome.Answered(new Response(200, headers, Body.of(KIB)));
        }

        @Override
        public void removed(Endpoint endpoint) {}

        @Override
        public void close() {}
    }
}
