package dev.attache.core.config.envoy;

import dev.attache.core.config.AccessLogConfig;
import dev.attache.core.config.AdminConfig;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.RuntimeConfig;
import dev.attache.core.config.yaml.DurationForm;
import dev.attache.core.config.yaml.Reading;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Reads an Envoy v3 bootstrap. Fields that Envoy knows and this proxy does not serve are errors of their own; what is
 * unknown to both is an unknown field.
 */
public final class EnvoyBootstrap {

    /** Keys at the top of a bootstrap, by which the language is told. */
    public static final Set<String> TOP_LEVEL_KEYS = Set.of(
            "admin",
            "bootstrap_extensions",
            "cluster_manager",
            "dns_resolution_config",
            "dynamic_resources",
            "layered_runtime",
            "node",
            "overload_manager",
            "static_resources",
            "stats_config",
            "stats_flush_interval",
            "stats_sinks",
            "typed_dns_resolver_config",
            "watchdogs");

    private final Context context;

    private EnvoyBootstrap(Positions positions) {
        this.context = new Context(positions);
    }

    /** Whether a key, in either of its spellings, is one of {@link #TOP_LEVEL_KEYS}. */
    public static boolean recognises(String key) {
        return TOP_LEVEL_KEYS.contains(
                key.replaceAll("(?<=[a-z])(?=[A-Z])", "_").toLowerCase(Locale.ROOT));
    }

    /** A reading in this language. */
    public static Reading reading() {
        return new Reading(DurationForm.SECONDS, true);
    }

    /**
     * The configuration that a bootstrap stands for. Problems are noted in the reading of {@code root}; where there are
     * errors, the answer holds what could be read, for further checks alone.
     */
    public static ProxyConfig read(Value root, Positions positions) {
        return new EnvoyBootstrap(positions).bootstrap(root.section());
    }

    private ProxyConfig bootstrap(Section section) {
        section.ignore(
                "application_log_config",
                "default_regex_engine",
                "enable_dispatcher_stats",
                "flags_path",
                "listener_manager",
                "memory_allocator_manager",
                "node",
                "node_context_params",
                "stats_flush_interval",
                "stats_flush_on_admin",
                "stats_server_version_override",
                "watchdog",
                "watchdogs");
        section.unserved("default_socket_interface");
        section.section("cluster_manager").ifPresent(manager -> {
            manager.ignore("outlier_detection", "load_stats_config", "enable_deferred_cluster_creation");
            // A name for balancing by zone, which is told where it is asked for.
            manager.ignore("local_cluster_name");
            manager.unserved("upstream_bind_config");
        });
        section.unsupported(
                "bootstrap_extensions",
                "certificate_provider_instances",
                "config_sources",
                "default_config_source",
                "dynamic_resources",
                "fatal_actions",
                "header_prefix",
                "hds_config",
                "inline_headers",
                "perf_tracing_file_path",
                "tracing",
                "xds_config_tracker_extension",
                "xds_delegate_extension");
        ProxyConfig.Builder builder = ProxyConfig.builder();
        DnsReader dns = new DnsReader();
        RuntimeConfig runtime = RuntimeReader.read(section);
        section.section("static_resources").ifPresent(resources -> resources(resources, runtime, dns, builder));
        section.section("admin").flatMap(this::admin).ifPresent(builder::admin);
        builder.runtime(runtime)
                .stats(new StatsReader(context).read(section))
                .overload(OverloadReader.read(section, runtime))
                .dns(dns.read(section));
        return builder.build();
    }

    private void resources(Section section, RuntimeConfig runtime, DnsReader dns, ProxyConfig.Builder builder) {
        context.secrets().readFixed(section);
        ListenerReader listeners = new ListenerReader(context, runtime);
        List<ListenerConfig> read = new ArrayList<>();
        section.sections("listeners").forEach(item -> listeners.read(item).ifPresent(read::add));
        ClusterReader clusters = new ClusterReader(context, dns);
        List<ClusterConfig> clustersRead = new ArrayList<>();
        section.sections("clusters").forEach(item -> clusters.read(item).ifPresent(clustersRead::add));
        builder.listeners(read).clusters(clustersRead);
    }

    private Optional<AdminConfig> admin(Section section) {
        section.ignore("profile_path");
        section.unsupported("allow_paths", "socket_options");
        AccessLogReader accessLogs = new AccessLogReader(context);
        boolean ignoresLimit = section.bool("ignore_global_conn_limit", false);
        List<AccessLogConfig> logs = new ArrayList<>(accessLogs.read(section));
        section.value("access_log_path").flatMap(accessLogs::plainFile).ifPresent(logs::add);
        if (!section.has("address")) {
            section.value("address");
            return Optional.empty();
        }
        return new Addresses(context)
                .read(section)
                .map(address -> context.at(section, new AdminConfig(address, logs, ignoresLimit)));
    }
}
