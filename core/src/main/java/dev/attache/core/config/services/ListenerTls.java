package dev.attache.core.config.services;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.OcspPolicy;
import dev.attache.core.config.StringMatch;
import dev.attache.core.config.SubjectAltNameMatch;
import dev.attache.core.config.yaml.Section;
import dev.attache.core.config.yaml.Value;
import dev.attache.core.net.Literals;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * TLS of a listener of the native form.
 *
 * @param serverNames names that it takes; empty means all
 * @param handshakeTimeout time that a handshake may take; empty means the default
 */
record ListenerTls(DownstreamTlsConfig config, List<String> serverNames, Optional<Duration> handshakeTimeout) {

    ListenerTls {
        serverNames = List.copyOf(serverNames);
    }

    static Optional<ListenerTls> read(Section section, Notes notes) {
        List<CertificateFiles> certificates = certificates(section, notes);
        DownstreamTlsConfig.Builder tls = DownstreamTlsConfig.builder(certificates)
                .parameters(TlsTuning.read(section, "min_version", "max_version"));
        if (section.has("alpn")) {
            tls.alpn(section.strings("alpn"));
        }
        clients(section, notes, tls);
        section.bool("session_tickets").ifPresent(tls::sessionTickets);
        section.bool("session_cache").ifPresent(tls::sessionCache);
        section.duration("session_timeout").ifPresent(tls::sessionTimeout);
        section.enumeration("ocsp_policy", OcspPolicy.class).ifPresent(tls::ocspPolicy);
        section.ignore("alpn");
        List<String> names = serverNames(section);
        Optional<Duration> handshakeTimeout = section.duration("handshake_timeout");
        if (certificates.isEmpty()) {
            return Optional.empty();
        }
        return section.make(tls::build)
                .map(config -> new ListenerTls(notes.put(config, Notes.at(section)), names, handshakeTimeout));
    }

    private static List<CertificateFiles> certificates(Section section, Notes notes) {
        section.oneOf("certificate", "certificates");
        if (!section.has("certificates")) {
            return certificate(section, notes).stream().toList();
        }
        return section.sections("certificates").stream()
                .flatMap(it -> certificate(it, notes).stream())
                .toList();
    }

    /** A certificate, its key and its staple. */
    static Optional<CertificateFiles> certificate(Section section, Notes notes) {
        Optional<Path> chain = section.required("certificate", "a PEM file").flatMap(notes::file);
        Optional<Path> key = section.required("key", "a PEM file").flatMap(notes::file);
        Optional<Path> staple = section.value("ocsp_staple").flatMap(notes::file);
        if (chain.isEmpty() || key.isEmpty()) {
            return Optional.empty();
        }
        CertificateFiles pair = CertificateFiles.of(chain.get(), key.get()).stapled(staple);
        return Optional.of(notes.put(pair, Notes.at(section)));
    }

    private static void clients(Section section, Notes notes, DownstreamTlsConfig.Builder tls) {
        boolean required = section.bool("require_client_certificate", false);
        List<SubjectAltNameMatch> names = section.strings("client_names").stream()
                .map(name -> new SubjectAltNameMatch(kind(name), match(name)))
                .toList();
        Optional<Path> crl = section.value("crl").flatMap(notes::file);
        section.value("client_ca").flatMap(notes::file).ifPresent(tls::trustedCa);
        crl.ifPresent(tls::crl);
        tls.requireClientCertificate(required)
                .clientNames(names)
                .crlOfLeafOnly(section.bool("crl_of_leaf_only", false));
        needsAuthorities(section, "require_client_certificate", required);
        needsAuthorities(section, "client_names", !names.isEmpty());
        needsAuthorities(section, "crl", crl.isPresent());
    }

    private static void needsAuthorities(Section section, String key, boolean asked) {
        if (asked && !section.has("client_ca")) {
            section.error(key, "without client_ca", "the authorities of client certificates in client_ca");
        }
    }

    /** A text says by its form what kind of name it is: {@code spiffe://a/*}, {@code *@example.org}, {@code 10.0.0.1}. */
    private static SubjectAltNameMatch.Kind kind(String name) {
        if (Literals.parse(name) != null) {
            return SubjectAltNameMatch.Kind.IP_ADDRESS;
        }
        if (name.indexOf(':') >= 0 || name.indexOf('/') >= 0) {
            return SubjectAltNameMatch.Kind.URI;
        }
        return name.indexOf('@') >= 0 ? SubjectAltNameMatch.Kind.EMAIL : SubjectAltNameMatch.Kind.DNS;
    }

    /** A name with a star at one end stands for all that end or begin like it. */
    private static StringMatch match(String name) {
        if (name.startsWith("*")) {
            return new StringMatch.Suffix(name.substring(1), false);
        }
        return name.endsWith("*")
                ? new StringMatch.Prefix(name.substring(0, name.length() - 1), false)
                : new StringMatch.Exact(name, false);
    }

    private static List<String> serverNames(Section section) {
        List<String> names = new ArrayList<>();
        for (Value item : section.items("server_names")) {
            item.string().map(name -> name.toLowerCase(Locale.ROOT)).ifPresent(name -> {
                if (name.matches("(\\*\\.)?[^*]+")) {
                    names.add(name);
                } else {
                    item.error("a server name, or *.suffix");
                }
            });
        }
        return names;
    }

    /** Whether a client's server name tells this one and another apart. */
    boolean isApartFrom(ListenerTls other) {
        boolean bothTakeAll = serverNames.isEmpty() && other.serverNames.isEmpty();
        return !bothTakeAll && serverNames.stream().noneMatch(other.serverNames::contains);
    }

    void apply(FilterChainConfig.Builder chain) {
        chain.tls(config).serverNames(serverNames);
        handshakeTimeout.ifPresent(chain::handshakeTimeout);
    }
}
