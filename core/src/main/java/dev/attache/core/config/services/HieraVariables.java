package dev.attache.core.config.services;

import dev.attache.core.config.ConfigProblem;
import dev.attache.core.config.yaml.Value;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Hiera's {@code %{...}} in a text: a look-up finds the keys of the same load. What only the host's own facts would tell
 * stays as it is, with a warning, save where an address of this machine is wanted: that is the loopback then.
 */
final class HieraVariables {

    private static final Pattern VARIABLE = Pattern.compile("%\\{([^}]*)}");
    private static final Pattern LOOKUP = Pattern.compile("\\s*(?:lookup|hiera)\\(['\"]([^'\"]+)['\"]\\)\\s*");
    private static final Pattern FACT = Pattern.compile("\\s*(?:facts\\.|::)?([a-z0-9_.]+)\\s*");
    private static final Set<String> HERE =
            Set.of("fqdn", "hostname", "ipaddress", "networking.fqdn", "networking.hostname", "networking.ip");
    private static final Map<String, String> LOOPBACK = Map.of("ipaddress6", "::1", "networking.ip6", "::1");

    private final Function<String, Optional<String>> lookup;

    /** Begins with the texts of a load by their keys. */
    HieraVariables(Function<String, Optional<String>> lookup) {
        this.lookup = lookup;
    }

    /** A text without the variables that are known. */
    Optional<String> text(Value value) {
        return value.string().map(text -> filled(value, text, _ -> Optional.empty()));
    }

    /** An address, of this machine where facts are named. */
    Optional<String> host(Value value) {
        return value.string().map(text -> filled(value, text, HieraVariables::loopback));
    }

    private String filled(Value value, String text, Function<String, Optional<String>> facts) {
        return VARIABLE.matcher(text)
                .replaceAll(found ->
                        Matcher.quoteReplacement(known(found.group(1), facts).orElseGet(() -> {
                            String unknown = "nothing is known of " + found.group() + ", which stays as it is";
                            value.reading().add(ConfigProblem.warning(value.source(), value.path(), unknown));
                            return found.group();
                        })));
    }

    private Optional<String> known(String variable, Function<String, Optional<String>> facts) {
        Matcher key = LOOKUP.matcher(variable);
        if (key.matches()) {
            return lookup.apply(key.group(1));
        }
        Matcher fact = FACT.matcher(variable);
        return fact.matches() ? facts.apply(fact.group(1)) : Optional.empty();
    }

    private static Optional<String> loopback(String fact) {
        return HERE.contains(fact) ? Optional.of("127.0.0.1") : Optional.ofNullable(LOOPBACK.get(fact));
    }
}
