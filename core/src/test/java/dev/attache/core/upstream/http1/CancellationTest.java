package dev.attache.core.upstream.http1;

import static dev.attache.core.upstream.http1.Http1Fixture.answered;
import static dev.attache.core.upstream.http1.Http1Fixture.async;
import static dev.attache.core.upstream.http1.Http1Fixture.await;
import static dev.attache.core.upstream.http1.Http1Fixture.eventually;
import static dev.attache.core.upstream.http1.Http1Fixture.failed;
import static dev.attache.core.upstream.http1.Http1Fixture.post;
import static dev.attache.core.upstream.http1.Http1Fixture.request;
import static dev.attache.core.upstream.http1.Http1Fixture.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.config.CircuitBreakerConfig;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation.Cause;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Response;
import dev.attache.core.http.ResponseFlag;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CancellationTest {

    private static final String OK = "HTTP/1.1 200 OK\r\n";

    /** A server whose queue of connections is full, so that a further connect is neither accepted nor refused. */
    private static final class FullServer implements AutoCloseable {
        private final ServerSocket server;
        private final List<SocketChannel> waiting = new ArrayList<>();

        FullServer() throws IOException {
            server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            for (int i = 0; i < 3; i++) {
                SocketChannel channel = SocketChannel.open();
                channel.configureBlocking(false);
                channel.connect(server.getLocalSocketAddress());
                waiting.add(channel);
            }
        }

        InetSocketAddress address() {
            return (InetSocketAddress) server.getLocalSocketAddress();
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
            server.close();
        }
    }

    @Test
    void givesAConnectUpThatTakesTooLong() throws IOException {
        try (FullServer server = new FullServer();
                Http1Fixture http = new Http1Fixture(
                        server.address(),
                        "up.test",
                        1,
                        null,
                        settings -> settings.connectTimeout(Duration.ofMillis(100)))) {
            long begin = System.nanoTime();
            assertThat(failed(http.send(request("GET", Body.EMPTY)))).isEqualTo(Failure.CONNECT_TIMEOUT);
            assertThat(System.nanoTime() - begin).isGreaterThanOrEqualTo(100_000_000);
            assertThat(http.stats.upstreamCxConnectTimeout.value()).isEqualTo(1);
            assertThat(http.stats.upstreamCxConnectFail.value()).isEqualTo(1);
            http.assertNothingLeaks();
        }
    }

    /** The system connects to loopback at once; when our thread gets to know of it is another matter. */
    @Test
    void takesAConnectThatIsDoneHoweverLateItIsSeen() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(
                        upstream,
                        settings -> settings.connectTimeout(Duration.ofNanos(1))
                                .circuitBreaker(CircuitBreakerConfig.builder()
                                        .maxConnections(400)
                                        .build()))) {
            List<CompletableFuture<Outcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                outcomes.add(async(() -> http.send(request("GET", Body.EMPTY))));
            }
            for (CompletableFuture<Outcome> outcome : outcomes) {
                text(answered(await(outcome)));
            }
            assertThat(http.stats.upstreamCxConnectTimeout.value()).isZero();
        }
    }

    @Test
    void givesAConnectUpWhenItIsCancelled() throws IOException {
        try (FullServer server = new FullServer();
                Http1Fixture http = new Http1Fixture(server.address(), "up.test", 1, null, settings -> settings)) {
            Exchange exchange = Exchange.begin();
            CompletableFuture<Outcome> outcome = async(() -> http.send(post("x"), exchange));
            eventually("it connects", () -> http.stats.upstreamCxActive.value() == 1);
            exchange.cancellation().cancel(Cause.ROUTE_TIMEOUT);
            assertThat(failed(await(outcome))).isEqualTo(Failure.ROUTE_TIMEOUT);
            assertThat(http.stats.upstreamCxConnectTimeout.value()).isZero();
            http.assertNothingLeaks();
        }
    }

    @Test
    void waitsForAUnixSocketWhoseQueueIsFull(@TempDir Path folder) throws IOException {
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(folder.resolve("up.sock"));
        List<SocketChannel> waiting = new ArrayList<>();
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
                Http1Fixture http = new Http1Fixture(
                        address, "", 0, null, settings -> settings.connectTimeout(Duration.ofSeconds(20)));
                Http1Fixture hasty = new Http1Fixture(
                        address, "", 0, null, settings -> settings.connectTimeout(Duration.ofMillis(50)))) {
            server.bind(address, 1);
            for (int i = 0; i < 2; i++) {
                SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
                channel.connect(address);
                waiting.add(channel);
            }
            assertThat(failed(await(async(() -> hasty.send(request("GET", Body.EMPTY))))))
                    .isEqualTo(Failure.CONNECT_TIMEOUT);
            hasty.assertNothingLeaks();
            CompletableFuture<Outcome> outcome = async(() -> http.send(request("GET", Body.EMPTY)));
            eventually("it connects", () -> http.stats.upstreamCxActive.value() == 1);
            server.accept().close();
            server.accept().close();
            try (SocketChannel accepted = server.accept()) {
                accepted.write(java.nio.ByteBuffer.wrap((OK + "content-length: 2\r\n\r\nhi").getBytes()));
                assertThat(text(answered(await(outcome)))).isEqualTo("hi");
            }
        } finally {
            for (SocketChannel channel : waiting) {
                channel.close();
            }
        }
    }

    @Test
    void reportsAUnixSocketThatIsNotThere(@TempDir Path folder) {
        try (Http1Fixture http = new Http1Fixture(
                UnixDomainSocketAddress.of(folder.resolve("none")), "", 0, null, settings -> settings)) {
            assertThat(failed(await(async(() -> http.send(request("GET", Body.EMPTY))))))
                    .isEqualTo(Failure.CONNECT_REFUSED);
            http.assertNothingLeaks();
        }
    }

    @Test
    void givesUpAnUpstreamThatNeverAnswersAndClosesItsConnection() {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    ends.add("asked");
                    peer.awaitEnd();
                    ends.add("closed");
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Exchange exchange = Exchange.begin();
            CompletableFuture<Outcome> outcome = async(() -> http.send(request("GET", Body.EMPTY), exchange));
            assertThat(RawUpstream.next(ends)).isEqualTo("asked");
            exchange.cancellation().cancel(Cause.PER_TRY_TIMEOUT);
            assertThat(failed(await(outcome))).isEqualTo(Failure.PER_TRY_TIMEOUT);
            assertThat(RawUpstream.next(ends)).isEqualTo("closed");
            http.assertNothingLeaks();
        }
    }

    @Test
    void breaksABodyThatIsCancelledWithoutBlamingTheUpstream() throws IOException {
        BlockingQueue<String> ends = new LinkedBlockingQueue<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send(OK + "content-length: 10\r\n\r\nhello");
                    peer.awaitEnd();
                    ends.add("closed");
                });
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Exchange exchange = Exchange.begin();
            Response response = answered(http.send(request("GET", Body.EMPTY), exchange));
            assertThat(response.body().read().remaining()).isEqualTo(5);
            CompletableFuture<String> rest = async(() -> {
                try {
                    return String.valueOf(response.body().read());
                } catch (IOException broken) {
                    return broken.getMessage();
                }
            });
            exchange.cancellation().cancel(Cause.ROUTE_TIMEOUT);
            assertThat(await(rest)).isEqualTo("cancelled: ROUTE_TIMEOUT");
            response.close();
            assertThat(RawUpstream.next(ends)).isEqualTo("closed");
            assertThat(exchange.flagged(ResponseFlag.UPSTREAM_CONNECTION_TERMINATION))
                    .isFalse();
            http.assertNothingLeaks();
        }
    }

    @Test
    void doesNotTouchTheNextRequestOfAConnection() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Exchange first = Exchange.begin();
            text(answered(http.send(request("GET", Body.EMPTY), first)));
            Exchange second = Exchange.begin();
            Response response = answered(http.send(request("GET", Body.EMPTY), second));
            first.cancellation().cancel(Cause.ROUTE_TIMEOUT);
            assertThat(text(response)).isEqualTo("GET / HTTP/1.1");
            assertThat(upstream.connections()).isEqualTo(1);
        }
    }

    @Test
    void sendsNothingForWhatIsCancelledAlready() {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Exchange exchange = Exchange.begin();
            exchange.cancellation().cancel(Cause.DOWNSTREAM_GONE);
            assertThat(failed(http.send(request("GET", Body.EMPTY), exchange))).isEqualTo(Failure.DOWNSTREAM_GONE);
            assertThat(upstream.connections()).isZero();
            http.assertNothingLeaks();
        }
    }

    @Test
    void closesTheConnectionOfAnAnswerThatIsCancelled() throws IOException {
        try (RawUpstream upstream = RawUpstream.start(RawUpstream.echoingTarget());
                Http1Fixture http = Http1Fixture.to(upstream)) {
            Exchange exchange = Exchange.begin();
            Response response = answered(http.send(request("GET", Body.EMPTY), exchange));
            exchange.cancellation().cancel(Cause.ROUTE_TIMEOUT);
            assertThatThrownBy(() -> response.body().read()).isInstanceOf(IOException.class);
            response.close();
            assertThat(http.stats.upstreamCxActive.value()).isZero();
            http.get("/");
            assertThat(upstream.connections()).isEqualTo(2);
        }
    }
}
