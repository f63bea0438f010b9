package dev.attache.listeners;

import static org.assertj.core.api.Assertions.assertThat;

import dev.attache.core.config.Address;
import dev.attache.core.config.CircuitBreakerConfig;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.fixtures.RawClient;
import dev.attache.core.fixtures.RawUpstream;
import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpFilter;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.eclipse.jetty.http.HttpFields;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a filter of the host application does wrong fails its own request, and holds nothing for ever. */
@Timeout(120)
class FilterFaultsTest {

    private static final int LIMIT = 4;
    private static final int CALLS = 3 * LIMIT;
    private static final String BIG = "x".repeat(300_000);

    private enum Fault implements HttpFilter {
        THROWS_BEFORE(500) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                throw new IllegalStateException("bug");
            }
        },
        THROWS_BEHIND(500) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                next.handle(request, exchange);
                throw new IllegalStateException("bug");
            }
        },
        RUNS_OUT_OF_STACK(500) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                next.handle(request, exchange);
                throw new StackOverflowError();
            }
        },
        RUNS_OUT_OF_MEMORY(500) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                next.handle(request, exchange);
                throw new OutOfMemoryError("as an array of too many elements");
            }
        },
        LACKS_A_CLASS(500) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                next.handle(request, exchange);
                throw new NoClassDefFoundError("gone");
            }
        },
        THROWS_WHAT_IT_DOES_NOT_DECLARE(500) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                next.handle(request, exchange);
                throw FilterFaultsTest.<RuntimeException>undeclared(new IOException("bug"));
            }
        },
        RETURNS_NULL(500) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                return null;
            }
        },
        RETURNS_NULL_BEHIND(500) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                next.handle(request, exchange);
                return null;
            }
        },
        CLOSES_WHAT_IT_RETURNS(500) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                Response answer = next.handle(request, exchange);
                answer.close();
                return answer;
            }
        },
        RETURNS_NO_STATUS(500) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                Response answer = next.handle(request, exchange);
                answer.status(99);
                return answer;
            }
        },
        DROPS_THE_ANSWER(418) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                next.handle(request, exchange);
                return Response.local(new LocalReply(418, "own", "own"));
            }
        },
        CALLS_TWICE(200) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                next.handle(request, exchange);
                return next.handle(request, exchange);
            }
        },
        WRAPS_THE_BODY_ALONE(200) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                Response answer = next.handle(request, exchange);
                return new Response(answer.status(), answer.headers(), answer.body());
            }
        },
        ADDS_A_HOOK_THAT_THROWS(200) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                Response answer = next.handle(request, exchange);
                answer.onClose(() -> {
                    throw new IllegalStateException("bug");
                });
                answer.onClose(() -> {
                    throw new AssertionError("bug");
                });
                return answer;
            }
        },
        READS_HALF_AND_THROWS(500) {
            @Override
            public Response filter(Request request, Exchange exchange, HttpService next) {
                try {
                    next.handle(request, exchange).body().read();
                } catch (IOException broken) {
                    throw new IllegalStateException(broken);
                }
                throw new IllegalStateException("bug");
            }
        };

        private final int status;

        Fault(int status) {
            this.status = status;
        }
    }

    @SuppressWarnings("unchecked") // That is how they come.
    private static <T extends Throwable> RuntimeException undeclared(Throwable checked) throws T {
        throw (T) checked;
    }

    @ParameterizedTest
    @EnumSource
    void failsItsOwnRequestsAndHoldsNothing(Fault fault) throws Exception {
        try (RawUpstream upstream = upstream();
                Attache proxy = start(upstream, onlyBelow("/f", fault));
                Http2Client client = new Http2Client(address(proxy))) {
            HttpService service = proxy.service("one");
            for (int i = 0; i < CALLS; i++) {
                String path = i % 2 == 0 ? "/f" : "/f/big";
                assertThat(Embedded.call(service, Request.get(path)).status()).isEqualTo(fault.status);
                assertThat(Embedded.get(port(proxy), path).status()).isEqualTo(fault.status);
                assertThat(client.get(path).status()).isEqualTo(fault.status);
            }

            assertThatNothingIsHeld(proxy);
            assertThat(Embedded.get(port(proxy), "/ok").status()).isEqualTo(200);
            Waiting.until(() ->
                    proxy.stats().http("p").counter("downstream_rq_completed").value() == 3 * CALLS + 1);
        }
    }

    @Test
    void aBodyThatThrowsCutsItsAnswerAndHoldsNothing() throws Exception {
        HttpFilter broken = (request, exchange, next) -> {
            Response answer = next.handle(request, exchange);
            answer.body(new ThrowingBody());
            return answer;
        };
        try (RawUpstream upstream = upstream();
                Attache proxy = start(upstream, onlyBelow("/f", broken))) {
            for (int i = 0; i < CALLS; i++) {
                try (RawClient client = RawClient.connect(port(proxy))) {
                    client.send("GET /f HTTP/1.1\r\nhost: h\r\n\r\n");
                    assertThat(client.readHead().status()).isEqualTo(200);
                    assertThat(client.read())
                            .as("no end of a body that is none")
                            .isEqualTo(-1);
                }
            }

            assertThatNothingIsHeld(proxy);
            assertThat(Embedded.get(port(proxy), "/ok").status()).isEqualTo(200);
        }
    }

    /** Such as a filter that waits for its answer on another thread, for some time. */
    @Test
    void anAnswerThatComesWhenTheExchangeIsOverIsClosedAtOnce() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        CompletableFuture<Response> late = new CompletableFuture<>();
        HttpFilter impatient = (request, exchange, next) -> {
            Thread.ofVirtual().start(() -> {
                try {
                    over.await();
                    late.complete(next.handle(request, exchange));
                } catch (InterruptedException end) {
                    Thread.currentThread().interrupt();
                }
            });
            return Response.local(new LocalReply(504, "too late", "too_late"));
        };
        try (RawUpstream upstream = upstream();
                Attache proxy = start(upstream, onlyBelow("/f", impatient))) {
            assertThat(Embedded.call(proxy.service("one"), Request.get("/f/big"))
                            .status())
                    .isEqualTo(504);
            over.countDown();

            assertThat(late.get().isClosed()).isTrue();
            assertThatNothingIsHeld(proxy);
        }
    }

    /** One exchange, two listeners: what the inner one has opened ends with it, and nothing of the outer one. */
    @Test
    void aFilterMayCallAnotherListenerInTheSameExchange() throws Exception {
        CompletableFuture<Attache> running = new CompletableFuture<>();
        HttpFilter asks = (request, exchange, next) -> {
            Response answer = next.handle(request, exchange);
            try (Response aside = running.join().service("two").handle(Request.get("/aside"), exchange)) {
                answer.headers().put("x-aside", aside.status());
            }
            return answer;
        };
        try (RawUpstream upstream = upstream();
                Attache proxy = start(upstream, onlyBelow("/f", asks))) {
            running.complete(proxy);
            for (int i = 0; i < CALLS; i++) {
                assertThat(Embedded.call(proxy.service("one"), Request.get("/f/big")))
                        .isEqualTo(new Embedded.Answer(200, BIG));
            }
            assertThatNothingIsHeld(proxy);
        }
    }

    private static void assertThatNothingIsHeld(Attache proxy) {
        var cluster = proxy.clusters().iterator().next();
        Waiting.until(() -> cluster.stats().upstreamRqActive.value() == 0);
        Waiting.until(() -> cluster.limits(false).requests().used() == 0);
        Waiting.until(
                () -> proxy.stats().http("p").gauge("downstream_rq_active").value() == 0);
    }

    private static HttpFilter onlyBelow(String path, HttpFilter filter) {
        return (request, exchange, next) -> request.target().startsWith(path)
                ? filter.filter(request, exchange, next)
                : next.handle(request, exchange);
    }

    private static RawUpstream upstream() {
        return RawUpstream.start(peer -> {
            for (String head = peer.readHead(); head != null; head = peer.readHead()) {
                String body = head.contains("/big") ? BIG : "small";
                peer.send("HTTP/1.1 200 OK\r\ncontent-length: " + body.length() + "\r\n\r\n" + body);
            }
        });
    }

    private static Attache start(RawUpstream upstream, HttpFilter filter) {
        ClusterConfig cluster = ClusterConfig.to("c", "127.0.0.1", upstream.port())
                .circuitBreaker(new CircuitBreakerConfig(LIMIT, LIMIT, LIMIT, 3))
                .build();
        ProxyConfig.Builder config = ProxyConfig.builder().cluster(cluster);
        for (String name : new String[] {"one", "two"}) {
            HttpConfig http =
                    HttpConfig.forwarding("p", ForwardConfig.to("c").build()).build();
            config.listener(
                    ListenerConfig.http(Address.loopback(0), http).name(name).build());
        }
        return Attache.builder(config.build()).filter(filter).start();
    }

    private static InetSocketAddress address(Attache proxy) {
        return (InetSocketAddress) proxy.listeners().getFirst().addresses().getFirst();
    }

    private static int port(Attache proxy) {
        return address(proxy).getPort();
    }

    private record ThrowingBody() implements Body.Streaming {
        @Override
        public ByteBuffer read() {
            throw new IllegalStateException("bug");
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
            throw new IllegalStateException("bug");
        }
    }
}
