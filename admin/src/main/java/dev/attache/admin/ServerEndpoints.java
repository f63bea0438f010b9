package dev.attache.admin;

import dev.attache.core.config.ListenerConfig;
import dev.attache.listeners.Attache;
import dev.attache.listeners.Attache.BoundListener;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/** The pages about the process: what it is, whether it is ready, what it listens on, and how it ends. */
final class ServerEndpoints {

    /** Envoy's word for a state in which clients are served, but others had better wait. */
    private static final String STARTING = "INITIALIZING";

    private ServerEndpoints() {}

    static List<AdminEndpoint> of(Attache proxy, CommandLine commandLine, BooleanSupplier warm, Runnable quit) {
        return List.of(
                new Page(
                        "/server_info",
                        "print server version, state and options",
                        _ -> AdminReply.json(Json.write(serverInfo(proxy, commandLine, state(proxy, warm))))),
                Page.light(
                        "/ready",
                        "print server state, return 200 if LIVE, otherwise return 503",
                        _ -> ready(state(proxy, warm))),
                new Page("/listeners", "print listener info", query -> listeners(proxy, query)),
                new Page("/memory", "print current memory usage", _ -> AdminReply.json(Json.write(memory()))),
                new Page("/config_dump", "dump current configs", query -> configDump(proxy, query)),
                Page.changing("/healthcheck/fail", "cause the server to fail health checks", _ -> {
                    proxy.failHealthChecks(true);
                    return AdminReply.ok();
                }),
                Page.changing("/healthcheck/ok", "cause the server to pass health checks", _ -> {
                    proxy.failHealthChecks(false);
                    return AdminReply.ok();
                }),
                Page.changing("/drain_listeners", "drain listeners: graceful, inboundonly", query -> {
                    proxy.stopAccepting(query.has("inboundonly"));
                    return AdminReply.ok();
                }),
                Page.changing("/reopen_logs", "reopen access logs", _ -> {
                    proxy.reopenLogs();
                    return AdminReply.ok();
                }),
                Page.changing("/quitquitquit", "exit the server", _ -> {
                    quit.run();
                    return AdminReply.ok();
                }));
    }

    private static String state(Attache proxy, BooleanSupplier warm) {
        Attache.State state = proxy.state();
        return state == Attache.State.LIVE && !warm.getAsBoolean() ? STARTING : state.toString();
    }

    private static AdminReply ready(String state) {
        return AdminReply.text(state.equals(Attache.State.LIVE.toString()) ? 200 : 503, state + "\n");
    }

    private static Map<String, Object> serverInfo(Attache proxy, CommandLine commandLine, String state) {
        Map<String, Object> info = new LinkedHashMap<>();
        info.put("version", Version.text());
        info.put("state", state);
        info.put("uptime_current_epoch", proxy.uptime().toSeconds() + "s");
        info.put("uptime_all_epochs", proxy.uptime().toSeconds() + "s");
        info.put("hot_restart_version", "disabled");
        Map<String, Object> options = new LinkedHashMap<>();
        options.put(
                "config_path",
                commandLine.configPaths().stream().map(Object::toString).toList());
        options.put("mode", commandLine.mode() == CommandLine.Mode.SERVE ? "Serve" : "Validate");
        options.put("log_level", commandLine.logLevel());
        options.put("service_cluster", commandLine.serviceCluster());
        options.put("service_node", commandLine.serviceNode());
        options.put("service_zone", commandLine.serviceZone());
        options.put("drain_time", commandLine.drainTime().toSeconds() + "s");
        options.put("drain_strategy", commandLine.drainImmediately() ? "Immediate" : "Gradual");
        options.put("restart_epoch", 0);
        info.put("command_line_options", options);
        info.put("node", Map.of("id", commandLine.serviceNode(), "cluster", commandLine.serviceCluster()));
        return info;
    }

    private static AdminReply listeners(Attache proxy, AdminQuery query) {
        if (query.get("format", "text").equals("json")) {
            List<Object> statuses = new ArrayList<>();
            for (BoundListener listener : proxy.listeners()) {
                listener.addresses()
                        .forEach(address ->
                                statuses.add(Map.of("name", name(listener), "local_address", text(address))));
            }
            return AdminReply.json(Json.write(Map.of("listener_statuses", statuses)));
        }
        StringBuilder out = new StringBuilder();
        for (BoundListener listener : proxy.listeners()) {
            for (SocketAddress address : listener.addresses()) {
                out.append(name(listener)).append("::").append(text(address)).append('\n');
            }
        }
        return AdminReply.text(out.toString());
    }

    private static String name(BoundListener listener) {
        ListenerConfig config = listener.config();
        return config.name().isEmpty() ? config.address().toString() : config.name();
    }

    private static String text(SocketAddress address) {
        if (address instanceof InetSocketAddress inet) {
            String host = inet.getAddress().getHostAddress();
            return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + inet.getPort();
        }
        return address.toString();
    }

    private static Map<String, Object> memory() {
        Runtime runtime = Runtime.getRuntime();
        var nonHeap = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        Map<String, Object> memory = new LinkedHashMap<>();
        memory.put("allocated", Long.toString(runtime.totalMemory() - runtime.freeMemory()));
        memory.put("heap_size", Long.toString(runtime.totalMemory()));
        memory.put("heap_max", Long.toString(runtime.maxMemory()));
        memory.put("non_heap", Long.toString(nonHeap.getUsed()));
        memory.put("total_physical_bytes", Long.toString(nonHeap.getCommitted() + runtime.totalMemory()));
        return memory;
    }

    private static AdminReply configDump(Attache proxy, AdminQuery query) {
        String resource = query.get("resource", "");
        Map<String, Object> parts = new LinkedHashMap<>();
        var config = proxy.config();
        parts.put("clusters", RecordTree.of(config.clusters()));
        parts.put("listeners", RecordTree.of(config.listeners()));
        config.admin().ifPresent(admin -> parts.put("admin", RecordTree.of(admin)));
        parts.put("runtime", RecordTree.of(config.runtime()));
        parts.put("stats", RecordTree.of(config.stats()));
        parts.put("overload", RecordTree.of(config.overload()));
        parts.put("dns", RecordTree.of(config.dns()));
        if (!resource.isEmpty()) {
            Object part = parts.get(resource);
            if (part == null) {
                return AdminReply.text(
                        404, resource + " is no part of the configuration (expected: one of " + parts.keySet() + ")\n");
            }
            return AdminReply.json(Json.write(Map.of("configs", List.of(Map.of(resource, part)))));
        }
        return AdminReply.json(Json.write(Map.of("configs", List.of(parts))));
    }
}
