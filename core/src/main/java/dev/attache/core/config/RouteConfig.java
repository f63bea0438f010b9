package dev.attache.core.config;

/**
 * One entry of a virtual host: the first whose match holds wins.
 *
 * @param name name for logs; may be empty
 * @param match which requests
 * @param action what is done
 * @param headers header changes
 */
public record RouteConfig(String name, RouteMatch match, RouteAction action, HeaderMutations headers) {

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder(RouteMatch match, RouteAction action) {
        return new Builder(match, action);
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder(match, action);
        builder.name = name;
        builder.headers = headers;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private String name = "";
        private RouteMatch match;
        private RouteAction action;
        private HeaderMutations headers = HeaderMutations.NONE;

        private Builder(RouteMatch match, RouteAction action) {
            this.match = match;
            this.action = action;
        }

        public Builder name(String value) {
            this.name = value;
            return this;
        }

        public Builder match(RouteMatch value) {
            this.match = value;
            return this;
        }

        public Builder action(RouteAction value) {
            this.action = value;
            return this;
        }

        public Builder headers(HeaderMutations value) {
            this.headers = value;
            return this;
        }

        public RouteConfig build() {
            return new RouteConfig(name, match, action, headers);
        }
    }
}
