package dev.attache.core.config;

import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * What is spoken on the connections that it takes.
 *
 * @param serverNames TLS server names that it takes, exact or *.suffix; empty means all
 * @param tls TLS; empty means plain text
 * @param handshakeTimeout time that a TLS handshake may take; zero is off; default 10 s
 * @param protocol HTTP or raw TCP
 */
public record FilterChainConfig(
        List<String> serverNames,
        Optional<DownstreamTlsConfig> tls,
        Duration handshakeTimeout,
        ProtocolConfig protocol) {

    public FilterChainConfig {
        serverNames = List.copyOf(serverNames);
        Checks.notNegative("transport_socket_connect_timeout", handshakeTimeout);
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder(ProtocolConfig protocol) {
        return new Builder(protocol);
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder(protocol);
        builder.serverNames = serverNames;
        builder.tls = tls;
        builder.handshakeTimeout = handshakeTimeout;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private List<String> serverNames = List.of();
        private Optional<DownstreamTlsConfig> tls = Optional.empty();
        private Duration handshakeTimeout = Duration.ofSeconds(10);
        private ProtocolConfig protocol;

        private Builder(ProtocolConfig protocol) {
            this.protocol = protocol;
        }

        public Builder serverNames(List<String> value) {
            this.serverNames = value;
            return this;
        }

        public Builder tls(DownstreamTlsConfig value) {
            this.tls = Optional.of(value);
            return this;
        }

        public Builder handshakeTimeout(Duration value) {
            this.handshakeTimeout = value;
            return this;
        }

        public Builder protocol(ProtocolConfig value) {
            this.protocol = value;
            return this;
        }

        public FilterChainConfig build() {
            return new FilterChainConfig(serverNames, tls, handshakeTimeout, protocol);
        }
    }
}
