package dev.attache.core.grpcstats;

import dev.attache.core.config.FilterConfig;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Grpc;
import dev.attache.core.http.HttpFilter;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import dev.attache.core.stats.StatScope;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Counts gRPC calls and their messages, under {@code cluster.<name>.grpc.}; lets all other requests pass. Safe for use by
 * all threads.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/grpc_stats_filter">Envoy gRPC
 *     statistics</a>
 */
public final class GrpcStatsFilter implements HttpFilter {

    private final MethodTable methods;

    /**
     * A filter.
     *
     * @param clusters finds {@code cluster.<stat name>.} by a cluster's name; null where there is none
     */
    public GrpcStatsFilter(FilterConfig.GrpcStats config, Function<String, @Nullable StatScope> clusters) {
        this.methods = new MethodTable(config, clusters);
    }

    @Override
    public Response filter(Request request, Exchange exchange, HttpService next) {
        if (!Grpc.isGrpc(request.headers())) {
            return next.handle(request, exchange);
        }
        GrpcCall call = new GrpcCall(methods, request.path(), exchange);
        Response response = next.handle(request.withBody(call.sent(request.body())), exchange);
        call.answered(response);
        return response;
    }
}
