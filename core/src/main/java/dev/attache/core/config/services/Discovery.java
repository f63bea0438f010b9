package dev.attache.core.config.services;

import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.Optional;

/** The part of the Kubernetes values that says which entries a release uses, and which of them with a rate limit. */
final class Discovery {

    private final Optional<Value> listeners;
    private final Optional<Section> rateLimits;

    Discovery(TopLevel top) {
        Optional<Section> section = top.value("discovery").map(Value::section);
        this.listeners = section.flatMap(it -> it.value("listeners"));
        this.rateLimits = section.flatMap(it -> it.section("ratelimit_listeners"));
        section.ifPresent(Section::ignoreRest);
        rateLimits.ifPresent(Section::ignoreRest);
    }

    /** Names of the entries that are used. */
    Optional<Value> listeners() {
        return listeners;
    }

    /** The entry with the rate limit that is asked for here. */
    Entry withRateLimit(Entry entry) {
        return rateLimits
                .filter(it -> it.has(entry.name()))
                .map(it -> entry.limited(KubernetesReader.rateLimit(entry.name(), it.requiredSection(entry.name()))))
                .orElse(entry);
    }
}
