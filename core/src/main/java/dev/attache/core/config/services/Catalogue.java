package dev.attache.core.config.services;

import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Reading;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import dev.attache.core.config.yaml.Words;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The services by name; Wikimedia's catalogue holds much more of each, for other software. */
final class Catalogue {

    /**
     * A service.
     *
     * @param port port of its endpoints
     * @param encryption whether they speak TLS; default false
     */
    record Service(int port, boolean encryption) {}

    private final String written;
    private final Map<String, Optional<Service>> services = new LinkedHashMap<>();

    Catalogue(Optional<Value> catalogue, Dialect dialect) {
        this.written = catalogue.map(Value::path).orElse(dialect == Dialect.NATIVE ? "services" : "service::catalog");
        if (catalogue.isEmpty() || catalogue.get().node() instanceof Node.Null) {
            return;
        }
        Section section = catalogue.get().section();
        for (String name : section.keys()) {
            services.put(name, service(section.requiredSection(name), dialect));
        }
    }

    private static Optional<Service> service(Section section, Dialect dialect) {
        Optional<Long> port = section.required("port", "1 to 65535").flatMap(value -> value.integer(1, 65535));
        boolean encryption = section.bool("encryption", false);
        if (dialect != Dialect.NATIVE) {
            section.ignoreRest();
        }
        return port.map(number -> new Service(number.intValue(), encryption));
    }

    /** The service that an upstream names; where there is none, that has been noted. */
    Optional<Service> find(Upstream.Service key, Reading reading) {
        Optional<Service> found = services.get(key.name());
        if (found == null) {
            reading.error(
                    key.at().source(),
                    key.at().path(),
                    "service " + Words.shown(key.name()) + " is not in the catalogue",
                    "a service of " + written,
                    reading.closest(key.name(), services.keySet()));
            return Optional.empty();
        }
        return found;
    }
}
