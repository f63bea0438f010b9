package dev.attache.admin;

import dev.attache.core.upstream.Cluster;
import dev.attache.core.upstream.Endpoint;
import dev.attache.core.upstream.EndpointStats;
import dev.attache.core.upstream.Limits;
import dev.attache.core.upstream.NameState;
import dev.attache.listeners.Attache;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code /clusters}: limits, endpoints and their counts, and what DNS has said. */
record ClustersEndpoint(Attache proxy) implements AdminEndpoint {

    @Override
    public String path() {
        return "/clusters";
    }

    @Override
    public String help() {
        return "upstream cluster status: format=json";
    }

    @Override
    public AdminReply answer(AdminQuery query) {
        if (query.get("format", "text").equals("json")) {
            List<Object> statuses = new ArrayList<>();
            proxy.clusters().forEach(cluster -> statuses.add(json(cluster)));
            return AdminReply.json(Json.write(Map.of("cluster_statuses", statuses)));
        }
        StringBuilder out = new StringBuilder();
        proxy.clusters().forEach(cluster -> text(cluster, out));
        return AdminReply.text(out.toString());
    }

    private static void text(Cluster cluster, StringBuilder out) {
        String name = cluster.config().name();
        line(out, name, "observability_name", statName(cluster));
        limits(out, name + "::default_priority", cluster.limits(false));
        limits(out, name + "::high_priority", cluster.limits(true));
        line(out, name, "added_via_api", "false");
        if (cluster.policies().hasBreaker()) {
            line(out, name, "failure_breaker", cluster.policies().state());
        }
        for (NameState dns : cluster.names()) {
            line(out, name, "dns::" + dns.name(), dns.error().isEmpty() ? "ok" : dns.error());
        }
        for (Endpoint endpoint : cluster.endpoints().endpoints()) {
            String prefix = name + "::" + address(endpoint.address());
            counts(endpoint).forEach((key, value) -> line(out, prefix, key, value));
            line(out, prefix, "hostname", endpoint.hostname());
            line(out, prefix, "health_flags", "healthy");
            line(out, prefix, "weight", endpoint.weight());
            line(out, prefix, "priority", 0);
        }
    }

    private static void limits(StringBuilder out, String prefix, Limits limits) {
        line(out, prefix, "max_connections", limits.connections().max());
        line(out, prefix, "max_pending_requests", limits.pending().max());
        line(out, prefix, "max_requests", limits.requests().max());
        line(out, prefix, "max_retries", limits.retries().max());
    }

    private static void line(StringBuilder out, String prefix, String key, Object value) {
        out.append(prefix).append("::").append(key).append("::").append(value).append('\n');
    }

    private static String statName(Cluster cluster) {
        String statName = cluster.config().statName();
        return statName.isEmpty() ? cluster.config().name() : statName;
    }

    private static Map<String, Object> counts(Endpoint endpoint) {
        EndpointStats stats = endpoint.stats();
        Map<String, Object> counts = new LinkedHashMap<>();
        counts.put("cx_active", stats.cxActive.get());
        counts.put("cx_connect_fail", stats.cxConnectFail.sum());
        counts.put("cx_total", stats.cxTotal.sum());
        counts.put("rq_active", stats.rqActive.get());
        counts.put("rq_error", stats.rqError.sum());
        counts.put("rq_success", stats.rqSuccess.sum());
        counts.put("rq_timeout", stats.rqTimeout.sum());
        counts.put("rq_total", stats.rqTotal.sum());
        return counts;
    }

    private static String address(SocketAddress address) {
        if (address instanceof InetSocketAddress inet && inet.getAddress() != null) {
            String host = inet.getAddress().getHostAddress();
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + inet.getPort();
        }
        return address.toString();
    }

    private static Map<String, Object> json(Cluster cluster) {
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("name", cluster.config().name());
        status.put("observability_name", statName(cluster));
        status.put("added_via_api", false);
        status.put(
                "circuit_breakers",
                Map.of("default", thresholds(cluster.limits(false)), "high", thresholds(cluster.limits(true))));
        if (cluster.policies().hasBreaker()) {
            status.put("failure_breaker", cluster.policies().state());
        }
        List<Object> names = new ArrayList<>();
        for (NameState dns : cluster.names()) {
            Map<String, Object> name = new LinkedHashMap<>();
            name.put("name", dns.name());
            if (dns.sinceSuccess() != null) {
                name.put("since_success", dns.sinceSuccess().toMillis() + "ms");
            }
            name.put("error", dns.error());
            name.put("failures", dns.failures());
            names.add(name);
        }
        status.put("dns", names);
        List<Object> hosts = new ArrayList<>();
        for (Endpoint endpoint : cluster.endpoints().endpoints()) {
            Map<String, Object> host = new LinkedHashMap<>();
            host.put("address", address(endpoint.address()));
            host.put("hostname", endpoint.hostname());
            host.put("weight", endpoint.weight());
            host.put("health_status", Map.of("eds_health_status", "HEALTHY"));
            host.put("stats", counts(endpoint));
            hosts.add(host);
        }
        status.put("host_statuses", hosts);
        return status;
    }

    private static Map<String, Object> thresholds(Limits limits) {
        Map<String, Object> thresholds = new LinkedHashMap<>();
        thresholds.put("max_connections", limits.connections().max());
        thresholds.put("connections", limits.connections().used());
        thresholds.put("max_pending_requests", limits.pending().max());
        thresholds.put("pending_requests", limits.pending().used());
        thresholds.put("max_requests", limits.requests().max());
        thresholds.put("requests", limits.requests().used());
        thresholds.put("max_retries", limits.retries().max());
        thresholds.put("retries", limits.retries().used());
        return thresholds;
    }
}
