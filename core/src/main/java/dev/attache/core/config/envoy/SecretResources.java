package dev.attache.core.config.envoy;

import dev.attache.core.config.ConfigException;
import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.Positions;
import dev.attache.core.config.Source;
import dev.attache.core.config.yaml.Reading;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import dev.attache.core.config.yaml.Words;
import dev.attache.core.config.yaml.Yaml;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The secrets in a file, which has the form of a discovery response. */
final class SecretResources {

    private static final String SECRET = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";

    private SecretResources() {}

    /** Makes a part of a configuration from a secret. */
    interface Reader<T> {
        /** Empty where an error was noted. */
        Optional<T> read(Context context, Section secret);
    }

    /**
     * All secrets by name.
     *
     * @throws ConfigException when the file is none
     */
    static Map<String, Section> read(Reading reading, Path file) {
        Map<String, Section> secrets = new HashMap<>();
        Section root = reading.root(Yaml.read(file)).section();
        root.ignore("version_info", "type_url", "nonce");
        if (!root.has("resources")) {
            root.required("resources", "a list of secrets");
        }
        for (Value item : root.items("resources")) {
            Section secret = item.section();
            checkType(secret);
            secrets.put(secret.requiredString("name"), known(secret));
        }
        return secrets;
    }

    private static void checkType(Section secret) {
        Optional<Value> type = secret.required("@type", SECRET);
        if (type.isPresent() && !type.get().string().orElse(SECRET).equals(SECRET)) {
            type.get().error(SECRET);
        }
    }

    /** Takes what a secret may hold; each use of it reads its own part. */
    static Section known(Section secret) {
        secret.ignore("tls_certificate", "validation_context", "session_ticket_keys", "generic_secret");
        return secret;
    }

    /**
     * Reads one secret again, apart from the bootstrap that names it.
     *
     * @throws ConfigException with all errors of the file, each with its place
     */
    static <T> T reread(Path file, String name, Reader<T> reader) {
        Reading reading = EnvoyBootstrap.reading();
        Map<String, Section> secrets = read(reading, file);
        Optional<Section> secret = Optional.ofNullable(secrets.get(name));
        if (secret.isEmpty()) {
            reading.error(new Source(file.toString(), 0, 0), "resources", "no secret " + Words.shown(name), "");
        }
        Optional<T> part = secret.flatMap(found -> reader.read(new Context(new Positions()), found));
        reading.reportUnknownKeys();
        List<ConfigProblem> errors =
                reading.problems().stream().filter(ConfigProblem::isError).toList();
        if (!errors.isEmpty()) {
            throw new ConfigException(errors);
        }
        return part.orElseThrow();
    }
}
