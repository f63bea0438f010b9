package dev.attache.core.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The virtual hosts of a listener.
 *
 * @param name name for stats; may be empty
 * @param virtualHosts domains are unique among them
 * @param headers header changes
 * @param internalOnlyHeaders request headers, in lower case, that are taken from requests that are not internal
 * @param mostSpecificHeaderMutationsWins the route level is applied last instead of first; default false
 */
public record RouteTableConfig(
        String name,
        List<VirtualHostConfig> virtualHosts,
        HeaderMutations headers,
        Set<String> internalOnlyHeaders,
        boolean mostSpecificHeaderMutationsWins) {

    public RouteTableConfig {
        virtualHosts = List.copyOf(virtualHosts);
        internalOnlyHeaders = internalOnlyHeaders.stream()
                .map(header -> header.toLowerCase(Locale.ROOT))
                .collect(Collectors.toUnmodifiableSet());
    }

    /** The same routes for every domain. */
    public static RouteTableConfig of(String name, List<RouteConfig> routes) {
        return builder()
                .name(name)
                .virtualHosts(List.of(
                        VirtualHostConfig.builder(name, List.of("*"), routes).build()))
                .build();
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.name = name;
        builder.virtualHosts = virtualHosts;
        builder.headers = headers;
        builder.internalOnlyHeaders = internalOnlyHeaders;
        builder.mostSpecificHeaderMutationsWins = mostSpecificHeaderMutationsWins;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private String name = "";
        private List<VirtualHostConfig> virtualHosts = List.of();
        private HeaderMutations headers = HeaderMutations.NONE;
        private Set<String> internalOnlyHeaders = Set.of();
        private boolean mostSpecificHeaderMutationsWins = false;

        private Builder() {}

        public Builder name(String value) {
            this.name = value;
            return this;
        }

        public Builder virtualHosts(List<VirtualHostConfig> value) {
            this.virtualHosts = value;
            return this;
        }

        public Builder headers(HeaderMutations value) {
            this.headers = value;
            return this;
        }

        public Builder internalOnlyHeaders(Set<String> value) {
            this.internalOnlyHeaders = value;
            return this;
        }

        public Builder mostSpecificHeaderMutationsWins(boolean value) {
            this.mostSpecificHeaderMutationsWins = value;
            return this;
        }

        public RouteTableConfig build() {
            return new RouteTableConfig(
                    name, virtualHosts, headers, internalOnlyHeaders, mostSpecificHeaderMutationsWins);
        }
    }
}
