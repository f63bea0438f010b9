package dev.attache.core.config.envoy;

import dev.attache.core.config.PathMatch;
import dev.attache.core.config.RouteMatch;
import dev.attache.core.config.RuntimeFraction;
import dev.attache.core.config.yaml.Section;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Envoy's {@code RouteMatch} and its fractions. */
final class RouteMatchReader {

    private RouteMatchReader() {}

    static Optional<RouteMatch> read(Section section) {
        section.unsupported("path_match_policy", "tls_context", "dynamic_metadata", "filter_state", "cookies");
        Optional<PathMatch> path = path(section);
        var headers = Matchers.headers(section, "headers");
        var query = Matchers.query(section, "query_parameters");
        Optional<RuntimeFraction> fraction = section.section("runtime_fraction").flatMap(RouteMatchReader::fraction);
        boolean grpc = section.section("grpc").isPresent();
        boolean caseSensitive = section.bool("case_sensitive", true);
        return path.map(test -> {
            RouteMatch.Builder builder = RouteMatch.builder(test)
                    .caseSensitive(caseSensitive)
                    .headers(headers)
                    .query(query)
                    .grpc(grpc);
            fraction.ifPresent(builder::fraction);
            return builder.build();
        });
    }

    private static Optional<PathMatch> path(Section section) {
        Optional<String> kind =
                section.oneOf("prefix", "path", "safe_regex", "path_separated_prefix", "connect_matcher");
        Optional<String> separated = section.string("path_separated_prefix");
        if (separated.isPresent() && !separated.get().matches("/[^?#]*[^?#/]")) {
            section.error("path_separated_prefix", separated.get(), "a path such as /api, not / and no / at the end");
        }
        if (kind.isEmpty() && !section.has("path_match_policy")) {
            section.error("no path specifier", "prefix, path, safe_regex, path_separated_prefix or connect_matcher");
        }
        return section.string("prefix")
                .<PathMatch>map(PathMatch.Prefix::new)
                .or(() -> section.string("path").map(PathMatch.Exact::new))
                .or(() -> Matchers.regex(section, "safe_regex").map(PathMatch.Regex::new))
                .or(() -> separated.map(PathMatch.SeparatedPrefix::new))
                .or(() -> section.section("connect_matcher").map(_ -> new PathMatch.Connect()));
    }

    /** A {@code RuntimeFractionalPercent}. */
    private static Optional<RuntimeFraction> fraction(Section section) {
        String key = section.string("runtime_key", "");
        return section.make(() -> percent(section.requiredSection("default_value"), key));
    }

    /** A {@code FractionalPercent} with the runtime key that overrides it. */
    static RuntimeFraction percent(Section section, String runtimeKey) {
        Map<String, Long> denominators = new LinkedHashMap<>();
        denominators.put("HUNDRED", 100L);
        denominators.put("TEN_THOUSAND", 10_000L);
        denominators.put("MILLION", 1_000_000L);
        long numerator = section.integer("numerator", 0, 4294967295L).orElse(0L);
        long denominator = section.choice("denominator", denominators).orElse(100L);
        return new RuntimeFraction(numerator, denominator, runtimeKey);
    }
}
