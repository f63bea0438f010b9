package dev.attache.core.upstream.http1;

import static dev.attache.core.upstream.http1.Http1Fixture.answered;
import static dev.attache.core.upstream.http1.Http1Fixture.async;
import static dev.attache.core.upstream.http1.Http1Fixture.await;
import static dev.attache.core.upstream.http1.Http1Fixture.failed;
import static dev.attache.core.upstream.http1.Http1Fixture.request;
import static dev.attache.core.upstream.http1.Http1Fixture.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.policy.Failure;
import dev.attache.core.policy.Outcome;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SlowUploadsTest {

    private static final Request UPLOAD = request("POST", new ScriptedBody(1_000_000));

    private static Exchange over(String protocol) {
        return Exchange.begin(new Exchange.Downstream(null, null, null, protocol));
    }

    @Test
    void givesTheConnectionOfAStalledClientToOneThatWaits() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        try (RawUpstream upstream = RawUpstream.start(peer -> {
                    for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                        if (head.startsWith("POST")) {
                            peer.readBody(4);
                            begun.countDown();
                            peer.awaitEnd();
                            return;
                        }
                        peer.send("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok");
                    }
                });
                Http1Fixture http = Http1Fixture.to(
                        upstream,
                        settings ->
                                Http1Fixture.limits(1, 10).apply(settings.pendingTimeout(Duration.ofSeconds(30))))) {
            ScriptedBody stalled = new ScriptedBody(1_000_000).add("some");
            CompletableFuture<Outcome> slow = async(() -> http.send(request("POST", stalled)));
            begun.await();
            assertThat(slow).isNotDone();

            assertThat(text(answered(http.send(request("GET", Body.EMPTY))))).isEqualTo("ok");

            assertThat(failed(await(slow))).isEqualTo(Failure.REQUEST_TIMEOUT);
            assertThat(stalled.closed()).isTrue();
            http.assertNothingLeaks();
        }
    }

    @Test
    void looksAtNothingButRequestBodiesOfHttp1() {
        SlowUploads uploads = new SlowUploads(500);
        Request grpc = UPLOAD.withHeaders(HttpFields.build().add("content-type", "application/grpc"));

        assertThat(uploads.begin(UPLOAD, over("HTTP/1.1"))).isNotNull();
        assertThat(uploads.begin(UPLOAD, over("HTTP/1.0"))).isNotNull();
        assertThat(uploads.begin(UPLOAD, over("HTTP/2"))).isNull();
        assertThat(uploads.begin(grpc, over("HTTP/1.1"))).isNull();
        assertThat(uploads.begin(Http1Fixture.post("all of it"), over("HTTP/1.1")))
                .isNull();
        assertThat(new SlowUploads(0).begin(UPLOAD, over("HTTP/1.1"))).isNull();
    }
}
