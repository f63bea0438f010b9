package dev.attache.core.config.files;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.OcspPolicy;
import dev.attache.core.config.PemSource;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.UpstreamTlsConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Certificates, keys, authorities, revocation lists and staples must be there, be readable, and be what they are named
 * for; a key must be its certificate's. Each is read once.
 */
final class CertificateChecks {

    private final Report report;
    private final Map<PemSource, CredentialFiles.Certificates> certificates = new HashMap<>();
    private final Map<PemSource, CredentialFiles.Key> keys = new HashMap<>();
    private final Map<PemSource, String> revocations = new HashMap<>();
    private final Map<Path, String> staples = new HashMap<>();

    CertificateChecks(Report report) {
        this.report = report;
    }

    void check(ProxyConfig config) {
        for (ClusterConfig cluster : config.clusters()) {
            cluster.tls().ifPresent(tls -> check(tls, cluster));
        }
        for (ListenerConfig listener : config.listeners()) {
            for (FilterChainConfig chain : listener.filterChains()) {
                chain.tls().ifPresent(tls -> check(tls, chain, listener));
            }
        }
    }

    private void check(UpstreamTlsConfig tls, ClusterConfig cluster) {
        String name = "cluster " + cluster.name();
        tls.trustedCa().ifPresent(ca -> certificates(ca, report.at(name, place(ca), tls, cluster)));
        tls.crl().ifPresent(crl -> revocations(crl, report.at(name, place(crl), tls, cluster)));
        tls.clientCertificate().ifPresent(pair -> pair(pair, name, tls, cluster));
    }

    private void check(DownstreamTlsConfig tls, FilterChainConfig chain, ListenerConfig listener) {
        String name = "listener " + listener.address();
        tls.trustedCa().ifPresent(ca -> certificates(ca, report.at(name, place(ca), tls, chain, listener)));
        tls.crl().ifPresent(crl -> revocations(crl, report.at(name, place(crl), tls, chain, listener)));
        tls.certificates().forEach(pair -> pair(pair, name, tls, chain, listener));
        staples(tls, name, chain, listener);
    }

    /** No engine has a way to be given an OCSP response: what depends on one would not be what it says. */
    private void staples(DownstreamTlsConfig tls, String name, FilterChainConfig chain, ListenerConfig listener) {
        boolean any = false;
        for (CertificateFiles pair : tls.certificates()) {
            if (pair.ocspStaple().isPresent()) {
                any = true;
                report.warning(
                        report.at(name, pair, tls, chain, listener),
                        "ocsp_staple " + pair.ocspStaple().get() + " is without effect: no staple is shown");
            }
        }
        if (tls.ocspPolicy() == OcspPolicy.MUST_STAPLE || (any && tls.ocspPolicy() == OcspPolicy.STRICT)) {
            report.error(
                    report.at(name, tls, chain, listener),
                    "ocsp_staple_policy " + tls.ocspPolicy() + ", and no staple can be shown",
                    "LENIENT_STAPLING");
        }
    }

    private void pair(CertificateFiles pair, String name, Object... around) {
        Object[] parts = new Object[around.length + 2];
        parts[1] = pair;
        System.arraycopy(around, 0, parts, 2, around.length);
        parts[0] = place(pair.chain());
        Positions.Position chainAt = report.at(name, parts);
        Optional<X509Certificate> certified = certificates(pair.chain(), chainAt);
        certified.ifPresent(certificate -> dates(certificate, pair.chain(), chainAt));
        parts[0] = place(pair.key());
        Positions.Position keyAt = report.at(name, parts);
        CredentialFiles.Key key = keys.computeIfAbsent(pair.key(), CredentialFiles::key);
        tell(pair.key(), key.wrong(), "a key in PEM without a pass phrase", keyAt);
        if (certified.isPresent()
                && key.pkcs8().isPresent()
                && !KeyMatch.belongs(key.pkcs8().get(), certified.get().getPublicKey())) {
            tell(pair.key(), "is not the key of the certificate in " + pair.chain(), "the certificate's key", keyAt);
        }
        pair.ocspStaple().ifPresent(staple -> {
            parts[0] = staple;
            String wrong = staples.computeIfAbsent(staple, CredentialFiles::wrongStaple);
            tell(PemSource.of(staple), wrong, "an OCSP response in DER", report.at(name, parts));
        });
        pair.key()
                .file()
                .filter(CertificateChecks::isOpenToOthers)
                .ifPresent(file -> report.warning(
                        keyAt,
                        "key file " + file + ": may be read by its group or by all; chmod 0600 keeps it to its owner"));
    }

    /** No error: clients may be lenient, and a proxy that does not start serves nobody. */
    private void dates(X509Certificate certificate, PemSource source, Positions.Position at) {
        try {
            certificate.checkValidity();
        } catch (CertificateExpiredException _) {
            Instant end = certificate.getNotAfter().toInstant();
            report.warning(at, "certificate " + source + ": expired on " + end);
        } catch (CertificateNotYetValidException _) {
            Instant begin = certificate.getNotBefore().toInstant();
            report.warning(at, "certificate " + source + ": not valid before " + begin);
        }
    }

    /** False where the file system knows no such rights. */
    private static boolean isOpenToOthers(Path file) {
        try {
            Set<PosixFilePermission> allowed = Files.getPosixFilePermissions(file);
            return allowed.contains(PosixFilePermission.GROUP_READ)
                    || allowed.contains(PosixFilePermission.OTHERS_READ);
        } catch (IOException | UnsupportedOperationException unknown) {
            return false;
        }
    }

    private Optional<X509Certificate> certificates(PemSource source, Positions.Position at) {
        CredentialFiles.Certificates found = certificates.computeIfAbsent(source, CredentialFiles::certificates);
        tell(source, found.wrong(), "certificates in PEM", at);
        return found.first();
    }

    private void revocations(PemSource source, Positions.Position at) {
        String wrong = revocations.computeIfAbsent(source, CredentialFiles::wrongRevocations);
        tell(source, wrong, "revocation lists in PEM", at);
    }

    /** What a reader noted the place of. */
    private static Object place(PemSource source) {
        return switch (source) {
            case PemSource.File file -> file.path();
            case PemSource.Inline inline -> inline;
        };
    }

    private void tell(PemSource source, String wrong, String expected, Positions.Position at) {
        if (!wrong.isEmpty()) {
            String subject = source.file().map(file -> "file " + file).orElse("inline PEM");
            report.error(at, subject + ": " + wrong, expected);
        }
    }
}
