package dev.attache.core.config.services;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.Defaults;
import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.HeaderCase;
import dev.attache.core.config.HeaderMutations;
import dev.attache.core.config.Http2Config;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.LocalReplyConfig;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.ServerHeader;
import dev.attache.core.config.StatusFilter;
import dev.attache.core.config.TracingConfig;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.config.envoy.LocalReplies;
import dev.attache.core.config.envoy.RetryPolicies;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** HTTP behind a TLS terminator: the same for each of its filter chains, save for the routes and the log. */
final class TlsProxyHttp {

    private static final String STAT_PREFIX = "ingress_http";
    private static final Duration TIMEOUT = Duration.ofSeconds(65);
    private static final Path ERROR_PAGE = Path.of("/etc/envoy/error_page.html");
    private static final int MIN_LOG_CODE = 500;

    private final Section section;
    private final Settings settings;
    private final Notes notes;
    private final HttpConfig common;
    private final HeaderMutations headers;
    private final Optional<RetryPolicyConfig> retry;
    private final boolean logs;
    private final double tracedPercent;

    TlsProxyHttp(Section section, Settings settings, Notes notes) {
        this.section = section;
        this.settings = settings;
        this.notes = notes;
        this.logs = section.bool("access_log", false);
        this.tracedPercent = section.decimal("local_otel_reporting_pct", 0, 100).orElse(0.0);
        this.retry = retry();
        this.headers = new HeaderMutations(List.of(), List.of(), responseHeaders(), List.of());
        this.common = common();
    }

    /** Share of the requests that are traced. */
    double tracedPercent() {
        return tracedPercent;
    }

    /** HTTP of the default chain: each service has its names. */
    HttpConfig byName(List<TlsProxyService> services) {
        List<VirtualHostConfig> hosts = services.stream()
                .map(service -> host(service.virtualHost(), service.serverNames(), service))
                .toList();
        return http(hosts, "global_tls");
    }

    /** HTTP of a chain for one service, whose name the generator leaves out of the log's. */
    HttpConfig alone(TlsProxyService service) {
        return http(List.of(host("default", List.of("*"), service)), "");
    }

    private HttpConfig http(List<VirtualHostConfig> hosts, String logName) {
        RouteTableConfig table =
                RouteTableConfig.builder().virtualHosts(hosts).headers(headers).build();
        HttpConfig.Builder http = common.toBuilder().routes(table);
        if (logs) {
            StatusFilter filter = new StatusFilter(StatusFilter.Op.GE, MIN_LOG_CODE, logName + "_min_log_code");
            Path file = Path.of(settings.accessLogPath().replace("{name}", logName));
            http.accessLogs(List.of(
                    new AccessLogConfig(new AccessLogConfig.Sink.File(file), Optional.empty(), Optional.of(filter))));
        }
        return notes.put(http.build(), Notes.at(section));
    }

    private VirtualHostConfig host(String name, List<String> domains, TlsProxyService service) {
        ForwardConfig.Builder forward = ForwardConfig.to(service.cluster())
                .timeout(seconds("upstream_response_timeout").orElse(TIMEOUT));
        seconds("upstream_idle_timeout").ifPresent(forward::idleTimeout);
        retry.ifPresent(forward::retry);
        RouteConfig route =
                RouteConfig.builder(RouteMatch.prefix("/"), forward.build()).build();
        VirtualHostConfig host = VirtualHostConfig.builder(name, domains, List.of(notes.put(route, service.at())))
                .retry(RetryPolicyConfig.NONE)
                .build();
        return notes.put(host, service.at());
    }

    private HttpConfig common() {
        section.unsupported("lua_script");
        HttpConfig.Builder http = Defaults.WIKIMEDIA
                .http(STAT_PREFIX, RouteTableConfig.builder().build())
                .serverHeader(ServerHeader.APPEND_IF_ABSENT)
                .acceptHttp10(true)
                .useRemoteAddress(section.bool("use_remote_address", false))
                .generateRequestId(section.bool("generate_request_id", true))
                .upgrades(section.bool("websockets", false) ? Set.of("websocket") : Set.of());
        section.choice(
                        "header_key_format",
                        Map.of(
                                "NONE", HeaderCase.LOWER,
                                "PROPER_CASE", HeaderCase.PROPER_CASE_WORDS,
                                "PRESERVE_CASE", HeaderCase.PRESERVE))
                .ifPresent(http::headerCase);
        timeout("downstream_idle_timeout", http::idleTimeout);
        timeout("stream_idle_timeout", http::streamIdleTimeout);
        timeout("request_timeout", http::requestTimeout);
        timeout("request_headers_timeout", http::requestHeadersTimeout);
        timeout("delayed_close_timeout", http::delayedCloseTimeout);
        section.section("http2_options").flatMap(TlsProxyHttp::http2).ifPresent(http::http2);
        errorPage().ifPresent(http::localReplies);
        if (tracedPercent > 0) {
            http.tracing(new TracingConfig(MeshClusters.TRACES, Duration.ofMillis(250), "", tracedPercent));
        }
        return http.build();
    }

    private Optional<RetryPolicyConfig> retry() {
        boolean unsaid = section.bool("retries", true);
        // "Yes" writes no policy at all, which in Envoy means none either.
        Optional<RetryPolicyConfig> written =
                section.section("retry_policy").flatMap(policy -> RetryPolicies.read(policy, notes.positions()));
        return written.or(() -> unsaid ? Optional.empty() : Optional.of(RetryPolicyConfig.NONE));
    }

    private List<HeaderAddition> responseHeaders() {
        List<HeaderAddition> additions = new ArrayList<>();
        section.section("response_headers_to_add").ifPresent(added -> {
            for (String name : added.keys()) {
                if (HeaderNames.isToken(name)) {
                    additions.add(new HeaderAddition(name, added.string(name, "")));
                } else {
                    added.error(name, "header " + name, "a header name");
                }
            }
        });
        return additions;
    }

    private Optional<LocalReplyConfig> errorPage() {
        Optional<Value> page = section.value("error_page");
        if (page.flatMap(Value::bool).orElse(false)) {
            return LocalReplies.errorPage(page.get(), ERROR_PAGE);
        }
        return Optional.empty();
    }

    private static Optional<Http2Config> http2(Section section) {
        Http2Config.Builder http2 = Defaults.WIKIMEDIA.http2();
        Http2Tuning.read(section, http2);
        return section.make(http2::build);
    }

    private void timeout(String key, Consumer<Duration> set) {
        seconds(key).ifPresent(set);
    }

    private Optional<Duration> seconds(String key) {
        return section.value(key).flatMap(Notes::seconds);
    }
}
