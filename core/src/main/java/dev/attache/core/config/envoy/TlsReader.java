package dev.attache.core.config.envoy;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.TlsParameters;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
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

    TlsReader(Context context) {
        this.context = context;
    }

    /**
     * A {@code CommonTlsContext}.
     *
     * @param subjectAltNames names of which the peer's certificate must carry one
     */
    record Common(
            TlsParameters parameters,
            List<CertificateFiles> certificates,
            Optional<Path> trustedCa,
            boolean systemRoots,
            List<StringMatch> subjectAltNames,
            List<String> alpn) {}

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
        Validation validation = validation(section);
        return new Common(
                parameters,
                certificates(section),
                validation.trustedCa(),
                validation.systemRoots(),
                validation.subjectAltNames(),
                section.strings("alpn_protocols"));
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
            certificate(certificate, Optional.empty()).ifPresent(certificates::add);
        }
        for (Section reference : section.sections("tls_certificate_sds_secret_configs")) {
            context.secrets()
                    .find(reference)
                    .flatMap(found -> certificate(found.secret().requiredSection("tls_certificate"), found.file()))
                    .ifPresent(certificates::add);
        }
        return certificates;
    }

    private Optional<CertificateFiles> certificate(Section section, Optional<Path> secretFile) {
        section.ignore("watched_directory");
        section.unsupported("password", "pkcs12", "private_key_provider", "signed_certificate_timestamp");
        section.withoutEffect("ocsp_staple");
        Optional<Path> chain = DataSource.file(context, section, "certificate_chain");
        Optional<Path> key = DataSource.file(context, section, "private_key");
        section.required("certificate_chain", "filename of a PEM file");
        section.required("private_key", "filename of a PEM file");
        if (chain.isEmpty() || key.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(context.at(section, new CertificateFiles(chain.get(), key.get(), secretFile)));
    }

    private record Validation(Optional<Path> trustedCa, boolean systemRoots, List<StringMatch> subjectAltNames) {
        static final Validation NONE = new Validation(Optional.empty(), false, List.of());

        Validation with(Validation over) {
            List<StringMatch> names = new ArrayList<>(subjectAltNames);
            names.addAll(over.subjectAltNames);
            return new Validation(over.trustedCa.or(() -> trustedCa), systemRoots || over.systemRoots, names);
        }
    }

    private Validation validation(Section section) {
        section.oneOf("validation_context", "validation_context_sds_secret_config", "combined_validation_context");
        Optional<Section> combined = section.section("combined_validation_context");
        Validation fixed = section.section("validation_context")
                .or(() -> combined.flatMap(both -> both.section("default_validation_context")))
                .map(this::validationContext)
                .orElse(Validation.NONE);
        Validation secret = section.section("validation_context_sds_secret_config")
                .or(() -> combined.flatMap(both -> both.section("validation_context_sds_secret_config")))
                .flatMap(context.secrets()::find)
                .map(found -> validationContext(found.secret().requiredSection("validation_context")))
                .orElse(Validation.NONE);
        return fixed.with(secret);
    }

    private Validation validationContext(Section section) {
        section.ignore("watched_directory");
        section.unsupported(
                "verify_certificate_spki",
                "verify_certificate_hash",
                "crl",
                "max_verify_depth",
                "custom_validator_config",
                "require_signed_certificate_timestamp",
                "ca_certificate_provider_instance");
        section.unsupportedUnlessFalse("allow_expired_certificate", "only_verify_leaf_cert_crl");
        section.choice("trust_chain_verification", Map.of("VERIFY_TRUST_CHAIN", true));
        boolean systemRoots = section.section("system_root_certs").isPresent();
        return new Validation(DataSource.file(context, section, "trusted_ca"), systemRoots, names(section));
    }

    private static List<StringMatch> names(Section section) {
        List<StringMatch> names = new ArrayList<>(Matchers.strings(section, "match_subject_alt_names"));
        for (Section name : section.sections("match_typed_subject_alt_names")) {
            name.unsupported("oid");
            Map<String, Boolean> types = new LinkedHashMap<>();
            List.of("DNS", "URI", "IP_ADDRESS", "EMAIL").forEach(type -> types.put(type, true));
            name.required("san_type", "DNS, URI, IP_ADDRESS or EMAIL").ifPresent(type -> type.choice(types));
            name.required("matcher", "a string matcher")
                    .map(Value::section)
                    .flatMap(Matchers::string)
                    .ifPresent(names::add);
        }
        return names;
    }
}
