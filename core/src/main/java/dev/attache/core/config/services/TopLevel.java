package dev.attache.core.config.services;

import dev.attache.core.config.Source;
import dev.attache.core.config.yaml.Node;
import dev.attache.core.config.yaml.Reading;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The top level of one load: the files merged key by key (a later file's key replaces an earlier one's whole), each
 * key under the name that it has without a prefix.
 */
final class TopLevel {

    static final String LISTENERS = "listeners";
    static final String SERVICES = "services";
    static final String KUBERNETES = "services_proxy";

    private static final String PREFIX = "profile::services_proxy::envoy::";
    static final String ENVOY_ENSURE = "envoy_ensure";

    private static final String ENSURE = "ensure";
    private static final String ENVOY = "profile::envoy::";
    private static final String TLS_PROXY = "profile::tlsproxy::envoy::";

    /** What a key of this form says about the dialect. */
    private enum Side {
        WIKIMEDIA,
        NATIVE,
        EITHER
    }

    /** A key of this form: the name it has in every dialect. */
    private record Known(String name, Side side) {}

    private static final Set<String> COMMON = Set.of(
            "enabled_listeners",
            "listen_ipv6",
            "local_otel_reporting_pct",
            "trusted_ca",
            "listen_address",
            "access_log_path",
            "connect_timeout",
            "dns",
            "admin",
            "stats",
            "runtime");

    private static final Map<String, Known> KEYS = keys();
    private static final Set<String> NAMES = new TreeSet<>(KEYS.keySet());

    private final Reading reading;
    private final Map<String, Node.Entry> entries = new LinkedHashMap<>();
    private final Map<String, Node.Entry> tlsProxy = new LinkedHashMap<>();
    private final Map<String, String> texts = new HashMap<>();
    private Optional<Node.Entry> wikimedia = Optional.empty();
    private Optional<Node.Entry> nativeForm = Optional.empty();

    private final Source source;

    private TopLevel(Source source, Reading reading) {
        this.source = source;
        this.reading = reading;
    }

    static TopLevel merged(List<Node> files, Reading reading) {
        Source source = files.isEmpty() ? Source.NONE : files.getFirst().source();
        TopLevel top = new TopLevel(source, reading);
        files.forEach(top::merge);
        top.refuseBothDialects();
        return top;
    }

    /** Whether a key may stand at the top of a file of this form; those of other software, by their prefix, as well. */
    static boolean recognises(String key) {
        return key.contains("::") || KEYS.containsKey(key);
    }

    /** Where the first file begins. */
    Source source() {
        return source;
    }

    Dialect dialect() {
        if (entries.containsKey(KUBERNETES)) {
            return Dialect.KUBERNETES;
        }
        return nativeForm.isPresent() ? Dialect.NATIVE : Dialect.HOST;
    }

    /** The value of a key by its name without prefix; its path is what was written. */
    Optional<Value> value(String name) {
        return Optional.ofNullable(entries.get(name))
                .filter(entry -> !(entry.value() instanceof Node.Null))
                .map(entry -> reading.root(entry.value()).at(entry.key()));
    }

    /** The keys of the TLS terminator, under the names that they have without their prefix; empty where there is none. */
    Optional<Section> tlsProxy() {
        if (tlsProxy.isEmpty()) {
            return Optional.empty();
        }
        Source first = tlsProxy.values().iterator().next().keySource();
        return Optional.of(
                reading.root(new Node.Mapping(tlsProxy, first)).at(TLS_PROXY).section());
    }

    /** The text of any key of the load, also of those that are for other software. */
    Optional<String> text(String key) {
        return Optional.ofNullable(texts.get(key));
    }

    private void merge(Node file) {
        if (file instanceof Node.Null) {
            return;
        }
        if (!(file instanceof Node.Mapping mapping)) {
            reading.root(file).error("a mapping");
            return;
        }
        boolean others = mapping.entries().keySet().stream().anyMatch(TopLevel::ofAHost);
        Map<String, Node.Entry> own = new LinkedHashMap<>();
        for (Node.Entry entry : mapping.entries().values()) {
            if (entry.value() instanceof Node.Scalar scalar) {
                texts.put(entry.key(), scalar.text());
            }
            Known known = KEYS.get(entry.key());
            if (entry.key().startsWith(TLS_PROXY)) {
                String name = entry.key().substring(TLS_PROXY.length());
                tlsProxy.put(name, new Node.Entry(name, entry.keySource(), entry.value()));
                wikimedia = wikimedia.or(() -> Optional.of(entry));
            } else if (known != null) {
                note(known, entry, own);
            } else if (!ofOthers(entry.key())) {
                unknown(entry, others);
            }
        }
        entries.putAll(own);
    }

    private void note(Known known, Node.Entry entry, Map<String, Node.Entry> own) {
        Node.Entry twin = own.putIfAbsent(known.name(), entry);
        if (twin != null) {
            reading.error(entry.keySource(), entry.key(), "beside " + twin.key(), "one of the two");
        }
        switch (known.side()) {
            case WIKIMEDIA -> wikimedia = wikimedia.or(() -> Optional.of(entry));
            case NATIVE -> nativeForm = nativeForm.or(() -> Optional.of(entry));
            case EITHER -> {}
        }
    }

    // A host's hiera file also holds bare keys that are nobody's business here; a file of this form alone does not.
    private void unknown(Node.Entry entry, boolean besideOthers) {
        String close = reading.closest(entry.key(), NAMES);
        if (!besideOthers || !close.isEmpty()) {
            reading.error(entry.keySource(), entry.key(), "unknown field", "", close);
        }
    }

    private void refuseBothDialects() {
        if (wikimedia.isPresent() && nativeForm.isPresent()) {
            Node.Entry prefixed = wikimedia.get();
            Node.Entry plain = nativeForm.get();
            reading.error(
                    plain.keySource(),
                    plain.key(),
                    "a key of the native form beside " + prefixed.key() + " (" + prefixed.keySource() + ")",
                    "plain keys alone, or Wikimedia's alone");
        }
        Node.Entry list = entries.get(LISTENERS);
        Node.Entry map = entries.get(KUBERNETES);
        if (list != null && map != null) {
            String found = "beside " + list.key() + " (" + list.keySource() + ")";
            reading.error(map.keySource(), map.key(), found, "one of the two");
        }
    }

    /** Whether a file with this key describes a host: a file of the services proxy's own keys may hold those alone. */
    private static boolean ofAHost(String key) {
        return ofOthers(key) || key.startsWith(TLS_PROXY);
    }

    private static boolean ofOthers(String key) {
        return key.contains("::")
                && !key.startsWith(PREFIX)
                && !key.startsWith(TLS_PROXY)
                && !key.startsWith(ENVOY)
                && !KEYS.containsKey(key);
    }

    private static Map<String, Known> keys() {
        Map<String, Known> keys = new LinkedHashMap<>();
        keys.put(LISTENERS, new Known(LISTENERS, Side.NATIVE));
        keys.put(SERVICES, new Known(SERVICES, Side.NATIVE));
        keys.put(PREFIX + LISTENERS, new Known(LISTENERS, Side.WIKIMEDIA));
        keys.put("service::catalog", new Known(SERVICES, Side.WIKIMEDIA));
        keys.put(KUBERNETES, new Known(KUBERNETES, Side.WIKIMEDIA));
        keys.put("discovery", new Known("discovery", Side.WIKIMEDIA));
        keys.put(ENVOY + "runtime", new Known("runtime", Side.EITHER));
        keys.put(ENVOY + ENSURE, new Known(ENVOY_ENSURE, Side.EITHER));
        keys.put(PREFIX + ENSURE, new Known(ENSURE, Side.WIKIMEDIA));
        for (String name : COMMON) {
            keys.put(name, new Known(name, Side.EITHER));
            keys.put(PREFIX + name, new Known(name, Side.WIKIMEDIA));
        }
        return Map.copyOf(keys);
    }
}
