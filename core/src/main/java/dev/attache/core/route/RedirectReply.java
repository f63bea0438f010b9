package dev.attache.core.route;

import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RouteAction.Redirect;
import dev.attache.core.http.Authority;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.RequestTarget;
import dev.attache.core.http.Response;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/** Answers with a redirect. Immutable and safe for use by all threads. */
final class RedirectReply implements HttpService {

    private final Redirect redirect;
    private final @Nullable PathRewriter path;

    /** A redirect of the requests that {@code match} has matched. */
    RedirectReply(Redirect redirect, PathMatch match) {
        this.redirect = redirect;
        this.path = PathRewriter.of(redirect.path(), match);
    }

    @Override
    public Response handle(Request request, Exchange exchange) {
        String authority = authority(request);
        String target = target(request.target());
        if (!Authority.isValid(authority)) {
            return invalid(redirect.host().isEmpty(), exchange);
        }
        if (!RequestTarget.isPathAndQuery(target)) {
            return invalid(path == null || !path.isOurs(target), exchange);
        }
        HttpFields location = HttpFields.build().put(HttpHeader.LOCATION, scheme(request) + "://" + authority + target);
        return Response.local(new LocalReply(redirect.status(), "", "direct_response", location));
    }

    private static Response invalid(boolean clientsToo, Exchange exchange) {
        LocalReply reply = FailureReply.invalidRewrite(clientsToo ? 400 : 500);
        exchange.details(reply.details());
        return Response.local(reply);
    }

    private String scheme(Request request) {
        return redirect.scheme().isEmpty() ? usedScheme(request) : redirect.scheme();
    }

    private static String usedScheme(Request request) {
        // What the client used, which a proxy before this one may know better than the connection.
        String forwarded = request.headers().get(HttpHeader.X_FORWARDED_PROTO);
        return "http".equals(forwarded) || "https".equals(forwarded) ? forwarded : request.scheme();
    }

    private String authority(Request request) {
        String host = redirect.host().isEmpty()
                ? host(request.authority(), usedScheme(request), scheme(request))
                : redirect.host();
        return redirect.port() == 0 ? host : host + ":" + redirect.port();
    }

    /** The request's own host: without its port where that is replaced, or was the default of another scheme. */
    private String host(String authority, String oldScheme, String scheme) {
        int colon = authority.lastIndexOf(':');
        if (colon < 0 || colon < authority.lastIndexOf(']')) {
            return authority;
        }
        String port = authority.substring(colon);
        boolean wasDefault = oldScheme.equals("https") ? port.equals(":443") : port.equals(":80");
        boolean replaced = redirect.port() != 0 || (wasDefault && !oldScheme.equals(scheme));
        return replaced ? authority.substring(0, colon) : authority;
    }

    private String target(String target) {
        int query = target.indexOf('?');
        int pathEnd = query < 0 ? target.length() : query;
        String kept = redirect.stripQuery() ? target.substring(0, pathEnd) : target;
        String changed = path == null ? kept : path.rewrite(kept, pathEnd);
        return changed.startsWith("/") ? changed : "/" + changed;
    }
}
