package dev.attache.core.config.envoy;

import dev.attache.core.config.RateLimitAction;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.RouteTableConfig;
import dev.attache.core.config.TlsRequirement;
import dev.attache.core.config.VirtualHostConfig;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import dev.attache.core.config.yaml.Words;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Envoy's {@code RouteConfiguration} and its {@code VirtualHost}s. */
final class RouteTableReader {

    private static final long MAX_DIRECT_BODY = 4096;

    private final Context context;
    private final RetryReader retries;
    private final RouteReader routes;

    RouteTableReader(Context context) {
        this.context = context;
        this.retries = new RetryReader(context);
        this.routes = new RouteReader(context, retries);
    }

    RouteTableConfig read(Section section) {
        section.ignore("validate_clusters", "metadata");
        section.unsupported(
                "vhds",
                "cluster_specifier_plugins",
                "request_mirror_policies",
                "typed_per_filter_config",
                "vhost_header");
        section.unsupportedUnlessFalse("ignore_port_in_host_matching", "ignore_path_parameters_in_path_matching");
        long maxDirectBody = section.integer("max_direct_response_body_size_bytes", 0, 1024 * 1024)
                .orElse(MAX_DIRECT_BODY);
        Map<String, Value> domains = new HashMap<>();
        List<VirtualHostConfig> hosts = new ArrayList<>();
        for (Section host : section.sections("virtual_hosts")) {
            virtualHost(host, domains, maxDirectBody).ifPresent(hosts::add);
        }
        RouteTableConfig.Builder builder = RouteTableConfig.builder()
                .name(section.string("name", ""))
                .virtualHosts(hosts)
                .headers(HeaderReader.read(section))
                .internalOnlyHeaders(Set.copyOf(section.strings("internal_only_headers")))
                .mostSpecificHeaderMutationsWins(section.bool("most_specific_header_mutations_wins", false));
        return context.at(section, builder.build());
    }

    private Optional<VirtualHostConfig> virtualHost(Section section, Map<String, Value> seen, long maxDirectBody) {
        section.ignore("metadata");
        section.withoutEffect("virtual_clusters");
        section.unsupported(
                "matcher",
                "hedge_policy",
                "cors",
                "typed_per_filter_config",
                "request_mirror_policies",
                "retry_policy_typed_config");
        section.unsupportedUnlessFalse("include_is_timeout_retry_header");
        String name = section.requiredString("name");
        List<String> domains = domains(section, seen);
        Optional<RetryPolicyConfig> retry = retries.read(section);
        Optional<Long> bufferLimit = RouteReader.bodyBufferLimit(section);
        VirtualHostConfig.Builder builder = VirtualHostConfig.builder(
                        name, domains, routes.read(section, bufferLimit, maxDirectBody))
                .headers(HeaderReader.read(section))
                .includeRequestAttemptCount(section.bool("include_request_attempt_count", false))
                .includeAttemptCountInResponse(section.bool("include_attempt_count_in_response", false))
                .rateLimits(rateLimits(section));
        builder.retry(retry.orElse(RetryPolicyConfig.NONE)); // What is not written is not done, as in Envoy.
        section.enumeration("require_tls", TlsRequirement.class).ifPresent(builder::requireTls);
        if (domains.isEmpty()) {
            return Optional.empty();
        }
        return section.make(builder::build).map(host -> context.at(section, host));
    }

    private static List<String> domains(Section section, Map<String, Value> seen) {
        List<String> domains = new ArrayList<>();
        section.required("domains", "at least one domain");
        for (Value item : section.items("domains")) {
            String domain = item.string().orElse("").toLowerCase(Locale.ROOT);
            Value earlier = seen.putIfAbsent(domain, item);
            if (!isDomain(domain)) {
                item.error("a domain, *.suffix, prefix.* or *, each with or without a port");
            } else if (earlier != null) {
                item.error(
                        Words.shown(domain) + " for the second time (first in " + earlier.source() + ")",
                        "each domain once in a route_config");
            } else {
                domains.add(domain);
            }
        }
        if (section.has("domains") && section.items("domains").isEmpty()) {
            section.error("domains", "empty", "at least one domain");
        }
        return domains;
    }

    private static boolean isDomain(String domain) {
        String host = domain.endsWith(":*") ? domain.substring(0, domain.length() - 2) : domain;
        int star = host.indexOf('*');
        boolean starAtAnEnd = star < 0 || (star == host.lastIndexOf('*') && (star == 0 || star == host.length() - 1));
        return !host.isEmpty() && starAtAnEnd && host.chars().noneMatch(c -> c <= ' ');
    }

    /** The descriptors under {@code rate_limits}. */
    static List<RateLimitAction> rateLimits(Section owner) {
        List<RateLimitAction> limits = new ArrayList<>();
        for (Section limit : owner.sections("rate_limits")) {
            limit.integer("stage", 0, 0);
            limit.unsupported("disable_key", "limit", "hits_addend", "apply_on_stream_done");
            List<Section> actions = limit.sections("actions");
            if (actions.size() != 1 && !limit.faulty("actions")) {
                limit.error("actions", actions.size() + " actions", "exactly 1, request_headers");
            }
            for (Section action : actions) {
                Section header = action.requiredSection("request_headers");
                header.unsupportedUnlessFalse("skip_if_absent");
                limits.add(new RateLimitAction(
                        header.requiredString("header_name").toLowerCase(Locale.ROOT),
                        header.requiredString("descriptor_key")));
            }
        }
        return limits;
    }
}
