package dev.attache.core.route;

import dev.attache.core.http.Authority;
import dev.attache.core.http.Octets;
import dev.attache.core.http.Request;
import dev.attache.core.http.RequestTarget;
import dev.attache.core.http1.Characters;
import dev.attache.core.policy.Failure;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpField;
import org.jspecify.annotations.Nullable;

/**
 * Judges what is about to be sent: it must be what a client might have sent, whatever has become of it here by rewrites,
 * by filters, or by a caller within the process; and says whose fault it is if not.
 */
final class Sendable {

    private Sendable() {}

    /**
     * Whose fault it is that {@code sent} must not be sent; null where it may be.
     *
     * @param asked the request as it came; null where that is not known
     */
    static @Nullable Failure judge(Request sent, @Nullable Request asked, UpstreamCall call) {
        boolean connects = sent.upgrade().equals(Request.CONNECT);
        if (!connects && !isTarget(sent)) {
            String target = sent.target();
            return blame(target, Request::target, asked, call.path != null && !call.path.isOurs(target));
        }
        String authority = sent.authority();
        boolean named = connects
                ? call.terminateConnect || Authority.isHostAndPort(authority)
                : authority.isEmpty() || Authority.isValid(authority);
        return named
                ? null
                : blame(authority, Request::authority, asked, call.host != null && !call.host.isOurs(authority));
    }

    private static boolean isTarget(Request sent) {
        String target = sent.target();
        return RequestTarget.isPathAndQuery(target)
                || (target.equals("*") && sent.method().equals("OPTIONS"));
    }

    private static Failure blame(
            String bad, Function<Request, String> part, @Nullable Request asked, boolean holdsTheClients) {
        if (asked != null && part.apply(asked).equals(bad)) {
            return Failure.DOWNSTREAM_PROTOCOL_ERROR;
        }
        return holdsTheClients ? Failure.INVALID_REWRITE_OF_CLIENT : Failure.INVALID_REWRITE;
    }

    /** Whether a method or a field that cannot be written has been there from the beginning. */
    static boolean cameSo(@Nullable Request asked) {
        if (asked == null) {
            return false;
        }
        for (HttpField field : asked.headers()) {
            String value = field.getValue();
            if (!Characters.isToken(field.getName()) || (value != null && !Octets.areValue(value))) {
                return true;
            }
        }
        return !Characters.isToken(asked.method());
    }
}
