package dev.attache.core.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * TLS of a listener.
 *
 * @param certificates key pairs, chosen among by server name and by what the client can verify; at least one, the first
 *         is shown where no name fits
 * @param parameters versions, suites, curves
 * @param alpn protocols taken, the preferred one first; empty for none
 * @param requireClientCertificate refuses clients without a certificate; default false
 * @param trustedCa PEM bundle that client certificates are verified against; without it they are not asked for unless
 *         required
 * @param clientNames a client certificate must carry a name that matches one of these; empty asks nothing
 * @param crl revocation lists in PEM; with it every certificate of a client's chain needs a list of its issuer's
 * @param crlOfLeafOnly only the client's own certificate needs a list; default false
 * @param validationSecret file that said trustedCa, clientNames, crl and crlOfLeafOnly, and is followed when it says
 *         something else; set by {@link Builder#validation}
 * @param sessionTickets resumes sessions by tickets; default true
 * @param sessionCache resumes sessions by their ids (TLS 1.2); default true
 * @param sessionTimeout life of a session that may be resumed; at least 1 s, default 2 h
 * @param ocspPolicy what becomes of a certificate whose staple is missing or no longer valid
 */
public record DownstreamTlsConfig(
        List<CertificateFiles> certificates,
        TlsParameters parameters,
        List<String> alpn,
        boolean requireClientCertificate,
        Optional<PemSource> trustedCa,
        List<SubjectAltNameMatch> clientNames,
        Optional<PemSource> crl,
        boolean crlOfLeafOnly,
        Optional<SecretFile<PeerValidation>> validationSecret,
        boolean sessionTickets,
        boolean sessionCache,
        Duration sessionTimeout,
        OcspPolicy ocspPolicy) {

    public DownstreamTlsConfig {
        certificates = List.copyOf(certificates);
        alpn = List.copyOf(alpn);
        clientNames = List.copyOf(clientNames);
        if (sessionTimeout.toSeconds() < 1) {
            throw new IllegalArgumentException("session_timeout: " + sessionTimeout + " (expected: at least 1s)");
        }
    }

    /** What a client's certificate has to be. */
    public PeerValidation validation() {
        return new PeerValidation(trustedCa, false, clientNames, crl, crlOfLeafOnly, validationSecret);
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder(List<CertificateFiles> certificates) {
        return new Builder(certificates);
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder(certificates);
        builder.parameters = parameters;
        builder.alpn = alpn;
        builder.requireClientCertificate = requireClientCertificate;
        builder.trustedCa = trustedCa;
        builder.clientNames = clientNames;
        builder.crl = crl;
        builder.crlOfLeafOnly = crlOfLeafOnly;
        builder.validationSecret = validationSecret;
        builder.sessionTickets = sessionTickets;
        builder.sessionCache = sessionCache;
        builder.sessionTimeout = sessionTimeout;
        builder.ocspPolicy = ocspPolicy;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private List<CertificateFiles> certificates;
        private TlsParameters parameters = TlsParameters.MODERN;
        private List<String> alpn = List.of("h2", "http/1.1");
        private boolean requireClientCertificate = false;
        private Optional<PemSource> trustedCa = Optional.empty();
        private List<SubjectAltNameMatch> clientNames = List.of();
        private Optional<PemSource> crl = Optional.empty();
        private boolean crlOfLeafOnly = false;
        private Optional<SecretFile<PeerValidation>> validationSecret = Optional.empty();
        private boolean sessionTickets = true;
        private boolean sessionCache = true;
        private Duration sessionTimeout = Duration.ofHours(2);
        private OcspPolicy ocspPolicy = OcspPolicy.LENIENT;

        private Builder(List<CertificateFiles> certificates) {
            this.certificates = certificates;
        }

        public Builder certificates(List<CertificateFiles> value) {
            this.certificates = value;
            return this;
        }

        public Builder parameters(TlsParameters value) {
            this.parameters = value;
            return this;
        }

        public Builder alpn(List<String> value) {
            this.alpn = value;
            return this;
        }

        public Builder requireClientCertificate(boolean value) {
            this.requireClientCertificate = value;
            return this;
        }

        public Builder trustedCa(Path value) {
            return trustedCa(PemSource.of(value));
        }

        public Builder trustedCa(PemSource value) {
            this.trustedCa = Optional.of(value);
            return this;
        }

        public Builder clientNames(List<SubjectAltNameMatch> value) {
            this.clientNames = value;
            return this;
        }

        public Builder crl(Path value) {
            return crl(PemSource.of(value));
        }

        public Builder crl(PemSource value) {
            this.crl = Optional.of(value);
            return this;
        }

        public Builder crlOfLeafOnly(boolean value) {
            this.crlOfLeafOnly = value;
            return this;
        }

        /** Sets trustedCa, clientNames, crl and crlOfLeafOnly, and the secret that they came from. */
        public Builder validation(PeerValidation value) {
            this.trustedCa = value.trustedCa();
            this.clientNames = value.subjectAltNames();
            this.crl = value.crl();
            this.crlOfLeafOnly = value.crlOfLeafOnly();
            this.validationSecret = value.secret();
            return this;
        }

        public Builder sessionTickets(boolean value) {
            this.sessionTickets = value;
            return this;
        }

        public Builder sessionCache(boolean value) {
            this.sessionCache = value;
            return this;
        }

        public Builder sessionTimeout(Duration value) {
            this.sessionTimeout = value;
            return this;
        }

        public Builder ocspPolicy(OcspPolicy value) {
            this.ocspPolicy = value;
            return this;
        }

        public DownstreamTlsConfig build() {
            return new DownstreamTlsConfig(
                    certificates,
                    parameters,
                    alpn,
                    requireClientCertificate,
                    trustedCa,
                    clientNames,
                    crl,
                    crlOfLeafOnly,
                    validationSecret,
                    sessionTickets,
                    sessionCache,
                    sessionTimeout,
                    ocspPolicy);
        }
    }
}
