package dev.attache.core.config;

import java.util.List;

/** What a route does with its requests. */
public sealed interface RouteAction permits RouteAction.Redirect, RouteAction.DirectResponse, ForwardConfig {

    /**
     * Answers with a redirect.
     *
     * @param scheme     new scheme, {@code http} or {@code https}; empty keeps it
     * @param host       new host; empty keeps it
     * @param port       new port; 0 keeps it, save that the default port of a changed scheme goes
     * @param path       new path
     * @param status     301, 302, 303, 307 or 308; default 301
     * @param stripQuery leaves the query out; default false
     */
    record Redirect(String scheme, String host, int port, PathRewrite path, int status, boolean stripQuery)
            implements RouteAction {
        public Redirect {
            Checks.range("port", port, 0, 65535);
            if (!List.of(301, 302, 303, 307, 308).contains(status)) {
                throw new IllegalArgumentException("status: " + status + " (expected: 301, 302, 303, 307 or 308)");
            }
        }
    }

    /**
     * Answers by itself.
     *
     * @param status 200 to 599
     * @param body   at most 4096 bytes by default; may be empty
     */
    record DirectResponse(int status, String body) implements RouteAction {
        public DirectResponse {
            Checks.range("status", status, 200, 599);
        }
    }

    /** How the path is changed. */
    sealed interface PathRewrite {
        /** Kept as it came. */
        record None() implements PathRewrite {}

        /** The whole path becomes {@code path}; for redirects only. */
        record Full(String path) implements PathRewrite {}

        /** The matched prefix (or whole exact path) is replaced. */
        record Prefix(String replacement) implements PathRewrite {}

        /** Every match of the RE2 expression is replaced; {@code \\1} names a group. */
        record Regex(String regex, String substitution) implements PathRewrite {}
    }

    /** How the authority is changed. */
    sealed interface HostRewrite {
        /** Kept as it came. */
        record None() implements HostRewrite {}

        /** Becomes {@code host}. */
        record Literal(String host) implements HostRewrite {}

        /** Becomes the DNS name of the chosen endpoint, without a port. */
        record Auto() implements HostRewrite {}

        /** Becomes the value of a request header, where it is there. */
        record Header(String name) implements HostRewrite {}

        /** Becomes the path after the RE2 replacement. */
        record PathRegex(String regex, String substitution) implements HostRewrite {}
    }

    /**
     * One share of a split.
     *
     * @param cluster name of the cluster
     * @param weight  share of the sum of all weights
     * @param headers changes for this share alone
     */
    record WeightedCluster(String cluster, long weight, HeaderMutations headers) {
        public WeightedCluster {
            Checks.notEmpty("cluster", cluster);
            Checks.range("weight", weight, 0, 4294967295L);
        }
    }
}
