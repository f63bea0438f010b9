package dev.attache.core.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * TLS toward the endpoints of a cluster.
 *
 * @param trustedCa PEM bundle that the peer's chain is verified against
 * @param systemRoots verifies against the platform's roots where no bundle is named; default true. With neither the
 *         chain is not verified
 * @param sni server name sent; empty means none unless sniFromEndpoint
 * @param sniFromEndpoint sends the endpoint's DNS name as server name; default true in the native form
 * @param autoSni sends the request's authority as server name (Envoy auto_sni); default false
 * @param verifyHost the certificate must carry the server name that was sent, or else the endpoint's DNS name or
 *         address; default true in the native form
 * @param subjectAltNames the certificate must carry a name that matches one of these; empty asks nothing
 * @param crl revocation lists in PEM; with it every certificate of the peer's chain needs a list of its issuer's
 * @param crlOfLeafOnly only the peer's own certificate needs a list; default false
 * @param validationSecret file that said trustedCa, systemRoots, subjectAltNames, crl and crlOfLeafOnly, and is
 *         followed when it says something else; set by {@link Builder#validation}
 * @param clientCertificate certificate shown to the peer
 * @param parameters versions, suites, curves
 * @param alpn protocols offered; empty for none
 * @param maxSessionKeys sessions kept for resumption; 0 turns it off; default 1
 */
public record UpstreamTlsConfig(
        Optional<PemSource> trustedCa,
        boolean systemRoots,
        String sni,
        boolean sniFromEndpoint,
        boolean autoSni,
        boolean verifyHost,
        List<SubjectAltNameMatch> subjectAltNames,
        Optional<PemSource> crl,
        boolean crlOfLeafOnly,
        Optional<SecretFile<PeerValidation>> validationSecret,
        Optional<CertificateFiles> clientCertificate,
        TlsParameters parameters,
        List<String> alpn,
        int maxSessionKeys) {

    public UpstreamTlsConfig {
        subjectAltNames = List.copyOf(subjectAltNames);
        alpn = List.copyOf(alpn);
    }

    /** What the peer's certificate has to be. */
    public PeerValidation validation() {
        return new PeerValidation(trustedCa, systemRoots, subjectAltNames, crl, crlOfLeafOnly, validationSecret);
    }

    /** A builder that starts from the defaults of the native form. */
    public static Builder builder() {
        return new Builder();
    }

    /** A builder that starts from this value. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.trustedCa = trustedCa;
        builder.systemRoots = systemRoots;
        builder.sni = sni;
        builder.sniFromEndpoint = sniFromEndpoint;
        builder.autoSni = autoSni;
        builder.verifyHost = verifyHost;
        builder.subjectAltNames = subjectAltNames;
        builder.crl = crl;
        builder.crlOfLeafOnly = crlOfLeafOnly;
        builder.validationSecret = validationSecret;
        builder.clientCertificate = clientCertificate;
        builder.parameters = parameters;
        builder.alpn = alpn;
        builder.maxSessionKeys = maxSessionKeys;
        return builder;
    }

    /** Mutable while it is filled, for one thread; each method sets the component of its name. */
    public static final class Builder {
        private Optional<PemSource> trustedCa = Optional.empty();
        private boolean systemRoots = true;
        private String sni = "";
        private boolean sniFromEndpoint = true;
        private boolean autoSni = false;
        private boolean verifyHost = true;
        private List<SubjectAltNameMatch> subjectAltNames = List.of();
        private Optional<PemSource> crl = Optional.empty();
        private boolean crlOfLeafOnly = false;
        private Optional<SecretFile<PeerValidation>> validationSecret = Optional.empty();
        private Optional<CertificateFiles> clientCertificate = Optional.empty();
        private TlsParameters parameters = TlsParameters.MODERN;
        private List<String> alpn = List.of();
        private int maxSessionKeys = 1;

        private Builder() {}

        public Builder trustedCa(Path value) {
            return trustedCa(PemSource.of(value));
        }

        public Builder trustedCa(PemSource value) {
            this.trustedCa = Optional.of(value);
            return this;
        }

        public Builder systemRoots(boolean value) {
            this.systemRoots = value;
            return this;
        }

        public Builder sni(String value) {
            this.sni = value;
            return this;
        }

        public Builder sniFromEndpoint(boolean value) {
            this.sniFromEndpoint = value;
            return this;
        }

        public Builder autoSni(boolean value) {
            this.autoSni = value;
            return this;
        }

        public Builder verifyHost(boolean value) {
            this.verifyHost = value;
            return this;
        }

        public Builder subjectAltNames(List<SubjectAltNameMatch> value) {
            this.subjectAltNames = value;
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

        /** Sets trustedCa, systemRoots, subjectAltNames, crl and crlOfLeafOnly, and the secret that they came from. */
        public Builder validation(PeerValidation value) {
            this.trustedCa = value.trustedCa();
            this.systemRoots = value.systemRoots();
            this.subjectAltNames = value.subjectAltNames();
            this.crl = value.crl();
            this.crlOfLeafOnly = value.crlOfLeafOnly();
            this.validationSecret = value.secret();
            return this;
        }

        public Builder clientCertificate(CertificateFiles value) {
            this.clientCertificate = Optional.of(value);
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

        public Builder maxSessionKeys(int value) {
            this.maxSessionKeys = value;
            return this;
        }

        public UpstreamTlsConfig build() {
            return new UpstreamTlsConfig(
                    trustedCa,
                    systemRoots,
                    sni,
                    sniFromEndpoint,
                    autoSni,
                    verifyHost,
                    subjectAltNames,
                    crl,
                    crlOfLeafOnly,
                    validationSecret,
                    clientCertificate,
                    parameters,
                    alpn,
                    maxSessionKeys);
        }
    }
}
