package dev.attache.core.http;

import java.util.List;

/** Filters in order before a service, as plain nested calls. */
public final class FilterChain {

    private FilterChain() {}

    /** The service that passes each request through {@code filters}, the first one first, to {@code last}. */
    public static HttpService of(List<? extends HttpFilter> filters, HttpService last) {
        HttpService service = last;
        for (HttpFilter filter : filters.reversed()) {
            HttpService next = service;
            service = (request, exchange) -> filter.filter(request, exchange, next);
        }
        return service;
    }
}
