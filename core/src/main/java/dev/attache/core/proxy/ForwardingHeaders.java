package dev.attache.core.proxy;

import dev.attache.core.config.HttpConfig;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.Request;
import dev.attache.core.policy.RequestOverrides;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ListIterator;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.jspecify.annotations.Nullable;

/**
 * Who the client is, and the headers that tell the upstream: x-forwarded-for, x-forwarded-proto, x-forwarded-port,
 * x-request-id, via, and the x-envoy-* headers that only internal peers may send. Immutable.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_conn_man/headers">Envoy HTTP header
 *     manipulation</a>
 */
final class ForwardingHeaders {

    private static final String XFF = "x-forwarded-for";
    private static final String XFP = "x-forwarded-proto";
    private static final String XFPORT = "x-forwarded-port";
    private static final String REQUEST_ID = "x-request-id";
    private static final String INTERNAL_NAME = "x-envoy-internal";
    private static final HttpField INTERNAL = new HttpField(INTERNAL_NAME, "true");
    private static final HttpField XFP_HTTP = new HttpField(XFP, "http");
    private static final HttpField XFP_HTTPS = new HttpField(XFP, "https");

    /** What only an internal peer may ask for; removed from what comes over an edge. */
    private static final Set<String> CONTROL = Set.of(
            "x-envoy-retriable-status-codes",
            "x-envoy-retriable-header-names",
            "x-envoy-retry-on",
            "x-envoy-retry-grpc-on",
            "x-envoy-max-retries",
            "x-envoy-upstream-alt-stat-name",
            "x-envoy-upstream-rq-timeout-ms",
            "x-envoy-upstream-rq-per-try-timeout-ms",
            "x-envoy-upstream-rq-timeout-alt-response",
            "x-envoy-upstream-stream-duration-ms",
            "x-envoy-expected-rq-timeout-ms",
            "x-envoy-hedge-on-per-try-timeout",
            "x-envoy-force-trace",
            "x-envoy-ip-tags",
            "x-envoy-original-url",
            "x-envoy-original-path",
            "x-envoy-original-host",
            "x-envoy-decorator-operation",
            "x-envoy-downstream-service-cluster",
            "x-envoy-downstream-service-node",
            "x-envoy-attempt-count",
            "x-envoy-external-address");

    private final boolean useRemoteAddress;
    private final boolean appendXff;
    private final boolean appendPort;
    private final int hops;
    private final boolean generateRequestId;
    private final boolean preserveExternalRequestId;
    private final String scheme;
    private final String via;
    private final InternalAddresses internalAddresses;
    private final Set<String> internalOnly;
    private final ForwardedClientCert clientCert;

    ForwardingHeaders(HttpConfig config) {
        useRemoteAddress = config.useRemoteAddress();
        appendXff = config.useRemoteAddress() && !config.skipXffAppend();
        appendPort = config.appendXForwardedPort();
        hops = config.xffTrustedHops();
        generateRequestId = config.generateRequestId();
        preserveExternalRequestId = config.preserveExternalRequestId();
        via = config.via();
        scheme = config.scheme();
        internalAddresses = new InternalAddresses(config.internalAddresses());
        internalOnly = config.routes().internalOnlyHeaders();
        clientCert = new ForwardedClientCert(config.clientCertHeader());
    }

    /** The request as the filters see it; notes the client's address in the exchange. */
    Request apply(Request request, Exchange exchange) {
        return apply(request, HttpFields.build(request.headers()), exchange);
    }

    /** As {@link #apply(Request, Exchange)}; {@code headers} are the request's or a copy, and are changed. */
    Request apply(Request request, HttpFields.Mutable headers, Exchange exchange) {
        Exchange.Downstream downstream = exchange.downstream();
        if (downstream.protocol().equals("HTTP/2")) {
            CookieCrumbs.join(headers);
        }
        SocketAddress peer = downstream.remote(); // Of the connection, or as a PROXY protocol header has named it.
        String forwardedFor = forwardedFor(headers);
        InetAddress named = forwardedFor == null ? null : client(forwardedFor);
        SocketAddress client = named == null ? peer : new InetSocketAddress(named, 0);
        if (named != null) {
            exchange.downstream(new Exchange.Downstream(
                    downstream.direct(), downstream.local(), client, downstream.protocol(), downstream.tls()));
        }
        boolean single = useRemoteAddress
                ? forwardedFor == null
                : named != null && forwardedFor != null && forwardedFor.indexOf(',') < 0;
        boolean internal = single && internalAddresses.contains(client);
        boolean edge = useRemoteAddress && !internal;
        if (appendXff && peer instanceof InetSocketAddress inet) {
            String address = inet.getAddress().getHostAddress();
            String appended = forwardedFor == null ? address : forwardedFor + "," + address;
            headers.put(new HttpField(HttpHeader.X_FORWARDED_FOR, XFF, appended));
        }
        if (!internal) {
            removeInternalOnly(headers);
        }
        removeControl(headers, edge);
        if (edge) {
            if (client instanceof InetSocketAddress inet) {
                String address = inet.getAddress().getHostAddress();
                headers.put(new HttpField((HttpHeader) null, "x-envoy-external-address", address));
            }
        } else if (internal) {
            headers.put(INTERNAL);
        }
        boolean trusted = !useRemoteAddress || hops > 0;
        if (!trusted || !headers.contains(XFP)) {
            headers.put(request.scheme().equals("https") ? XFP_HTTPS : XFP_HTTP);
        }
        if (appendPort
                && downstream.local() instanceof InetSocketAddress reached
                && (!trusted || !headers.contains(XFPORT))) {
            headers.put(new HttpField(HttpHeader.X_FORWARDED_PORT, XFPORT, Integer.toString(reached.getPort())));
        }
        requestId(headers, edge);
        clientCert.apply(headers, downstream.tls());
        if (!via.isEmpty()) {
            appendVia(headers, via);
        }
        Request forwarded = request.withHeaders(headers);
        return scheme.isEmpty() ? forwarded : forwarded.withScheme(scheme);
    }

    private void removeInternalOnly(HttpFields.Mutable headers) {
        if (internalOnly.isEmpty()) {
            return;
        }
        for (ListIterator<HttpField> fields = headers.listIterator(); fields.hasNext(); ) {
            if (internalOnly.contains(fields.next().getLowerCaseName())) {
                fields.remove();
            }
        }
    }

    /** Nobody else says who is internal; what only the internal may ask for goes at an edge. */
    private static void removeControl(HttpFields.Mutable headers, boolean edge) {
        for (ListIterator<HttpField> fields = headers.listIterator(); fields.hasNext(); ) {
            HttpField field = fields.next();
            if (RequestOverrides.isEnvoy(field)
                    && (field.is(INTERNAL_NAME) || (edge && CONTROL.contains(field.getLowerCaseName())))) {
                fields.remove();
            }
        }
    }

    private void requestId(HttpFields.Mutable headers, boolean edge) {
        if (headers.contains(REQUEST_ID) && (!edge || preserveExternalRequestId)) {
            return;
        }
        if (generateRequestId) {
            headers.put(new HttpField((HttpHeader) null, REQUEST_ID, randomUuid()));
        }
    }

    /** A version 4 UUID; not from a secure source, for it is no secret and is made for each request. */
    private static String randomUuid() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long high = (random.nextLong() & 0xffffffffffff0fffL) | 0x4000L;
        long low = (random.nextLong() & 0x3fffffffffffffffL) | 0x8000000000000000L;
        return new UUID(high, low).toString();
    }

    static void appendVia(HttpFields.Mutable headers, String via) {
        String old = headers.get(HttpHeader.VIA);
        headers.put(HttpHeader.VIA, old == null ? via : old + ", " + via);
    }

    private static @Nullable String forwardedFor(HttpFields headers) {
        String joined = null;
        for (HttpField field : headers) {
            if (field.is(XFF)) {
                joined = joined == null ? field.getValue() : joined + "," + field.getValue();
            }
        }
        return joined == null || joined.isBlank() ? null : joined;
    }

    /** The client by Envoy's table of trusted hops; null where it is the peer itself. */
    private @Nullable InetAddress client(String forwardedFor) {
        int fromRight = useRemoteAddress ? hops : hops + 1;
        if (fromRight == 0) {
            return null;
        }
        int end = forwardedFor.length();
        for (int i = 1; ; i++) {
            int comma = forwardedFor.lastIndexOf(',', end - 1);
            if (i == fromRight) {
                return literal(forwardedFor.substring(comma + 1, end).strip());
            }
            if (comma < 0) {
                return null;
            }
            end = comma;
        }
    }

    private static @Nullable InetAddress literal(String text) {
        try {
            return InetAddress.ofLiteral(text);
        } catch (IllegalArgumentException noAddress) {
            return null;
        }
    }
}
