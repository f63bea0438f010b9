package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.ProxyClosedException;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The end of a proxy is an end. */
@Timeout(120)
class ClosedProxyTest {

    private static final int THREADS = 200;

    @Test
    void refusesCallsAndUpdatesAndBindsNothingAgain() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling())) {
            ProxyConfig config = Embedded.config(Embedded.listener("demo", 0, upstream.port(), ""));
            Attache proxy = Attache.builder(config).start();
            HttpService service = proxy.service("demo");
            int port = Embedded.port(proxy, "demo");
            assertThat(Embedded.call(service, Request.get("/")).status()).isEqualTo(200);

            proxy.close();
            proxy.close();

            assertThatExceptionOfType(ProxyClosedException.class)
                    .isThrownBy(() -> service.handle(Request.get("/"), Exchange.begin()))
                    .withMessage("the proxy is closed");
            assertThatIllegalStateException().isThrownBy(() -> proxy.service("demo"));
            assertThatIllegalStateException().isThrownBy(() -> proxy.update(config));
            assertThatIllegalStateException()
                    .isThrownBy(() -> proxy.serveAside(
                            config.listeners().getFirst(),
                            HttpConfig.builder("t", RouteTableConfig.of("t", List.of()))
                                    .build(),
                            (request, exchange) -> null));
            assertThat(proxy.listeners()).isEmpty();
            assertThatExceptionOfType(ConnectException.class).isThrownBy(() -> connect(port));
            assertThat(proxy.drain(Duration.ZERO)).isTrue();
            proxy.reopenLogs();
        }
    }

    @Test
    void endsForManyThreadsAtOnceWhileItIsChangedAndCalled() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling())) {
            String listener = Embedded.listener("demo", 0, upstream.port(), "");
            Attache proxy = Attache.builder(Embedded.config(listener)).start();
            HttpService service = proxy.service("demo");
            List<FutureTask<Void>> all = new ArrayList<>();
            CountDownLatch go = new CountDownLatch(1);
            for (int i = 0; i < THREADS; i++) {
                String more = listener + Embedded.listener("more" + i, 0, upstream.port(), "");
                int kind = i % 4;
                boolean interrupted = i % 3 == 0;
                FutureTask<Void> task = new FutureTask<>(() -> {
                    go.await();
                    if (interrupted) {
                        Thread.currentThread().interrupt();
                    }
                    try {
                        switch (kind) {
                            case 0 -> proxy.update(Embedded.config(more));
                            case 1 ->
                                service.handle(Request.get("/"), Exchange.begin())
                                        .close();
                            default -> proxy.close();
                        }
                    } catch (ProxyClosedException late) {
                        assertThat(kind).isLessThan(2);
                    }
                    assertThat(Thread.interrupted()).as("the flag is kept").isEqualTo(interrupted);
                    return null;
                });
                all.add(task);
                Thread.ofVirtual().start(task);
            }
            go.countDown();
            for (Future<Void> each : all) {
                each.get();
            }
            assertThat(proxy.listeners()).isEmpty();
            assertThatIllegalStateException().isThrownBy(() -> proxy.service("demo"));
            Waiting.until(() -> upstream.open() == 0);
        }
    }

    /** No deadline would ever end it: the deadlines are closed as well. */
    @Test
    @SuppressWarnings("try") // To close it twice is what this is about.
    void breaksOffACallThatIsInProgress() throws Exception {
        CountDownLatch reached = new CountDownLatch(1);
        CompletableFuture<Integer> status = new CompletableFuture<>();
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    reached.countDown();
                    peer.awaitEnd();
                });
                Attache proxy = Attache.builder(
                                Embedded.config(Embedded.listener("demo", 0, upstream.port(), ", timeout: 0s")))
                        .start()) {
            HttpService service = proxy.service("demo");
            Thread.ofVirtual().start(() -> {
                try (Response answer = service.handle(Request.get("/"), Exchange.begin())) {
                    status.complete(answer.status());
                }
            });
            reached.await();

            proxy.close();

            assertThat(status.get()).isEqualTo(503);
        }
    }

    @Test
    void breaksOffABodyThatIsBeingRead() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    peer.readHead();
                    peer.send("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab");
                    peer.awaitEnd();
                });
                Attache proxy = Attache.builder(
                                Embedded.config(Embedded.listener("demo", 0, upstream.port(), ", timeout: 0s")))
                        .start()) {
            try (Response answer = proxy.service("demo").handle(Request.get("/"), Exchange.begin())) {
                assertThat(answer.body().read().remaining()).isEqualTo(2);
                Thread.ofVirtual().start(proxy::close);

                assertThatExceptionOfType(IOException.class)
                        .isThrownBy(() -> answer.body().read());
            }
        }
    }

    @Test
    void aServiceWhoseListenerHasGoneAnswersThatItHas() throws Exception {
        try (RawUpstream upstream = RawUpstream.start(Embedded.telling());
                Attache proxy = Attache.builder(Embedded.config(Embedded.listener("demo", 0, upstream.port(), "")))
                        .start()) {
            HttpService service = proxy.service("demo");
            proxy.update(Embedded.config(Embedded.listener("other", 0, upstream.port(), "")));
            Exchange exchange = Exchange.begin();
            try (Response answer = service.handle(Request.get("/"), exchange)) {
                assertThat(answer.status()).isEqualTo(503);
                assertThat(answer.localReply().details()).isEqualTo("listener_not_found");
                assertThat(exchange.details()).isEqualTo("listener_not_found");
            }
            assertThat(Embedded.call(service, Request.get("/")).body())
                    .isEqualTo("service demo: unknown (expected: one of [other])");

            proxy.update(Embedded.config(Embedded.listener("demo", 0, upstream.port(), "")));

            assertThat(Embedded.call(service, Request.get("/back")).body()).endsWith(" /back -");
        }
    }

    private static void connect(int port) throws IOException {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
    }
}
