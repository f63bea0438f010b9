package dev.attache.core.route;

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

    /** To the same place, with TLS. */
    static final RouteAction.Redirect TO_TLS =
            new RouteAction.Redirect("https", "", 0, new RouteAction.PathRewrite.None(), 301, false);

    private final boolean internalMayPass;
    private final HttpService next;
    private final HttpService toTls;

    private TlsGate(boolean internalMayPass, HttpService next, HttpService toTls) {
        this.internalMayPass = internalMayPass;
        this.next = next;
        this.toTls = toTls;
    }

    /** The gate that {@code requirement} asks for before {@code next}; {@code toTls} takes who does not pass. */
    static HttpService of(TlsRequirement requirement, HttpService next, HttpService toTls) {
        return switch (requirement) {
            case NONE -> next;
            case EXTERNAL_ONLY -> new TlsGate(true, next, toTls);
            case ALL -> new TlsGate(false, next, toTls);
        };
    }

    @Override
    public Response handle(Request request, Exchange exchange) {
        if ("https".equals(request.headers().get(HttpHeader.X_FORWARDED_PROTO))
                || (internalMayPass && "true".equals(request.headers().get(INTERNAL)))) {
            return next.handle(request, exchange);
        }
        return toTls.handle(request, exchange);
    }
}
