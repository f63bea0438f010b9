package dev.attache.core.config.envoy;

import dev.attache.core.config.ForwardConfig;
import dev.attache.core.config.GrpcTimeoutConfig;
import dev.attache.core.config.HeaderMutations;
import dev.attache.core.config.RouteAction;
import dev.attache.core.config.RouteAction.HostRewrite;
import dev.attache.core.config.RouteAction.PathRewrite;
import dev.attache.core.config.RouteAction.WeightedCluster;
import dev.attache.core.config.StreamDurationConfig;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Envoy's {@code RouteAction}: forwarding to clusters. */
final class ForwardReader {

    private final Context context;
    private final RetryReader retries;

    ForwardReader(Context context, RetryReader retries) {
        this.context = context;
        this.retries = retries;
    }

    Optional<RouteAction> read(Section section, Optional<Long> bufferLimit) {
        section.ignore("cluster_not_found_response_code", "early_data_policy", "include_vh_rate_limits");
        // Hashes are of the balancers by hash alone, none of which is served.
        section.withoutEffect("hash_policy");
        section.unserved("flush_timeout");
        section.unsupported(
                "cluster_header",
                "cluster_specifier_plugin",
                "inline_cluster_specifier_plugin",
                "metadata_match",
                "path_rewrite_policy",
                "path_rewrite",
                "host_rewrite",
                "request_mirror_policies",
                "cors",
                "internal_redirect_policy",
                "internal_redirect_action",
                "hedge_policy",
                "retry_policy_typed_config");
        Optional<Section> weighted = section.section("weighted_clusters");
        List<WeightedCluster> clusters = clusters(section, weighted);
        ForwardConfig.Builder builder = ForwardConfig.builder(clusters)
                .host(host(section))
                .path(path(section))
                .appendXForwardedHost(section.bool("append_x_forwarded_host", false))
                .highPriority(section.choice("priority", priorities()).orElse(false))
                .upgrades(upgrades(section))
                .connect(endsConnect(section))
                .rateLimits(RouteTableReader.rateLimits(section));
        weighted.flatMap(split -> split.string("runtime_key_prefix")).ifPresent(builder::runtimeKeyPrefix);
        section.duration("timeout").ifPresent(builder::timeout);
        section.duration("idle_timeout").ifPresent(builder::idleTimeout);
        retries.read(section).ifPresent(builder::retry);
        bufferLimit.ifPresent(builder::bodyBufferLimitBytes);
        section.section("max_stream_duration")
                .flatMap(ForwardReader::streamDuration)
                .ifPresent(builder::streamDuration);
        grpcTimeout(section).ifPresent(builder::grpcTimeout);
        if (clusters.isEmpty()) {
            return Optional.empty();
        }
        return section.<RouteAction>make(builder::build);
    }

    private List<WeightedCluster> clusters(Section section, Optional<Section> weighted) {
        section.oneOf("cluster", "weighted_clusters");
        if (weighted.isPresent()) {
            return split(weighted.get());
        }
        boolean otherwise = Stream.of("cluster_header", "cluster_specifier_plugin", "inline_cluster_specifier_plugin")
                .anyMatch(section::has);
        Optional<Value> name =
                otherwise ? section.value("cluster") : section.required("cluster", "the name of a cluster");
        if (name.isPresent() && name.get().string().orElse("x").isEmpty()) {
            name.get().error("the name of a cluster");
            return List.of();
        }
        return name
                .flatMap(Value::string)
                .map(text -> context.at(name.get(), new WeightedCluster(text, 1, HeaderMutations.NONE)))
                .stream()
                .toList();
    }

    private List<WeightedCluster> split(Section section) {
        section.unsupported("header_name", "use_hash_policy");
        section.ignore("random_value");
        List<WeightedCluster> clusters = section.sections("clusters").stream()
                .flatMap(share -> share(share).stream())
                .toList();
        if (clusters.isEmpty()) {
            section.required("clusters", "at least one cluster");
        }
        boolean whole = !section.faulty("clusters");
        long sum = clusters.stream().mapToLong(WeightedCluster::weight).sum();
        Optional<Long> total = section.integer("total_weight", 1, 4294967295L);
        if (whole && total.isPresent() && total.get() != sum) {
            section.error("total_weight", total.get() + ", but the weights sum to " + sum, "the sum of the weights");
        }
        if (sum == 0 && !clusters.isEmpty()) {
            section.consequence("clusters", "weights sum to 0", "more than 0", "clusters");
            return List.of();
        }
        return clusters;
    }

    private Optional<WeightedCluster> share(Section section) {
        section.unsupported("cluster_header", "metadata_match", "host_rewrite_literal", "typed_per_filter_config");
        Optional<Value> name = section.required("name", "the name of a cluster");
        long weight = section.integer("weight", 0, 4294967295L).orElse(0L);
        HeaderMutations headers = HeaderReader.read(section);
        return name.flatMap(Value::string)
                .flatMap(text -> section.make(() -> new WeightedCluster(text, weight, headers)))
                .map(share -> context.at(name.orElseThrow(), share));
    }

    private static Optional<StreamDurationConfig> streamDuration(Section section) {
        Optional<Duration> max = section.duration("max_stream_duration");
        Optional<Duration> headerMax = section.duration("grpc_timeout_header_max");
        Duration offset = section.duration("grpc_timeout_header_offset").orElse(Duration.ZERO);
        return section.make(() -> new StreamDurationConfig(max, headerMax, offset));
    }

    private static Optional<GrpcTimeoutConfig> grpcTimeout(Section section) {
        Optional<Duration> max = section.duration("max_grpc_timeout");
        Duration offset = section.duration("grpc_timeout_offset").orElse(Duration.ZERO);
        return max.flatMap(limit -> section.make(() -> new GrpcTimeoutConfig(limit, offset)));
    }

    private static HostRewrite host(Section section) {
        section.oneOf("host_rewrite_literal", "auto_host_rewrite", "host_rewrite_header", "host_rewrite_path_regex");
        boolean auto = section.bool("auto_host_rewrite", false);
        return section.string("host_rewrite_literal")
                .<HostRewrite>map(HostRewrite.Literal::new)
                .or(() -> section.string("host_rewrite_header")
                        .map(name -> new HostRewrite.Header(name.toLowerCase(Locale.ROOT))))
                .or(() -> regexRewrite(section, "host_rewrite_path_regex")
                        .map(rewrite -> new HostRewrite.PathRegex(rewrite.regex(), rewrite.substitution())))
                .orElse(auto ? new HostRewrite.Auto() : new HostRewrite.None());
    }

    private static PathRewrite path(Section section) {
        section.oneOf("prefix_rewrite", "regex_rewrite");
        return section.string("prefix_rewrite")
                .filter(text -> !text.isEmpty())
                .<PathRewrite>map(PathRewrite.Prefix::new)
                .or(() -> regexRewrite(section, "regex_rewrite"))
                .orElse(new PathRewrite.None());
    }

    /** A {@code RegexMatchAndSubstitute}. */
    static Optional<PathRewrite.Regex> regexRewrite(Section owner, String key) {
        Optional<Section> section = owner.section(key);
        if (section.isEmpty()) {
            return Optional.empty();
        }
        section.get().required("pattern", "an RE2 expression");
        Optional<String> regex = Matchers.regex(section.get(), "pattern");
        String substitution = section.get().string("substitution", "");
        return regex.map(text -> new PathRewrite.Regex(text, substitution));
    }

    private static Map<String, Boolean> priorities() {
        Map<String, Boolean> priorities = new LinkedHashMap<>();
        priorities.put("DEFAULT", false);
        priorities.put("HIGH", true);
        return priorities;
    }

    /** Upgrade types in lower case, and whether they are on. */
    static Map<String, Boolean> upgrades(Section owner) {
        Map<String, Boolean> upgrades = new LinkedHashMap<>();
        for (Section section : owner.sections("upgrade_configs")) {
            section.unsupported("filters");
            section.section("connect_config").ifPresent(connect -> {
                connect.unsupported("proxy_protocol_config");
                connect.unsupportedUnlessFalse("allow_post");
            });
            String type = section.requiredString("upgrade_type").toLowerCase(Locale.ROOT);
            boolean enabled = section.bool("enabled", true);
            if (type.equals("connect-udp")) {
                section.error("upgrade_type", type + " is not supported", "connect, or an upgrade such as websocket");
            }
            if (section.has("connect_config") && !type.equals("connect")) {
                section.error("connect_config", "beside the upgrade type " + type, "the upgrade type CONNECT");
            }
            upgrades.put(type, enabled);
        }
        return upgrades;
    }

    /** Whether a tunnel ends here, as a {@code connect_config} asks. */
    private static boolean endsConnect(Section owner) {
        return owner.sections("upgrade_configs").stream()
                .anyMatch(section -> section.has("connect_config") && section.bool("enabled", true));
    }
}
