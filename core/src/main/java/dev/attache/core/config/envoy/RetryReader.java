package dev.attache.core.config.envoy;

import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import dev.attache.core.config.yaml.Words;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Envoy's {@code RetryPolicy}. */
final class RetryReader {

    private static final String PREVIOUS_HOSTS = "envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate";
    private static final List<String> CONDITIONS = List.of(
            "5xx",
            "gateway-error",
            "reset",
            "reset-before-request",
            "connect-failure",
            "envoy-ratelimited",
            "retriable-4xx",
            "refused-stream",
            "retriable-status-codes",
            "retriable-headers",
            "http3-post-connect-failure",
            "cancelled",
            "deadline-exceeded",
            "internal",
            "resource-exhausted",
            "unavailable");

    private final Context context;

    RetryReader(Context context) {
        this.context = context;
    }

    /** The policy under {@code retry_policy}. */
    Optional<RetryPolicyConfig> read(Section owner) {
        return owner.section("retry_policy").flatMap(this::policy);
    }

    /** A policy that is the whole of a section. */
    Optional<RetryPolicyConfig> policy(Section section) {
        section.ignore("host_selection_retry_max_attempts");
        section.unsupported("retry_priority", "rate_limited_retry_back_off", "retry_options_predicates");
        for (Section predicate : section.sections("retry_host_predicate")) {
            // An attempt that avoids earlier endpoints is what happens anyway.
            Extension.read(
                    predicate,
                    List.of(PREVIOUS_HOSTS),
                    Map.of("envoy.retry_host_predicates.previous_hosts", PREVIOUS_HOSTS));
        }
        RetryPolicyConfig.Builder builder = RetryPolicyConfig.builder()
                .retryOn(section.value("retry_on").map(RetryReader::conditions).orElse(Set.of()))
                .retriableHeaders(Matchers.headers(section, "retriable_headers"))
                .retriableRequestHeaders(Matchers.headers(section, "retriable_request_headers"));
        section.integer("num_retries", 0, Integer.MAX_VALUE).ifPresent(number -> builder.numRetries(number.intValue()));
        section.duration("per_try_timeout").ifPresent(builder::perTryTimeout);
        section.duration("per_try_idle_timeout").ifPresent(builder::perTryIdleTimeout);
        Set<Integer> statuses = new LinkedHashSet<>();
        for (Value item : section.items("retriable_status_codes")) {
            item.integer(100, 599).ifPresent(status -> statuses.add(status.intValue()));
        }
        builder.retriableStatusCodes(statuses);
        section.section("retry_back_off").ifPresent(backOff -> backOff(backOff, builder));
        return section.make(builder::build).map(policy -> context.at(section, policy));
    }

    /** Conditions in the order of the text; an unknown one never matches, which deserves a warning. */
    private static Set<String> conditions(Value value) {
        Set<String> conditions = new LinkedHashSet<>();
        for (String condition : value.string().orElse("").split(",", -1)) {
            String name = condition.strip();
            if (name.isEmpty()) {
                continue;
            }
            conditions.add(name);
            if (!CONDITIONS.contains(name)) {
                value.reading()
                        .add(new ConfigProblem(
                                ConfigProblem.Severity.WARNING,
                                value.source(),
                                value.path(),
                                Words.shown(name) + " never matches",
                                "",
                                value.reading().closest(name, CONDITIONS)));
            }
        }
        return conditions;
    }

    private static void backOff(Section section, RetryPolicyConfig.Builder builder) {
        Optional<Duration> base =
                section.required("base_interval", "a duration of 1 ms or more").flatMap(Value::duration);
        Optional<Duration> max = section.duration("max_interval");
        if (base.isEmpty()) {
            return;
        }
        if (base.get().isZero()) {
            section.error("base_interval", "0", "more than zero");
            return;
        }
        // Below a millisecond Envoy rounds up, as its clock is no finer.
        Duration atLeast = base.get().compareTo(Duration.ofMillis(1)) < 0 ? Duration.ofMillis(1) : base.get();
        if (max.isPresent() && max.get().compareTo(base.get()) < 0) {
            section.error("max_interval", "less than base_interval", "at least base_interval");
        }
        builder.baseInterval(atLeast).maxInterval(max.orElse(atLeast.multipliedBy(10)));
    }
}
