package dev.attache.core.config.services;

import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.yaml.Section;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/** The hash that is copied into Envoy's {@code RetryPolicy}. */
final class Retries {

    private Retries() {}

    static Optional<RetryPolicyConfig> read(Section section, Notes notes) {
        RetryPolicyConfig.Builder builder = RetryPolicyConfig.builder();
        section.string("retry_on").ifPresent(text -> {
            Set<String> conditions = new LinkedHashSet<>();
            for (String condition : text.split(",", -1)) {
                conditions.add(condition.strip());
            }
            conditions.remove("");
            builder.retryOn(conditions);
        });
        section.integer("num_retries", 0, Integer.MAX_VALUE).map(Long::intValue).ifPresent(builder::numRetries);
        section.duration("per_try_timeout").ifPresent(builder::perTryTimeout);
        return section.make(builder::build).map(policy -> notes.put(policy, Notes.at(section)));
    }
}
