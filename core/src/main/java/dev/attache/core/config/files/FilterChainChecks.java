package dev.attache.core.config.files;

import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ListenerConfig;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Filter chains of a listener are told apart by their server names: none twice, and one for all the others. */
final class FilterChainChecks {

    private static final String ALL = "";

    private FilterChainChecks() {}

    static void check(ListenerConfig listener, Report report) {
        Map<String, FilterChainConfig> byName = new HashMap<>();
        for (FilterChainConfig chain : listener.filterChains()) {
            List<String> names = chain.serverNames().isEmpty() ? List.of(ALL) : chain.serverNames();
            for (String name : names) {
                FilterChainConfig first = byName.putIfAbsent(name, chain);
                if (first != null) {
                    tell(name, chain, first, listener, report);
                }
            }
        }
    }

    private static void tell(
            String name, FilterChainConfig chain, FilterChainConfig first, ListenerConfig listener, Report report) {
        var at = report.at("listener " + listener.address(), chain, listener);
        String there = ConfigChecks.there(report.at("", first));
        if (name.equals(ALL)) {
            report.warning(at, "a filter chain that is never reached: another takes all server names" + there);
        } else {
            report.error(at, "server name " + name + " for the second time" + there, "each name in one filter chain");
        }
    }
}
