package dev.attache.tls;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.security.auth.x500.X500Principal;
import org.jspecify.annotations.Nullable;

/**
 * The certificates of one filter chain, found by the name that a client asks for: those that carry it as it is, else
 * those that carry a wildcard for it, else the first one. There may be one for each kind of key. Immutable.
 */
final class ServerKeys {

    /**
     * A certificate and what an engine calls it.
     *
     * @param alias unlike that of any other set of certificates
     */
    record Named(String alias, CertifiedKey key) {}

    /** The common name stands for the names of a certificate that has none (RFC 9525 knows it no longer, Envoy does). */
    private static final Pattern COMMON_NAME = Pattern.compile("(?:^|,)CN=([^,+\\\\\"#]+)");

    private final List<Named> all = new ArrayList<>();
    private final Map<String, List<Named>> exact = new HashMap<>();

    /** By what follows the asterisk. */
    private final Map<String, List<Named>> wildcards = new HashMap<>();

    private final List<Named> first;
    private final boolean mixed;

    /** @param generation told in the aliases */
    ServerKeys(List<CertifiedKey> keys, int generation) {
        for (int i = 0; i < keys.size(); i++) {
            Named named = new Named(generation + "/" + i, keys.get(i));
            all.add(named);
            for (String name : names(keys.get(i))) {
                if (name.startsWith("*.")) {
                    add(wildcards, name.substring(1), named);
                } else {
                    add(exact, name, named);
                }
            }
        }
        List<String> firstNames = names(keys.getFirst());
        first = all.stream()
                .filter(named ->
                        named.equals(all.getFirst()) || names(named.key()).equals(firstNames))
                .toList();
        mixed = keys.stream().map(CertifiedKey::type).distinct().count() > 1;
    }

    private static void add(Map<String, List<Named>> index, String name, Named named) {
        index.computeIfAbsent(name, absent -> new ArrayList<>()).add(named);
    }

    private static List<String> names(CertifiedKey key) {
        CertificateNames names = CertificateNames.of(key.leaf());
        if (!names.dns().isEmpty()
                || !names.ip().isEmpty()
                || !names.uris().isEmpty()
                || !names.mails().isEmpty()) {
            return names.dns().stream()
                    .map(name -> name.toLowerCase(Locale.ROOT))
                    .sorted()
                    .toList();
        }
        Matcher common =
                COMMON_NAME.matcher(key.leaf().getSubjectX500Principal().getName(X500Principal.RFC2253));
        return common.find() ? List.of(common.group(1).toLowerCase(Locale.ROOT)) : List.of();
    }

    /**
     * The certificates for a client that asks for a name, at least one.
     *
     * @param serverName empty where the client names none
     */
    List<Named> fitting(String serverName) {
        String name = serverName.toLowerCase(Locale.ROOT);
        List<Named> found = exact.get(name);
        if (found == null) {
            int dot = name.indexOf('.');
            found = dot > 0 ? wildcards.get(name.substring(dot)) : null;
        }
        return found == null ? first : found;
    }

    @Nullable
    CertifiedKey find(String alias) {
        for (Named named : all) {
            if (named.alias().equals(alias)) {
                return named.key();
            }
        }
        return null;
    }

    /** Whether there is more than one kind of key, so that it matters which of them a client can verify. */
    boolean mixed() {
        return mixed;
    }
}
