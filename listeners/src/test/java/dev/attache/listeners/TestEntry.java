package dev.attache.listeners;

import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.proxy.ConnectionStats;
import dev.attache.core.proxy.HttpEntry;
import dev.attache.core.stats.Stats;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.http.HttpFields;

/** An entry whose service a test writes; notes what reaches it. */
final class TestEntry implements HttpEntry {

    final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    final BlockingQueue<Exchange> exchanges = new LinkedBlockingQueue<>();
    final BlockingQueue<Exchange> ended = new LinkedBlockingQueue<>();
    final BlockingQueue<LocalReply> rejections = new LinkedBlockingQueue<>();
    final BlockingQueue<Exchange> unanswered = new LinkedBlockingQueue<>();

    private final HttpConfig config;
    private final ConnectionStats connections;
    private final HttpService service;

    TestEntry(Stats stats, UnaryOperator<HttpConfig.Builder> settings, HttpService service) {
        this.config = settings.apply(HttpConfig.builder("test", RouteTableConfig.of("test", List.of())))
                .build();
        this.connections = new ConnectionStats(stats.http("test"));
        this.service = service;
    }

    @Override
    public HttpConfig config() {
        return config;
    }

    @Override
    public ConnectionStats connections() {
        return connections;
    }

    @Override
    public Response handle(Request request, Exchange exchange) {
        exchange.received(request);
        requests.add(request);
        exchanges.add(exchange);
        return ended(service.handle(request, exchange), exchange);
    }

    @Override
    public Response rejected(Exchange exchange, LocalReply reply) {
        rejections.add(reply);
        return ended(text(reply.status(), reply.body()), exchange);
    }

    @Override
    public void unanswered(Exchange exchange, boolean malformed) {
        unanswered.add(exchange);
    }

    @Override
    public void replace(Response answer, Exchange exchange, LocalReply reply) {
        answer.body().close();
        answer.status(reply.status());
        answer.headers(HttpFields.build());
        answer.body(Body.of(reply.body().getBytes(StandardCharsets.ISO_8859_1)));
    }

    private Response ended(Response response, Exchange exchange) {
        exchange.responded(response.status(), response.headers());
        response.onClose(() -> ended.add(exchange));
        return response;
    }

    static Response text(int status, String text) {
        return new Response(
                status, HttpFields.build().add("x-from", "entry"), Body.of(text.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
