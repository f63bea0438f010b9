package dev.attache.core.config.envoy;

import dev.attache.core.config.RouteAction;
import dev.attache.core.config.RouteAction.PathRewrite;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Envoy's {@code Route}s, and the actions that answer by themselves. */
final class RouteReader {

    private static final Map<String, Integer> REDIRECT_CODES = redirectCodes();

    private final Context context;
    private final ForwardReader forwards;

    RouteReader(Context context, RetryReader retries) {
        this.context = context;
        this.forwards = new ForwardReader(context, retries);
    }

    /** The routes of a virtual host, which gives them its limit of buffered bodies. */
    List<RouteConfig> read(Section host, Optional<Long> bufferLimit, long maxDirectBody) {
        List<RouteConfig> routes = new ArrayList<>();
        for (Section section : host.sections("routes")) {
            route(section, bufferLimit, maxDirectBody).ifPresent(routes::add);
        }
        return routes;
    }

    private Optional<RouteConfig> route(Section section, Optional<Long> bufferLimit, long maxDirectBody) {
        section.ignore("metadata", "decorator", "tracing");
        section.withoutEffect("stat_prefix");
        section.unsupported("typed_per_filter_config", "filter_action", "non_forwarding_action");
        Optional<RouteMatch> match =
                section.required("match", "a match").map(Value::section).flatMap(RouteMatchReader::read);
        Optional<RouteAction> action = action(section, bodyBufferLimit(section).or(() -> bufferLimit), maxDirectBody);
        String name = section.string("name", "");
        var headers = HeaderReader.read(section);
        if (match.isEmpty() || action.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(context.at(section, new RouteConfig(name, match.get(), action.get(), headers)));
    }

    /** The limit of a request body that is kept for retries, by its present or its former name. */
    static Optional<Long> bodyBufferLimit(Section section) {
        section.oneOf("request_body_buffer_limit", "per_request_buffer_limit_bytes");
        return section.integer("request_body_buffer_limit", 0, Long.MAX_VALUE)
                .or(() -> section.integer("per_request_buffer_limit_bytes", 0, 4294967295L));
    }

    private Optional<RouteAction> action(Section section, Optional<Long> bufferLimit, long maxDirectBody) {
        Optional<String> kind = section.oneOf("route", "redirect", "direct_response");
        Optional<RouteAction> forward = section.section("route")
                .flatMap(route -> forwards.read(route, bufferLimit).map(action -> context.at(route, action)));
        Optional<RouteAction> redirect = section.section("redirect")
                .flatMap(target -> redirect(target).map(action -> context.at(target, action)));
        Optional<RouteAction> direct = section.section("direct_response")
                .flatMap(response -> direct(response, maxDirectBody).map(action -> context.at(response, action)));
        if (kind.isEmpty() && !section.has("filter_action") && !section.has("non_forwarding_action")) {
            section.error("no action", "route, redirect or direct_response");
        }
        return forward.or(() -> redirect).or(() -> direct);
    }

    private static Optional<RouteAction> redirect(Section section) {
        section.oneOf("https_redirect", "scheme_redirect");
        section.oneOf("path_redirect", "prefix_rewrite", "regex_rewrite");
        Map<String, String> schemes = new LinkedHashMap<>();
        schemes.put("HTTP", "http");
        schemes.put("HTTPS", "https");
        boolean https = section.bool("https_redirect", false);
        String scheme = section.choice("scheme_redirect", schemes).orElse(https ? "https" : "");
        String host = section.string("host_redirect", "");
        int port = section.integer("port_redirect", 0, 65535).orElse(0L).intValue();
        PathRewrite path = section.string("path_redirect")
                .<PathRewrite>map(PathRewrite.Full::new)
                .or(() -> section.string("prefix_rewrite").map(PathRewrite.Prefix::new))
                .or(() -> ForwardReader.regexRewrite(section, "regex_rewrite")
                        .map(rewrite -> new PathRewrite.Regex(rewrite.regex(), rewrite.substitution())))
                .orElse(new PathRewrite.None());
        int status = section.choice("response_code", REDIRECT_CODES).orElse(301);
        boolean stripQuery = section.bool("strip_query", false);
        return section.make(() -> new RouteAction.Redirect(scheme, host, port, path, status, stripQuery));
    }

    private static Map<String, Integer> redirectCodes() {
        Map<String, Integer> codes = new LinkedHashMap<>();
        codes.put("MOVED_PERMANENTLY", 301);
        codes.put("FOUND", 302);
        codes.put("SEE_OTHER", 303);
        codes.put("TEMPORARY_REDIRECT", 307);
        codes.put("PERMANENT_REDIRECT", 308);
        return codes;
    }

    private static Optional<RouteAction> direct(Section section, long maxBody) {
        section.unsupported("body_format");
        Optional<Long> status = section.required("status", "200 to 599").flatMap(value -> value.integer(200, 599));
        String body = DataSource.text(section, "body").orElse("");
        int size = body.getBytes(StandardCharsets.UTF_8).length;
        if (size > maxBody) {
            section.error("body", size + " bytes", "at most " + maxBody);
        }
        return status.map(code -> new RouteAction.DirectResponse(code.intValue(), body));
    }
}
