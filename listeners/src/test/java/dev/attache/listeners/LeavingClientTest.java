package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.RawClient;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that leave, end or send on while they wait for an answer. */
@Timeout(60)
class LeavingClientTest {

    private static final String GET = "GET /slow HTTP/1.1\r\nHost: h\r\n\r\n";
    private static final String POST = "POST /slow HTTP/1.1\r\nHost: h\r\nContent-Length: 200000\r\n\r\n";

    /** Longer than a client waits before it is watched. */
    private static final long WATCHED_MILLIS = 1_500;

    /** Answers {@code /slow} when it is given up, or after a time in which its client is watched. */
    private static final class SlowAnswer {
        final CountDownLatch begun = new CountDownLatch(1);

        Response handle(Request request, Exchange exchange) throws InterruptedException {
            CountDownLatch givenUp = new CountDownLatch(1);
            exchange.cancellation().listen(cause -> givenUp.countDown());
            if (request.target().equals("/slow")) {
                begun.countDown();
                boolean cancelled = givenUp.await(WATCHED_MILLIS, TimeUnit.MILLISECONDS);
                return TestEntry.text(cancelled ? 503 : 200, "slow");
            }
            return TestEntry.text(200, request.target());
        }
    }

    private static Stand serving(SlowAnswer slow, boolean allowHalfClose) throws Exception {
        return Stand.serving(settings -> settings.allowHalfClose(allowHalfClose), (request, exchange) -> {
            try {
                return slow.handle(request, exchange);
            } catch (InterruptedException interrupted) {
                throw new IllegalStateException(interrupted);
            }
        });
    }

    private static Cancellation.Cause causeOfEnd(Stand stand) throws InterruptedException {
        Exchange ended = stand.entry.ended.poll(30, TimeUnit.SECONDS);
        assertThat(ended).isNotNull();
        return ended.cancellation().cause();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aClientThatResetsItsConnectionEndsItsRequest(boolean allowHalfClose) throws Exception {
        SlowAnswer slow = new SlowAnswer();
        try (Stand stand = serving(slow, allowHalfClose);
                RawClient client = stand.connect()) {
            client.send(GET);
            slow.begun.await();
            client.reset();
            assertThat(causeOfEnd(stand)).isEqualTo(Cancellation.Cause.DOWNSTREAM_GONE);
        }
    }

    @Test
    void aClientThatEndsItsSideHasLeftWhereHalfCloseIsNotAllowed() throws Exception {
        SlowAnswer slow = new SlowAnswer();
        try (Stand stand = serving(slow, false);
                RawClient client = stand.connect()) {
            client.send(GET).shutdownOutput();
            slow.begun.await();
            assertThat(causeOfEnd(stand)).isEqualTo(Cancellation.Cause.DOWNSTREAM_GONE);
            assertThat(client.read()).isEqualTo(-1);
        }
    }

    @Test
    void aClientThatEndsItsSideIsAnsweredInFullWhereHalfCloseIsAllowed() throws Exception {
        SlowAnswer slow = new SlowAnswer();
        try (Stand stand = serving(slow, true);
                RawClient client = stand.connect()) {
            client.send(GET).shutdownOutput();
            assertThat(client.readAnswer().status()).isEqualTo(200);
            assertThat(client.read()).isEqualTo(-1);
            assertThat(causeOfEnd(stand)).isNull();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatAClientSendsWhileItIsWatchedIsItsNextRequest(boolean allowHalfClose) throws Exception {
        SlowAnswer slow = new SlowAnswer();
        try (Stand stand = serving(slow, allowHalfClose);
                RawClient client = stand.connect()) {
            client.send(GET);
            slow.begun.await();
            client.send("GET /next HTTP/1.1\r\nHost: h\r\nX-Long: " + "y".repeat(5_000) + "\r\n\r\n");
            assertThat(client.readAnswer().body()).isEqualTo("slow");
            assertThat(client.readAnswer().body()).isEqualTo("/next");
            client.send("GET /last HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readAnswer().body()).isEqualTo("/last");
        }
    }

    @Test
    void aClientThatIsWatchedInVainGoesOnWithItsConnection() throws Exception {
        SlowAnswer slow = new SlowAnswer();
        try (Stand stand = serving(slow, false);
                RawClient client = stand.connect()) {
            client.send(GET);
            assertThat(client.readAnswer().body()).isEqualTo("slow");
            client.send(GET);
            assertThat(client.readAnswer().body()).isEqualTo("slow");
            client.send("GET /next HTTP/1.1\r\nHost: h\r\n\r\n");
            assertThat(client.readAnswer().body()).isEqualTo("/next");
        }
    }

    @Test
    void aClientThatLeavesBetweenItsBodyAndItsAnswerEndsItsRequest() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (Stand stand = Stand.serving((request, exchange) -> {
                    CountDownLatch givenUp = new CountDownLatch(1);
                    exchange.cancellation().listen(cause -> givenUp.countDown());
                    try {
                        while (request.body().read() != null) {
                            // All of it.
                        }
                        read.countDown();
                        givenUp.await(30, TimeUnit.SECONDS);
                    } catch (Exception broken) {
                        throw new IllegalStateException(broken);
                    }
                    return TestEntry.text(200, "");
                });
                RawClient client = stand.connect()) {
            client.send(POST).send(new byte[200_000]);
            read.await();
            client.reset();
            assertThat(causeOfEnd(stand)).isEqualTo(Cancellation.Cause.DOWNSTREAM_GONE);
        }
    }
}
