package dev.attache.core.config.envoy;

import dev.attache.core.config.PeerValidation;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.SubjectAltNameMatch;
import dev.attache.core.config.SubjectAltNameMatch.Kind;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Envoy's {@code CertificateValidationContext}: written in place, in a secret, or in both. */
final class ValidationReader {

    private static final Map<String, Kind> KINDS = kinds();

    private final Context context;
    private final PemReader pem;

    ValidationReader(Context context) {
        this.context = context;
        this.pem = new PemReader(context);
    }

    /** Reads the validation of a {@code CommonTlsContext}. */
    PeerValidation read(Section section) {
        Optional<String> kind = section.oneOf(
                "validation_context", "validation_context_sds_secret_config", "combined_validation_context");
        Optional<Section> combined = section.section("combined_validation_context");
        PeerValidation fixed = section.section("validation_context")
                .or(() -> combined.flatMap(both -> both.section("default_validation_context")))
                .map(this::validation)
                .orElse(PeerValidation.NONE);
        PeerValidation both = section.section("validation_context_sds_secret_config")
                .or(() -> combined.flatMap(it -> it.section("validation_context_sds_secret_config")))
                .flatMap(context.secrets()::find)
                .map(found -> secret(found, fixed))
                .orElse(fixed);
        kind.ifPresent(key -> refuseWhatNothingTrusts(section, key, both));
        return both;
    }

    private static Map<String, Kind> kinds() {
        Map<String, Kind> kinds = new LinkedHashMap<>();
        for (Kind kind : List.of(Kind.DNS, Kind.URI, Kind.IP_ADDRESS, Kind.EMAIL)) {
            kinds.put(kind.name(), kind);
        }
        return kinds;
    }

    private PeerValidation secret(Secrets.Found found, PeerValidation beside) {
        PeerValidation both = beside.with(validation(found.secret().requiredSection("validation_context")));
        return found.file()
                .map(file -> both.from(new ValidationSecret(file, found.name(), beside)))
                .orElse(both);
    }

    // A name, or a list of the revoked, in a chain that nobody has signed would prove nothing.
    private static void refuseWhatNothingTrusts(Section section, String key, PeerValidation validation) {
        if (validation.verifiesChain()) {
            return;
        }
        if (!validation.subjectAltNames().isEmpty()) {
            section.consequence(key, "names of certificates without a trusted_ca", "trusted_ca as well", key);
        }
        if (validation.crl().isPresent()) {
            section.consequence(key, "a crl without a trusted_ca", "trusted_ca as well", key);
        }
    }

    /** A {@code CertificateValidationContext}. */
    PeerValidation validation(Section section) {
        section.ignore("watched_directory");
        section.unsupported(
                "verify_certificate_spki",
                "verify_certificate_hash",
                "max_verify_depth",
                "custom_validator_config",
                "require_signed_certificate_timestamp",
                "ca_certificate_provider_instance");
        section.unsupportedUnlessFalse("allow_expired_certificate");
        section.choice("trust_chain_verification", Map.of("VERIFY_TRUST_CHAIN", true));
        return new PeerValidation(
                pem.read(section, "trusted_ca"),
                section.section("system_root_certs").isPresent(),
                names(section),
                pem.read(section, "crl"),
                section.bool("only_verify_leaf_cert_crl", false),
                Optional.empty());
    }

    private static List<SubjectAltNameMatch> names(Section section) {
        List<SubjectAltNameMatch> names = new ArrayList<>();
        Matchers.strings(section, "match_subject_alt_names")
                .forEach(matcher -> names.add(SubjectAltNameMatch.any(matcher)));
        for (Section name : section.sections("match_typed_subject_alt_names")) {
            name.unsupported("oid");
            Optional<Kind> kind =
                    name.required("san_type", "DNS, URI, IP_ADDRESS or EMAIL").flatMap(type -> type.choice(KINDS));
            Optional<StringMatch> matcher = name.required("matcher", "a string matcher")
                    .map(Value::section)
                    .flatMap(Matchers::string);
            if (kind.isPresent() && matcher.isPresent()) {
                names.add(new SubjectAltNameMatch(kind.get(), matcher.get()));
            }
        }
        return names;
    }
}
