package dev.attache.admin;

import dev.attache.core.http.Body;
import dev.attache.core.http.Exchange;
import dev.attache.core.http.HttpService;
import dev.attache.core.http.Request;
import dev.attache.core.http.Response;
import java.net.InetAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jetty.http.HttpFields;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers the admin interface's requests: finds the endpoint, refuses a changing GET, a Host that is a DNS name other than
 * localhost, so that no web page can reach it by rebinding its own name, and whatever a page of another origin has sent.
 * Whatever is not light is made by {@link AdminWorkers}.
 */
final class AdminService implements HttpService {

    private static final Logger LOG = LoggerFactory.getLogger(AdminService.class);

    private final Map<String, AdminEndpoint> endpoints = new TreeMap<>();
    private final AdminWorkers workers = new AdminWorkers();
    private final UnreadReplies unread = UnreadReplies.ofThisMemory();

    AdminService(List<AdminEndpoint> endpoints) {
        for (AdminEndpoint endpoint : endpoints) {
            this.endpoints.put(endpoint.path(), endpoint);
        }
        IndexEndpoints.of(this.endpoints).forEach(endpoint -> this.endpoints.put(endpoint.path(), endpoint));
    }

    @Override
    public Response handle(Request request, Exchange exchange) {
        AdminReply reply;
        try {
            reply = answer(request, exchange);
        } catch (IllegalArgumentException bad) {
            reply = AdminReply.text(400, bad.getMessage() + "\n");
        } catch (ProcessorTime.SpentException tooMuch) {
            reply = AdminReply.text(503, tooMuch.getMessage() + "\n");
        } catch (RuntimeException bug) {
            LOG.error("admin {}: {}", request, bug);
            reply = AdminReply.text(500, "internal error\n");
        }
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        boolean held = unread.take(body.length);
        if (!held) {
            reply = AdminReply.text(503, "too much that was asked for is not read yet\n");
            body = reply.body().getBytes(StandardCharsets.UTF_8);
        }
        HttpFields.Mutable headers = HttpFields.build()
                .add("content-type", reply.contentType())
                .add("cache-control", "no-cache, max-age=0")
                .add("x-content-type-options", "nosniff")
                .add("content-security-policy", "default-src 'self'; style-src 'unsafe-inline'")
                .add("content-length", Integer.toString(body.length));
        if (reply.status() == 405) {
            headers.add("allow", "POST");
        }
        Response response =
                new Response(reply.status(), headers, request.method().equals("HEAD") ? Body.EMPTY : Body.of(body));
        long size = body.length;
        if (held) {
            response.onClose(() -> unread.release(size));
        }
        return response;
    }

    private AdminReply answer(Request request, Exchange exchange) {
        if (!trustedHost(request, exchange)) {
            return AdminReply.text(403, "host " + request.authority() + " is not this admin interface\n");
        }
        String objection = CallerOrigin.objection(request);
        if (!objection.isEmpty()) {
            return AdminReply.text(403, objection + "\n");
        }
        AdminEndpoint endpoint = endpoints.get(request.path());
        if (endpoint == null) {
            return AdminReply.text(404, "invalid path. " + IndexEndpoints.list(endpoints.values()));
        }
        boolean get = request.method().equals("GET") || request.method().equals("HEAD");
        if (endpoint.changes()
                ? !request.method().equals("POST")
                : !get && !request.method().equals("POST")) {
            return AdminReply.text(405, "Method Not Allowed\n");
        }
        int mark = request.target().indexOf('?');
        AdminQuery query = AdminQuery.parse(mark < 0 ? "" : request.target().substring(mark + 1));
        return endpoint.light()
                ? endpoint.answer(query)
                : workers.make(
                        () -> endpoint.answer(query),
                        giveUp -> exchange.cancellation().listen(cause -> giveUp.run()));
    }

    private static boolean trustedHost(Request request, Exchange exchange) {
        if (exchange.downstream().local() instanceof UnixDomainSocketAddress) {
            return true;
        }
        String host = request.authority();
        int colon = host.lastIndexOf(':');
        if (colon > host.lastIndexOf(']')) {
            host = host.substring(0, colon);
        }
        if (host.isEmpty() || host.equalsIgnoreCase("localhost")) {
            return true;
        }
        try {
            InetAddress.ofLiteral(host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
            return true;
        } catch (IllegalArgumentException aName) {
            return false;
        }
    }
}
