package dev.attache.core.config.envoy;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.PeerValidation;
import dev.attache.core.config.PemSource;
import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.yaml.Section;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Envoy's {@code CommonTlsContext}, which both directions share. */
final class TlsReader {

    private static final String DEFAULT_VERSION = "";
    private static final Map<String, String> VERSIONS = versions();

    private final Context context;
    private final PemReader pem;
    private final ValidationReader validations;

    TlsReader(Context context) {
        this.context = context;
        this.pem = new PemReader(context);
        this.validations = new ValidationReader(context);
    }

    /** A {@code CommonTlsContext}. */
    record Common(
            TlsParameters parameters, List<CertificateFiles> certificates, PeerValidation peer, List<String> alpn) {}

    /** Reads the {@code common_tls_context} of a message; {@code defaults} are the versions where nothing is said. */
    Common common(Section owner, TlsParameters defaults) {
        Section section = owner.section("common_tls_context")
                .orElseGet(() -> owner.value("@type").orElseThrow().noSection());
        section.unsupported(
                "custom_handshaker",
                "key_log",
                "custom_tls_certificate_selector",
                "tls_certificate_provider_instance",
                "tls_certificate_certificate_provider_instance",
                "validation_context_certificate_provider_instance");
        TlsParameters parameters = section.section("tls_params")
                .map(params -> parameters(params, defaults))
                .orElse(defaults);
        return new Common(
                parameters, certificates(section), validations.read(section), section.strings("alpn_protocols"));
    }

    private static TlsParameters parameters(Section section, TlsParameters defaults) {
        section.unsupported("signature_algorithms", "compliance_policies");
        String min = version(section, "tls_minimum_protocol_version", defaults.minVersion());
        String max = version(section, "tls_maximum_protocol_version", defaults.maxVersion());
        if (min.compareTo(max) > 0) {
            section.error(
                    "tls_minimum_protocol_version",
                    min + " is above the maximum, " + max,
                    "a tls_maximum_protocol_version of at least the minimum");
        }
        return new TlsParameters(min, max, section.strings("cipher_suites"), section.strings("ecdh_curves"));
    }

    private static String version(Section section, String key, String absent) {
        String version = section.choice(key, VERSIONS).orElse(DEFAULT_VERSION);
        return version.equals(DEFAULT_VERSION) ? absent : version;
    }

    private static Map<String, String> versions() {
        Map<String, String> versions = new LinkedHashMap<>();
        versions.put("TLS_AUTO", DEFAULT_VERSION);
        versions.put("TLSV1_2", "TLSv1.2");
        versions.put("TLSV1_3", "TLSv1.3");
        return versions;
    }

    private List<CertificateFiles> certificates(Section section) {
        List<CertificateFiles> certificates = new ArrayList<>();
        for (Section certificate : section.sections("tls_certificates")) {
            certificate(certificate).ifPresent(certificates::add);
        }
        for (Section reference : section.sections("tls_certificate_sds_secret_configs")) {
            context.secrets().find(reference).flatMap(this::secret).ifPresent(certificates::add);
        }
        return certificates;
    }

    private Optional<CertificateFiles> secret(Secrets.Found found) {
        Section section = found.secret().requiredSection("tls_certificate");
        Optional<CertificateFiles> pair = certificate(section);
        return found.file().isEmpty()
                ? pair
                : pair.map(it -> context.at(
                        section, it.from(new CertificateSecret(found.file().get(), found.name()))));
    }

    /** A {@code TlsCertificate}. */
    Optional<CertificateFiles> certificate(Section section) {
        section.ignore("watched_directory");
        section.unsupported("password", "pkcs12", "private_key_provider", "signed_certificate_timestamp");
        Optional<PemSource> chain = pem.read(section, "certificate_chain");
        Optional<PemSource> key = pem.read(section, "private_key");
        Optional<Path> staple = DataSource.file(context, section, "ocsp_staple");
        section.required("certificate_chain", "a certificate in PEM");
        section.required("private_key", "its key in PEM");
        if (chain.isEmpty() || key.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                context.at(section, CertificateFiles.of(chain.get(), key.get()).stapled(staple)));
    }
}
