package dev.attache.core.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.StatsConfig;
import dev.attache.core.fixtures.Waiting;
import dev.attache.core.http.Body;
import dev.attache.core.http.Cancellation;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.stats.Stats;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class InProcessCallsTest {

    private final Stats stats = Stats.create(StatsConfig.DEFAULT);
    private final InProcessCalls calls = new InProcessCalls(stats);
    private final AtomicInteger open = new AtomicInteger();

    private final HttpService service = (request, exchange) -> {
        open.incrementAndGet();
        Response answer = new Response(200, HttpFields.build(), new Endless());
        answer.onClose(open::decrementAndGet);
        return answer;
    };

    @AfterEach
    void close() {
        calls.close();
        stats.close();
    }

    private Response call() {
        return calls.call(service, Request.get("/"), Exchange.begin());
    }

    private long unclosed() {
        return stats.scope("in_process").counter("responses_not_closed").value();
    }

    @Test
    void givesBackWhatResponsesHoldThatTheirCallersDrop() {
        for (int i = 0; i < 3000; i++) { // More than there are slots.
            call();
        }
        Waiting.until("all given back", () -> {
            System.gc();
            return open.get() == 0;
        });
        Waiting.until("counted", () -> unclosed() == 3000);
    }

    @Test
    void leavesAloneWhatIsClosed() {
        for (int i = 0; i < 3000; i++) {
            Response answer = call();
            answer.close();
            answer.close();
        }
        call(); // The collector finds this one, and so has had its turn.
        Waiting.until("given back", () -> {
            System.gc();
            return unclosed() == 1;
        });
        assertThat(open).hasValue(0);
    }

    /** Such as {@code service.handle(...).body()}: a body is read to its end though its response is gone. */
    @Test
    void holdsAResponseWhileItsBodyIsHeld() throws IOException {
        Body body = call().body();
        Body dropped = call().body();
        assertThat(dropped.read()).isNotNull();
        dropped = null;
        Waiting.until("the other one given back", () -> {
            System.gc();
            return open.get() == 1;
        });
        assertThat(body.read().remaining()).isEqualTo(1);
        assertThat(open).hasValue(1);
    }

    @Test
    void givesUpWhatIsInProgressWhenItEnds() {
        List<Exchange> exchanges = new ArrayList<>();
        List<Response> answers = new ArrayList<>();
        for (int i = 0; i < 1500; i++) {
            Exchange exchange = Exchange.begin();
            exchanges.add(exchange);
            answers.add(calls.call(service, Request.get("/"), exchange));
        }
        calls.close();

        assertThat(exchanges)
                .allSatisfy(
                        exchange -> assertThat(exchange.cancellation().cause()).isEqualTo(Cancellation.Cause.SHUTDOWN));
        answers.forEach(Response::close);
        assertThat(open).hasValue(0);
    }

    private static final class Endless implements Body.Streaming {
        private boolean closed;

        @Override
        public ByteBuffer read() throws IOException {
            if (closed) {
                throw new IOException("closed");
            }
            return ByteBuffer.wrap(new byte[1]);
        }

        @Override
        public long length() {
            return -1;
        }

        @Override
        public HttpFields trailers() {
            return HttpFields.EMPTY;
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
