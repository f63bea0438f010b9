package dev.attache.core.http;

import org.eclipse.jetty.http.HttpFields;

/**
 * A request, as it came or as it is to be sent on. Immutable but for its body, which is read once.
 *
 * <p>The authority is kept apart from the headers: {@link #headers()} never holds {@code Host}. Hop-by-hop headers are
 * gone before a request is seen by a filter.
 */
public final class Request {

    /** What a request of the method {@code CONNECT} asks to go over to: bytes of whatever kind. */
    public static final String CONNECT = "connect";

    private final String method;
    private final String scheme;
    private final String authority;
    private final String target;
    private final HttpFields headers;
    private final Body body;
    private final String upgrade;

    /**
     * A request.
     *
     * @param method    method, a valid token
     * @param scheme    {@code http} or {@code https}
     * @param authority host and optional port; empty where the client sent none
     * @param target    raw path and query, exactly as it is matched and forwarded
     * @param headers   headers without {@code Host} and hop-by-hop headers
     * @param body      content
     */
    public Request(String method, String scheme, String authority, String target, HttpFields headers, Body body) {
        this(method, scheme, authority, target, headers, body, "");
    }

    private Request(
            String method,
            String scheme,
            String authority,
            String target,
            HttpFields headers,
            Body body,
            String upgrade) {
        this.method = method;
        this.scheme = scheme;
        this.authority = authority;
        this.target = target;
        this.headers = headers;
        this.body = body;
        this.upgrade = upgrade;
    }

    /** A GET of a path and query, without headers. */
    public static Request get(String target) {
        return new Request("GET", "http", "", target, HttpFields.EMPTY, Body.EMPTY);
    }

    public String method() {
        return method;
    }

    public String scheme() {
        return scheme;
    }

    public String authority() {
        return authority;
    }

    /** The raw path and query. */
    public String target() {
        return target;
    }

    /** The raw path: the target without the query. */
    public String path() {
        int query = target.indexOf('?');
        return query < 0 ? target : target.substring(0, query);
    }

    public HttpFields headers() {
        return headers;
    }

    public Body body() {
        return body;
    }

    /**
     * The protocol that the client asks to go over to, such as {@code websocket}, in lower case; empty for none. Once an
     * answer of status 101 says so, the body of the request and that of the answer are that protocol's bytes, whichever
     * version of HTTP carries them. For the method {@code CONNECT} it is {@link #CONNECT}, and a 2xx answer says so.
     */
    public String upgrade() {
        return upgrade;
    }

    /**
     * Whether {@code answer} is the switch that this request asks for. Its body, a {@link Body.Streaming}, then brings
     * what comes from the other side of the tunnel, and this request's body what goes there: nobody reads it before. Each
     * direction ends by itself, with the null of its body.
     */
    public boolean switchedBy(Response answer) {
        return !upgrade.isEmpty() && isSwitch(answer.status()) && answer.body() instanceof Body.Streaming;
    }

    private boolean isSwitch(int status) {
        return upgrade.equals(CONNECT) ? status / 100 == 2 : status == 101;
    }

    /** The same request, which asks to go over to {@code protocol}; empty for none. */
    public Request withUpgrade(String protocol) {
        return new Request(method, scheme, authority, target, headers, body, protocol);
    }

    /** Whether it may be sent twice and mean the same (RFC 9110, 9.2.2). */
    public boolean isIdempotent() {
        return switch (method) {
            case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
            default -> false;
        };
    }

    public Request withScheme(String changed) {
        return new Request(method, changed, authority, target, headers, body, upgrade);
    }

    public Request withAuthority(String changed) {
        return new Request(method, scheme, changed, target, headers, body, upgrade);
    }

    public Request withTarget(String changed) {
        return new Request(method, scheme, authority, changed, headers, body, upgrade);
    }

    @SuppressWarnings("ReferenceEquality") // Spares a copy that would be the same.
    public Request withHeaders(HttpFields changed) {
        return changed == headers ? this : new Request(method, scheme, authority, target, changed, body, upgrade);
    }

    @SuppressWarnings("ReferenceEquality") // Spares a copy that would be the same.
    public Request withBody(Body changed) {
        return changed == body ? this : new Request(method, scheme, authority, target, headers, changed, upgrade);
    }

    @Override
    public String toString() {
        return method + " " + authority + target;
    }
}
