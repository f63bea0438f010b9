package dev.attache.admin.served;

import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Yaml;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An entry of a deployment's real listener list, as its text says and without the reader that is under test. */
record RealEntry(Node.Mapping fields) {

    private static final Path FOLDER = Path.of(System.getProperty("attache.root", "."), "..", "shared", "wmf")
            .normalize();
    static final Path LIST = FOLDER.resolve("services-proxy-listeners.yaml");
    static final Path CATALOGUE = FOLDER.resolve("service-catalog.yaml");

    private static final Pattern NAMED_BY_DISCOVERY = Pattern.compile("(.+)\\.discovery\\.wmnet");
    private static final Pattern NAMED_BY_PLACE =
            Pattern.compile("[^.]+\\.svc\\.([^.]+)\\.wmnet|[^.]+\\.([^.]+)\\.wikimedia\\.org");

    /** The entries whose service is in the catalogue; of those with one port, the first. */
    static List<RealEntry> servable() {
        Set<String> services = mapping(Yaml.read(CATALOGUE), "service::catalog")
                .orElseThrow()
                .entries()
                .keySet();
        Node.Mapping list = (Node.Mapping) Yaml.read(LIST);
        Node entries =
                list.entries().get("profile::services_proxy::envoy::listeners").value();
        Set<String> ports = new HashSet<>();
        List<RealEntry> servable = new ArrayList<>();
        for (Node fields : ((Node.Sequence) entries).items()) {
            RealEntry entry = new RealEntry((Node.Mapping) fields);
            if (services.contains(entry.service())
                    && ports.add(entry.text("port").orElseThrow())) {
                servable.add(entry);
            }
        }
        return servable;
    }

    String name() {
        return text("name").orElseThrow();
    }

    String service() {
        return text("service").orElseThrow();
    }

    String upstream() {
        return text("upstream").orElse(service() + ".discovery.wmnet");
    }

    /** Listeners of one cluster share its connections, made as the first of them says. */
    String cluster() {
        Matcher discovery = NAMED_BY_DISCOVERY.matcher(upstream());
        if (discovery.matches()) {
            return discovery.group(1);
        }
        Matcher place = NAMED_BY_PLACE.matcher(upstream());
        if (place.matches()) {
            return service() + "_" + (place.group(1) == null ? place.group(2) : place.group(1));
        }
        return service();
    }

    boolean setsSni() {
        return text("sets_sni").equals(Optional.of("true"));
    }

    /** The Host that the upstream gets when the client sent {@code own}. */
    String host(String own) {
        boolean follows = setsSni() && !text("sni_rewrites_host_header").equals(Optional.of("false"));
        return text("http_host").orElse(follows ? upstream() : own);
    }

    Optional<String> xfp() {
        return text("xfp");
    }

    Optional<Duration> keepalive() {
        return text("keepalive").map(RealEntry::duration);
    }

    Duration timeout() {
        return text("timeout").map(RealEntry::duration).orElseThrow();
    }

    /** The limit of one attempt. */
    Duration tryTimeout() {
        return retry("per_try_timeout").map(RealEntry::duration).orElse(timeout());
    }

    /** Attempts for a request that always ends in 503. */
    int attempts() {
        boolean retries = retry("retry_on")
                .filter(Set.of("5xx", "gateway-error")::contains)
                .isPresent();
        return retries ? 1 + retry("num_retries").map(Integer::parseInt).orElse(1) : 1;
    }

    private Optional<String> retry(String field) {
        return mapping(fields, "retry").flatMap(retry -> text(retry, field));
    }

    private Optional<String> text(String field) {
        return text(fields, field);
    }

    private static Optional<String> text(Node.Mapping of, String field) {
        return Optional.ofNullable(of.entries().get(field)).map(entry -> ((Node.Scalar) entry.value()).text());
    }

    private static Optional<Node.Mapping> mapping(Node of, String field) {
        Map<String, Node.Entry> entries = ((Node.Mapping) of).entries();
        return Optional.ofNullable(entries.get(field)).map(entry -> (Node.Mapping) entry.value());
    }

    private static Duration duration(String text) {
        BigDecimal seconds = new BigDecimal(text.substring(0, text.length() - 1));
        return Duration.ofNanos(seconds.movePointRight(9).longValueExact());
    }

    @Override
    public String toString() {
        return name();
    }
}
