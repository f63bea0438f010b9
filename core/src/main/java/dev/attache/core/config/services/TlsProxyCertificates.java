package dev.attache.core.config.services;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Where Wikimedia's deployment puts the certificates of its TLS terminators, by who issues them. */
final class TlsProxyCertificates {

    private enum Provider {
        SSLCERT,
        ACME,
        CFSSL
    }

    private static final Pattern NAME = Pattern.compile("[^/\\p{Cntrl}]+");

    private final Notes notes;
    private final HieraVariables variables;
    private final Provider provider;
    private final String label;
    private final String profile;
    private final String folder;

    TlsProxyCertificates(Section section, Notes notes, HieraVariables variables) {
        this.notes = notes;
        this.variables = variables;
        this.provider = section.choice("ssl_provider", providers()).orElse(Provider.SSLCERT);
        this.label = section.string("cfssl_label", "discovery");
        Optional<Section> options = section.section("cfssl_options");
        this.profile = options.map(it -> it.string("profile", "server")).orElse("server");
        this.folder = options.map(it -> it.string("outdir", "/etc/envoy/ssl")).orElse("/etc/envoy/ssl");
        options.ifPresent(Section::ignoreRest); // What a certificate is to be is for its issuer.
    }

    /** The certificate that has a name. */
    Optional<CertificateFiles> named(Value value, Optional<String> ownLabel) {
        Optional<String> text = variables.text(value);
        if (text.isPresent() && !NAME.matcher(text.get()).matches()) {
            value.error("the name of a certificate");
            return Optional.empty();
        }
        return text.map(name -> notes.put(files(name, ownLabel.orElse(label)), Notes.at(value)));
    }

    private CertificateFiles files(String name, String issuer) {
        return switch (provider) {
            case SSLCERT -> pair("/etc/ssl/localcerts/" + name + ".crt", "/etc/ssl/private/" + name + ".key");
            case ACME -> {
                String base = "/etc/acmecerts/" + name + "/live/ec-prime256v1";
                yield pair(base + ".chained.crt", base + ".key");
            }
            case CFSSL -> {
                String title = issuer + "__" + name + "_" + profile;
                String base = folder + "/" + title.replaceAll("[^A-Za-z0-9_-]", "_");
                yield pair(base + ".chained.pem", base + "-key.pem");
            }
        };
    }

    private static CertificateFiles pair(String chain, String key) {
        return CertificateFiles.of(Path.of(chain), Path.of(key));
    }

    /** Certificates by their files, as the terminator itself takes them. */
    List<CertificateFiles> written(Section owner, String key) {
        List<CertificateFiles> certificates = new ArrayList<>();
        for (Section section : owner.sections(key)) {
            Optional<Path> chain = section.required("cert_path", "a PEM file").flatMap(notes::file);
            Optional<Path> secret = section.required("key_path", "a PEM file").flatMap(notes::file);
            Optional<Path> staple = section.value("ocsp_path").flatMap(notes::file);
            if (chain.isPresent() && secret.isPresent()) {
                CertificateFiles files =
                        CertificateFiles.of(chain.get(), secret.get()).stapled(staple);
                certificates.add(notes.put(files, Notes.at(section)));
            }
        }
        return certificates;
    }

    private static Map<String, Provider> providers() {
        Map<String, Provider> providers = new LinkedHashMap<>();
        for (Provider provider : Provider.values()) {
            providers.put(provider.name(), provider);
        }
        return providers;
    }
}
