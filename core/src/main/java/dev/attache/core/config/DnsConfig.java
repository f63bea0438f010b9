package dev.attache.core.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where names are looked up.
 *
 * @param servers DNS servers; empty means those of resolv.conf
 * @param search search domains; empty means those of resolv.conf
 * @param hostsFile hosts file, read before any server is asked; default /etc/hosts
 * @param resolvConf resolver settings; default /etc/resolv.conf
 * @param tcpOnly asks over TCP alone; default false
 * @param timeout limit of one question to one server; default 5 s
 */
public record DnsConfig(
        List<Address.Socket> servers,
        Optional<List<String>> search,
        Path hostsFile,
        Path resolvConf,
        boolean tcpOnly,
        Duration timeout) {

    public DnsConfig {
        servers = List.copyOf(servers);
        Checks.notNegative("timeout", timeout);
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.servers = servers;
        builder.search = search;
        builder.hostsFile = hostsFile;
        builder.resolvConf = resolvConf;
        builder.tcpOnly = tcpOnly;
        builder.timeout = timeout;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private List<Address.Socket> servers = List.of();
        private Optional<List<String>> search = Optional.empty();
        private Path hostsFile = Path.of("/etc/hosts");
        private Path resolvConf = Path.of("/etc/resolv.conf");
        private boolean tcpOnly = false;
        private Duration timeout = Duration.ofSeconds(5);

        private Builder() {}

        public Builder servers(List<Address.Socket> value) {
            this.servers = value;
            return this;
        }

        public Builder search(List<String> value) {
            this.search = Optional.of(value);
            return this;
        }

        public Builder hostsFile(Path value) {
            this.hostsFile = value;
            return this;
        }

        public Builder resolvConf(Path value) {
            this.resolvConf = value;
            return this;
        }

        public Builder tcpOnly(boolean value) {
            this.tcpOnly = value;
            return this;
        }

        public Builder timeout(Duration value) {
            this.timeout = value;
            return this;
        }

        public DnsConfig build() {
            return new DnsConfig(servers, search, hostsFile, resolvConf, tcpOnly, timeout);
        }
    }
}
