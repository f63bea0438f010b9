package dev.attache.examples;

import dev.attache.core.http.Exchange;
import dev.attache.core.http.FilterFactory;
import dev.attache.core.http.HttpFilter;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;

/**
 * A filter in plain blocking Java: it refuses requests without a caller's name, and tells the caller how long the answer
 * took. Being a {@link FilterFactory} named in {@code META-INF/services}, it can be named in a configuration as well.
 */
public final class TimingFilter implements HttpFilter, FilterFactory {

    @Override
    public Response filter(Request request, Exchange exchange, HttpService next) {
        if (!request.headers().contains("x-caller")) {
            return Response.local(new LocalReply(403, "who is calling? (expected: x-caller)", "no_caller"));
        }
        long begin = System.nanoTime();
        Response response = next.handle(request, exchange);
        response.headers().put("x-took-us", Long.toString((System.nanoTime() - begin) / 1000));
        return response;
    }

    @Override
    public String name() {
        return "examples.timing";
    }

    @Override
    public HttpFilter create() {
        return this;
    }
}
