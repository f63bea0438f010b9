package dev.attache.core.route;

import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.TlsRequirement;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Lets a request through that came by TLS, as {@code x-forwarded-proto} says; sends the others to the same place with
 * TLS, where its virtual host requires that. Immutable.
 */
final class TlsGate implements HttpService {

    private static final String INTERNAL = "x-envoy-internal";
    private static final HttpService REDIRECT = new RedirectReply(
            new RouteAction.Redirect("https", "", 0, new RouteAction.PathRewrite.None(), 301, false),
            new PathMatch.Prefix("/"));

    private final boolean internalMayPass;
    private final HttpService next;
    private final RouterStats stats;

    private TlsGate(boolean internalMayPass, HttpService next, RouterStats stats) {
        this.internalMayPass = internalMayPass;
        this.next = next;
        this.stats = stats;
    }

    /** The gate that {@code requirement} asks for before {@code next}. */
    static HttpService of(TlsRequirement requirement, HttpService next, RouterStats stats) {
        return switch (requirement) {
            case NONE -> next;
            case EXTERNAL_ONLY -> new TlsGate(true, next, stats);
            case ALL -> new TlsGate(false, next, stats);
        };
    }

    @Override
    public Response handle(Request request, Exchange exchange) {
        if ("https".equals(request.headers().get(HttpHeader.X_FORWARDED_PROTO))
                || (internalMayPass && "true".equals(request.headers().get(INTERNAL)))) {
            return next.handle(request, exchange);
        }
        stats.rqRedirect.increment();
        exchange.details("direct_response");
        return REDIRECT.handle(request, exchange);
    }
}
