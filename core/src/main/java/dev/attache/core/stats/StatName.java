package dev.attache.core.stats;

/**
 * What a stat is called.
 *
 * @param full   all of it, as in {@code cluster.search.upstream_rq_200}
 * @param family Prometheus name without what the labels say: {@code envoy_cluster_upstream_rq}
 * @param labels Prometheus labels without braces: {@code envoy_response_code="200",envoy_cluster_name="search"}
 */
record StatName(String full, String family, String labels) {

    /** A label, with its value escaped. */
    static String label(String name, String value) {
        StringBuilder out = new StringBuilder(name).append("=\"");
        for (int i = 0; i < value.length(); i++) {
            char c = value.charAt(i);
            switch (c) {
                case '\\' -> out.append("\\\\");
                case '"' -> out.append("\\\"");
                case '\n' -> out.append("\\n");
                default -> out.append(c);
            }
        }
        return out.append('"').toString();
    }

    /** A Prometheus name: what is neither a letter nor a digit becomes {@code _}. */
    static String family(String dotted) {
        StringBuilder out = new StringBuilder("envoy_");
        for (int i = 0; i < dotted.length(); i++) {
            char c = dotted.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            out.append(plain ? c : '_');
        }
        return out.toString();
    }
}
