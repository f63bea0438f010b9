package dev.attache.core.config.envoy;

import dev.attache.core.config.Positions;
import dev.attache.core.config.RetryPolicyConfig;
import dev.attache.core.config.yaml.Section;
import java.util.Optional;

/** Envoy's {@code RetryPolicy}, for other languages that take it over as it is. */
public final class RetryPolicies {

    private RetryPolicies() {}

    /** The policy that a section holds; where it cannot be read, that is noted in the section's reading. */
    public static Optional<RetryPolicyConfig> read(Section section, Positions positions) {
        return new RetryReader(new Context(positions)).policy(section);
    }
}
