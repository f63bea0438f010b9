package dev.attache.core.config.files;

import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.HttpConfig;
import dev.attache.core.config.Positions;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.RouteConfig;
import dev.attache.core.config.VirtualHostConfig;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Domains given twice, routes that no request reaches, retries that cannot be. */
final class RouteChecks {

    /** The first routes of a host, that may take all of a later one: a route that takes too much mostly stands there. */
    private static final int WIDE_ONES = 250;

    private final Report report;

    RouteChecks(Report report) {
        this.report = report;
    }

    void check(HttpConfig http) {
        Map<String, VirtualHostConfig> byDomain = new HashMap<>();
        for (VirtualHostConfig host : http.routes().virtualHosts()) {
            String name = http.statPrefix() + " virtual host " + host.name();
            for (String domain : host.domains()) {
                VirtualHostConfig first = byDomain.putIfAbsent(domain.toLowerCase(Locale.ROOT), host);
                if (first != null) {
                    report.error(
                            report.at(name, domain, host, http),
                            "domain " + domain + " for the second time" + ConfigChecks.there(report.at("", first)),
                            "each domain once in a route table");
                }
            }
            reachable(host, http, name);
            for (RouteConfig route : host.routes()) {
                timeouts(route, host, http, name);
            }
        }
    }

    private void reachable(VirtualHostConfig host, HttpConfig http, String name) {
        List<RouteConfig> routes = host.routes();
        for (int i = 1; i < routes.size(); i++) {
            for (int j = 0; j < Math.min(i, WIDE_ONES); j++) {
                if (Coverage.covers(routes.get(j).match(), routes.get(i).match())) {
                    Positions.Position first = report.at("", routes.get(j));
                    report.warning(
                            report.at(name, routes.get(i), host, http),
                            "route " + (i + 1) + " is never reached: route " + (j + 1) + " takes all its requests"
                                    + ConfigChecks.there(first).replace("first ", ""));
                    break;
                }
            }
        }
    }

    private void timeouts(RouteConfig route, VirtualHostConfig host, HttpConfig http, String name) {
        if (!(route.action() instanceof ForwardConfig forward)) {
            return;
        }
        Optional<RetryPolicyConfig> retry = forward.retry().or(host::retry);
        if (retry.isEmpty() || forward.timeout().isZero()) {
            return;
        }
        RetryPolicyConfig policy = retry.get();
        if (policy.perTryTimeout().compareTo(forward.timeout()) >= 0) {
            report.warning(
                    report.at(name, policy, forward, route, host, http),
                    "per_try_timeout " + seconds(policy.perTryTimeout()) + " is not below the route's timeout "
                            + seconds(forward.timeout()) + ": the first attempt uses it up");
        }
    }

    private static String seconds(Duration duration) {
        return BigDecimal.valueOf(duration.toNanos(), 9).stripTrailingZeros().toPlainString() + "s";
    }
}
