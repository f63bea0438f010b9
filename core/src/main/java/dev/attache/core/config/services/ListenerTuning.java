package dev.attache.core.config.services;

import dev.attache.core.config.FilterConfig;
import dev.attache.core.config.HeaderAddition;
import dev.attache.core.config.HeaderMutations;
import dev.attache.core.config.ProxyProtocol;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What only the native form can say of a listener; empty means the default. */
record ListenerTuning(
        List<String> listenAddresses,
        boolean bindToPort,
        Optional<String> accessLogPath,
        Optional<Integer> minLogCode,
        List<FilterConfig> filters,
        HeaderMutations headers,
        Optional<ListenerTls> tls,
        Optional<Integer> redirectPort,
        ProxyProtocol proxyProtocol,
        HttpTuning http) {

    static final ListenerTuning NONE = new ListenerTuning(
            List.of(),
            true,
            Optional.empty(),
            Optional.empty(),
            List.of(),
            HeaderMutations.NONE,
            Optional.empty(),
            Optional.empty(),
            ProxyProtocol.OFF,
            HttpTuning.NONE);

    ListenerTuning {
        listenAddresses = List.copyOf(listenAddresses);
        filters = List.copyOf(filters);
    }

    static ListenerTuning read(Section section, Notes notes) {
        List<FilterConfig> filters = new ArrayList<>();
        section.strings("filters").forEach(name -> filters.add(new FilterConfig.Extension(name)));
        Optional<Section> request = section.section("request_headers");
        Optional<Section> response = section.section("response_headers");
        HeaderMutations headers = new HeaderMutations(
                request.map(ListenerTuning::additions).orElse(List.of()),
                request.map(ListenerTuning::removals).orElse(List.of()),
                response.map(ListenerTuning::additions).orElse(List.of()),
                response.map(ListenerTuning::removals).orElse(List.of()));
        return new ListenerTuning(
                section.value("listen_address").map(ListenAddresses::read).orElse(List.of()),
                section.bool("bind_to_port", true),
                section.string("access_log_path"),
                section.integer("min_log_code", 0, 600).map(Long::intValue),
                filters,
                headers,
                section.section("tls").flatMap(tls -> ListenerTls.read(tls, notes)),
                redirectPort(section),
                section.enumeration("proxy_protocol", ProxyProtocol.class).orElse(ProxyProtocol.OFF),
                HttpTuning.read(section));
    }

    private static Optional<Integer> redirectPort(Section section) {
        Optional<Long> port = section.integer("redirect_port", 0, 65535);
        if (port.isPresent() && !section.has("tls")) {
            section.error("redirect_port", "without tls", "a listener with tls");
        }
        return port.map(Long::intValue);
    }

    private static List<HeaderAddition> additions(Section section) {
        List<HeaderAddition> additions = new ArrayList<>();
        additions(section, "set", HeaderAddition.Action.OVERWRITE_IF_EXISTS_OR_ADD, additions);
        additions(section, "add", HeaderAddition.Action.APPEND_IF_EXISTS_OR_ADD, additions);
        return additions;
    }

    private static void additions(
            Section owner, String key, HeaderAddition.Action action, List<HeaderAddition> additions) {
        Optional<Section> section = owner.section(key);
        if (section.isEmpty()) {
            return;
        }
        for (String name : section.get().keys()) {
            String value = section.get().string(name, "");
            if (!HeaderNames.isToken(name) || name.equalsIgnoreCase("host")) {
                section.get().error(name, "header " + name, "a header name; http_host sets Host");
            } else {
                additions.add(new HeaderAddition(name, value, action, false));
            }
        }
    }

    private static List<String> removals(Section section) {
        List<String> names = new ArrayList<>();
        for (Value item : section.items("remove")) {
            item.string().ifPresent(name -> {
                if (!HeaderNames.isToken(name) || name.equalsIgnoreCase("host")) {
                    item.error("a header name other than host");
                } else {
                    names.add(name.toLowerCase(Locale.ROOT));
                }
            });
        }
        return names;
    }
}
