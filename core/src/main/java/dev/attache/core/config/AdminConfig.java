package dev.attache.core.config;

import java.util.List;

/**
 * The admin interface.
 *
 * @param address TCP address or unix socket
 * @param accessLogs access logs of the admin interface
 * @param ignoreGlobalConnectionLimit its connections do not count toward the global limit
 */
public record AdminConfig(Address address, List<AccessLogConfig> accessLogs, boolean ignoreGlobalConnectionLimit) {

    public AdminConfig {
        accessLogs = List.copyOf(accessLogs);
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder(Address address) {
        return new Builder(address);
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder(address);
        builder.accessLogs = accessLogs;
        builder.ignoreGlobalConnectionLimit = ignoreGlobalConnectionLimit;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private Address address;
        private List<AccessLogConfig> accessLogs = List.of();
        private boolean ignoreGlobalConnectionLimit = true;

        private Builder(Address address) {
            this.address = address;
        }

        public Builder address(Address value) {
            this.address = value;
            return this;
        }

        public Builder accessLogs(List<AccessLogConfig> value) {
            this.accessLogs = value;
            return this;
        }

        public Builder ignoreGlobalConnectionLimit(boolean value) {
            this.ignoreGlobalConnectionLimit = value;
            return this;
        }

        public AdminConfig build() {
            return new AdminConfig(address, accessLogs, ignoreGlobalConnectionLimit);
        }
    }
}
