package dev.attache.listeners;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which filter chain takes a connection: by the exact server name, then by the longest suffix of it, then the one without
 * names; among those only such as speak what the client does. Immutable.
 *
 * @see <a href="https://www.envoyproxy.io/docs/envoy/latest/api-v3/config/listener/v3/listener_components.proto">Envoy,
 *     FilterChainMatch</a>
 */
final class ChainTable {

    private static final String ANY_PREFIX = "*";

    private final List<ServedChain> chains;
    private final Map<String, ServedChain> byName = new HashMap<>();
    private final @Nullable ServedChain encryptedDefault;
    private final @Nullable ServedChain plainDefault;

    ChainTable(List<ServedChain> chains) {
        this.chains = List.copyOf(chains);
        ServedChain encrypted = null;
        ServedChain plain = null;
        for (ServedChain chain : chains) {
            for (String name : chain.config().serverNames()) {
                byName.putIfAbsent(name, chain);
            }
            if (chain.config().serverNames().isEmpty()) {
                if (chain.tls() == null) {
                    plain = plain == null ? chain : plain;
                } else {
                    encrypted = encrypted == null ? chain : encrypted;
                }
            }
        }
        encryptedDefault = encrypted;
        plainDefault = plain;
    }

    List<ServedChain> chains() {
        return chains;
    }

    /** The one chain that takes every connection, whatever it says; null where that must be looked at. */
    @Nullable
    ServedChain only() {
        return chains.size() == 1 && byName.isEmpty() ? chains.getFirst() : null;
    }

    /** The chain for a client that has said {@code hello}; null where there is none. */
    @Nullable
    ServedChain choose(ClientHello hello) {
        if (!hello.tls()) {
            return plainDefault;
        }
        ServedChain chosen = byName.get(hello.serverName());
        for (int dot = hello.serverName().indexOf('.');
                chosen == null && dot >= 0;
                dot = hello.serverName().indexOf('.', dot + 1)) {
            chosen = byName.get(ANY_PREFIX + hello.serverName().substring(dot));
        }
        return chosen == null ? encryptedDefault : chosen;
    }
}
