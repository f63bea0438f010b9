package dev.attache.core.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.attache.core.fixtures.Waiting;
import dev.attache.core.http.Body;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestBodyTest {

    private static final HttpFields TRAILERS =
            HttpFields.build().put("x-checksum", "abc").asImmutable();

    /** A client that sends what the test hands it; an empty text is the end. */
    private static final class Client implements Body.Streaming {
        final BlockingQueue<Optional<String>> sends;
        final AtomicBoolean closed = new AtomicBoolean();
        final Semaphore entered = new Semaphore(0);
        private final ByteBuffer lent = ByteBuffer.allocate(1024);
        private volatile boolean ended;

        Client(BlockingQueue<Optional<String>> sends) {
            this.sends = sends;
        }

        @Override
        public long length() {
            return -1;
        }

        @Override
        public ByteBuffer read() throws IOException {
            entered.release();
            Optional<String> part;
            try {
                part = sends.take();
            } catch (InterruptedException interrupted) {
                throw new IOException(interrupted);
            }
            if (part.isEmpty()) {
                ended = true;
                return null;
            }
            if (part.get().equals("broken")) {
                throw new IOException("client gone");
            }
            // As a connection does it: one buffer, used again for each part.
            return lent.clear()
                    .put(part.get().getBytes(StandardCharsets.US_ASCII))
                    .flip();
        }

        @Override
        public HttpFields trailers() {
            return ended ? TRAILERS : HttpFields.EMPTY;
        }

        @Override
        public void close() {
            closed.set(true);
        }
    }

    private final List<String> events = Collections.synchronizedList(new ArrayList<>());
    private final RequestBody.Listener listener = new RequestBody.Listener() {
        @Override
        public void progress() {}

        @Override
        public void complete() {
            events.add("complete");
        }

        @Override
        public void abandoned() {
            events.add("abandoned");
        }
    };

    private static Client sending(String... parts) {
        Client client = new Client(new LinkedBlockingQueue<>());
        for (String part : parts) {
            client.sends.add(Optional.of(part));
        }
        client.sends.add(Optional.empty());
        return client;
    }

    private static String text(ByteBuffer part) {
        return part == null ? null : StandardCharsets.US_ASCII.decode(part).toString();
    }

    private static String readAll(Body body) throws IOException {
        StringBuilder all = new StringBuilder();
        for (ByteBuffer part = body.read(); part != null; part = body.read()) {
            all.append(text(part)).append('|');
        }
        return all.toString();
    }

    /** The end of a body may be told by the thread that read it, while the reader goes on. */
    private void assertEvents(String... expected) {
        Waiting.until("the end is told", () -> events.contains("complete"));
        assertThat(events).containsExactly(expected);
    }

    @Test
    void everyAttemptReadsTheBodyFromItsBeginning() throws IOException {
        RequestBody body = new RequestBody(sending("one", "two", "three"), 100, listener);
        Body first = body.next();
        assertThat(text(first.read())).isEqualTo("one");
        assertThat(text(first.read())).isEqualTo("two");
        first.close();
        assertThat(body.repeatable()).isTrue();
        assertThat(readAll(body.next())).isEqualTo("one|two|three|");
        assertThat(readAll(body.next())).isEqualTo("one|two|three|");
        assertEvents("complete");
    }

    @Test
    void aBodyAboveTheLimitIsSentOnButNotRepeated() throws IOException {
        RequestBody body = new RequestBody(sending("12345", "67890", "1", "2"), 10, listener);
        Body view = body.next();
        view.read();
        view.read();
        assertThat(body.repeatable()).isTrue();
        assertThat(text(view.read())).isEqualTo("1");
        assertThat(body.repeatable()).isFalse();
        assertThat(readAll(view)).isEqualTo("2|");
        assertEvents("abandoned", "complete");
    }

    @Test
    void whatNobodyHasAskedForYetIsRepeatableWithoutBeingKept() throws IOException {
        RequestBody body = new RequestBody(sending("one", "two"), 0, listener);
        body.next();
        assertThat(body.repeatable()).isTrue();
        assertThat(readAll(body.next())).isEqualTo("one|two|");
        assertEvents("complete");
    }

    @Test
    void withoutRetriesNothingIsKept() throws IOException {
        RequestBody body = new RequestBody(sending("one", "two"), 0, listener);
        Body view = body.next();
        assertThat(text(view.read())).isEqualTo("one");
        assertThat(body.repeatable()).isFalse();
        assertThat(readAll(view)).isEqualTo("two|");
        assertEvents("complete");
    }

    @Test
    void closingAViewLeavesTheBodyOpenUntilItWasTheLast() throws IOException {
        Client client = sending("one");
        RequestBody body = new RequestBody(client, 100, listener);
        body.next().close();
        assertThat(client.closed).isFalse();
        Body last = body.next();
        body.last();
        assertThat(client.closed).isFalse();
        last.close();
        assertThat(client.closed).isTrue();
    }

    @Test
    void theEndOfTheLastAttemptMayBeKnownAfterItsViewWasClosed() {
        Client client = sending("one");
        RequestBody body = new RequestBody(client, 100, listener);
        body.next().close();
        body.last();
        assertThat(client.closed).isTrue();
    }

    @Test
    void closingTheOnlyViewWithoutRetriesClosesTheBody() {
        Client client = sending("one");
        new RequestBody(client, 0, listener).next().close();
        assertThat(client.closed).isTrue();
    }

    @Test
    void theLastAttemptStillReadsWhatWasKept() throws IOException {
        RequestBody body = new RequestBody(sending("one", "two", "three"), 100, listener);
        Body first = body.next();
        first.read();
        first.read();
        Body second = body.next();
        body.last();
        assertThat(readAll(second)).isEqualTo("one|two|three|");
    }

    @Test
    void whatAnAttemptThatIsOverStillReadsIsForTheNext() throws Exception {
        SynchronousQueue<Optional<String>> sends = new SynchronousQueue<>();
        Client client = new Client(sends);
        RequestBody body = new RequestBody(client, 4, listener);
        Body first = body.next();
        CompletableFuture<Boolean> firstEnded = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                first.read();
                firstEnded.complete(false);
            } catch (IOException closed) {
                firstEnded.complete(true);
            }
        });
        client.entered.acquire();
        first.close();
        Body second = body.next();
        CompletableFuture<String> read = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                read.complete(readAll(second));
            } catch (IOException trouble) {
                read.completeExceptionally(trouble);
            }
        });
        sends.put(Optional.of("above the limit"));
        sends.put(Optional.of("and on"));
        sends.put(Optional.empty());
        assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo("above the limit|and on|");
        assertThat(firstEnded.get(30, TimeUnit.SECONDS)).isTrue();
    }

    @Test
    void closingAViewEndsItsReadingAtOnceAlthoughTheClientIsSilent() throws Exception {
        Client client = new Client(new SynchronousQueue<>());
        RequestBody body = new RequestBody(client, 100, listener);
        Body view = body.next();
        Thread reader =
                Thread.ofVirtual().start(() -> assertThatThrownBy(view::read).isInstanceOf(IOException.class));
        client.entered.acquire();
        view.close();
        reader.join();
        assertThat(client.closed).isFalse();
        assertThat(body.repeatable()).isTrue();
    }

    @Test
    void whatIsWrongWithTheBodyIsWrongForEveryAttempt() throws IOException {
        RequestBody body = new RequestBody(sending("one", "broken"), 100, listener);
        Body first = body.next();
        first.read();
        assertThatThrownBy(first::read).isInstanceOf(IOException.class).hasMessage("client gone");
        assertThat(body.repeatable()).isFalse();
        Body second = body.next();
        assertThat(text(second.read())).isEqualTo("one");
        assertThatThrownBy(second::read).isInstanceOf(IOException.class).hasMessage("client gone");
        assertThat(events).isEmpty();
    }

    @Test
    void everyAttemptGetsTheTrailers() throws IOException {
        RequestBody body = new RequestBody(sending("a", "b"), 1024, listener);
        for (int attempt = 0; attempt < 2; attempt++) {
            Body view = body.next();
            assertThat(readAll(view)).isEqualTo("a|b|");
            assertThat(view.trailers()).isEqualTo(TRAILERS);
        }
    }

    @Test
    void theLastAttemptGetsTheTrailersOfABodyThatWasTooLongToBeKept() throws IOException {
        RequestBody body = new RequestBody(sending("abc", "def"), 4, listener);
        Body view = body.next();

        assertThat(readAll(view)).isEqualTo("abc|def|");
        assertThat(view.trailers()).isEqualTo(TRAILERS);
        assertThat(body.repeatable()).isFalse();
    }

    @Test
    void aBodyInMemoryKeepsItsTrailersWhenItIsReadAgain() {
        Body.Buffered body = new Body.Buffered(ByteBuffer.wrap(new byte[] {1}), TRAILERS);

        assertThat(body.replay().trailers()).isEqualTo(TRAILERS);
    }
}
