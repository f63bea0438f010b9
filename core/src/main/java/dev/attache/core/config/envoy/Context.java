package dev.attache.core.config.envoy;

import dev.attache.core.config.Positions;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;

/** What the readers of one bootstrap share. */
final class Context {

    private final Positions positions;
    private final Secrets secrets = new Secrets();

    Context(Positions positions) {
        this.positions = positions;
    }

    Secrets secrets() {
        return secrets;
    }

    /** Notes where a part was written; returns it. */
    <T> T at(Section section, T part) {
        return positions.put(part, section.source(), section.path());
    }

    /** Notes where a part was written; returns it. */
    <T> T at(Value value, T part) {
        return positions.put(part, value.source(), value.path());
    }
}
