package dev.attache.core.config;

import java.util.List;
import java.util.Optional;

/**
 * Which requests a route takes: all conditions must hold.
 *
 * @param path test of the path
 * @param caseSensitive letters of exact and prefix tests count by case; default true
 * @param headers tests of headers
 * @param query tests of query parameters
 * @param fraction share of requests that match
 * @param grpc requests of gRPC alone; default false
 */
public record RouteMatch(
        PathMatch path,
        boolean caseSensitive,
        List<HeaderMatch> headers,
        List<QueryMatch> query,
        Optional<RuntimeFraction> fraction,
        boolean grpc) {

    public RouteMatch {
        headers = List.copyOf(headers);
        query = List.copyOf(query);
    }

    /** Every request whose path begins with {@code prefix}. */
    public static RouteMatch prefix(String prefix) {
        return builder(new PathMatch.Prefix(prefix)).build();
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder(PathMatch path) {
        return new Builder(path);
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder(path);
        builder.caseSensitive = caseSensitive;
        builder.headers = headers;
        builder.query = query;
        builder.fraction = fraction;
        builder.grpc = grpc;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private PathMatch path;
        private boolean caseSensitive = true;
        private List<HeaderMatch> headers = List.of();
        private List<QueryMatch> query = List.of();
        private Optional<RuntimeFraction> fraction = Optional.empty();
        private boolean grpc = false;

        private Builder(PathMatch path) {
            this.path = path;
        }

        public Builder path(PathMatch value) {
            this.path = value;
            return this;
        }

        public Builder caseSensitive(boolean value) {
            this.caseSensitive = value;
            return this;
        }

        public Builder headers(List<HeaderMatch> value) {
            this.headers = value;
            return this;
        }

        public Builder query(List<QueryMatch> value) {
            this.query = value;
            return this;
        }

        public Builder fraction(RuntimeFraction value) {
            this.fraction = Optional.of(value);
            return this;
        }

        public Builder grpc(boolean value) {
            this.grpc = value;
            return this;
        }

        public RouteMatch build() {
            return new RouteMatch(path, caseSensitive, headers, query, fraction, grpc);
        }
    }
}
