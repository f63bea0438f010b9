package dev.attache.core.proxy;

import dev.attache.core.config.HttpConfig;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.LocalReply;
import dev.attache.core.http.Request;
import dev.attache.core.http.RequestTarget;
import dev.attache.core.http.Response;
import dev.attache.core.route.PathNormalizer;
import org.eclipse.jetty.http.HttpFields;

/**
 * The listener's rules for path and authority, applied before filters and routing, so that these judge the very text
 * that is forwarded. Immutable.
 */
final class PathRules {

    private final PathNormalizer normalizer;
    private final boolean stripAnyPort;
    private final String matchingPort;
    private final RequestStats stats;

    /**
     * Rules of a listener.
     *
     * @param port the listener's own port, which {@code strip_matching_host_port} takes off; 0 where it has none
     */
    PathRules(HttpConfig config, int port, RequestStats stats) {
        this.normalizer = new PathNormalizer(config.normalizePath(), config.mergeSlashes(), config.escapedSlashes());
        this.stripAnyPort = config.stripAnyHostPort();
        this.matchingPort = config.stripMatchingHostPort() && port != 0 ? ":" + port : "";
        this.stats = stats;
    }

    Response apply(Request request, Exchange exchange, HttpService next) {
        Request changed = authority(request);
        if (normalizer.keepsAll()) {
            return next.handle(changed, exchange);
        }
        return switch (normalizer.normalize(changed.target())) {
            case PathNormalizer.Forward(String target)
            when target.equals(changed.target()) -> next.handle(changed, exchange);
            case PathNormalizer.Forward(String target)
            when RequestTarget.isPathAndQuery(target) -> next.handle(changed.withTarget(target), exchange);
            case PathNormalizer.Redirect(String target)
            when RequestTarget.isPathAndQuery(target) -> {
                stats.redirectedWithNormalizedPath.increment();
                HttpFields location = HttpFields.build().add("location", target).asImmutable();
                yield Response.local(new LocalReply(307, "", "path_normalization_redirect", location));
            }
            // What is not escaped any more may be what would have been refused without its escapes.
            case PathNormalizer.Forward _, PathNormalizer.Redirect _, PathNormalizer.Reject _ -> {
                stats.failedPathNormalization.increment();
                yield Response.local(new LocalReply(400, "", "path_normalization_failed"));
            }
        };
    }

    private Request authority(Request request) {
        String authority = request.authority();
        int colon = authority.lastIndexOf(':');
        boolean hasPort = colon > authority.lastIndexOf(']') && colon >= 0;
        boolean strips = stripAnyPort || (!matchingPort.isEmpty() && authority.endsWith(matchingPort));
        boolean connects = request.target().isEmpty(); // Its port is where to.
        if (!hasPort || !strips || connects) {
            return request;
        }
        return request.withAuthority(authority.substring(0, colon));
    }
}
