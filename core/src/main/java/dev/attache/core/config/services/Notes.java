package dev.attache.core.config.services;

import dev.attache.core.config.Positions;
import dev.attache.core.config.yaml.DurationForm;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Remembers where parts were written, and small rules that several readers share. */
record Notes(Positions positions) {

    static Positions.Position at(Section section) {
        return new Positions.Position(section.source(), section.path());
    }

    static Positions.Position at(Value value) {
        return new Positions.Position(value.source(), value.path());
    }

    <T> T put(T part, Positions.Position at) {
        return positions.put(part, at.source(), at.path());
    }

    /** A number of seconds, as Wikimedia's hosts write durations, or a duration with its unit. */
    static Optional<Duration> seconds(Value value) {
        boolean number = value.node() instanceof Node.Scalar scalar
                && (scalar.type() == Node.Type.NUMBER || scalar.type() == Node.Type.INTEGER);
        if (!number) {
            return value.duration();
        }
        Optional<Duration> duration = value.string().flatMap(text -> DurationForm.SECONDS.parse(text + "s"));
        if (duration.isEmpty()) {
            value.error("a number of seconds");
        }
        return duration;
    }

    /** A file, whose place is remembered. */
    Optional<Path> file(Value value) {
        return value.file().map(path -> put(path, at(value)));
    }

    /** A duration above zero. */
    Optional<Duration> positive(Section section, String key) {
        Optional<Duration> duration = section.duration(key);
        if (duration.filter(Duration::isZero).isPresent()) {
            section.error(key, "0s", "more than zero");
            return Optional.empty();
        }
        return duration;
    }
}
