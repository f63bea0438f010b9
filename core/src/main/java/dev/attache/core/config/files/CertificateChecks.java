package dev.attache.core.config.files;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.ClusterConfig;
import dev.attache.core.config.DownstreamTlsConfig;
import dev.attache.core.config.FilterChainConfig;
import dev.attache.core.config.ListenerConfig;
import dev.attache.core.config.Positions;
import dev.attache.core.config.ProxyConfig;
import dev.attache.core.config.UpstreamTlsConfig;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Certificates, keys and authorities must be there, be readable, and be PEM. Each file is read once. */
final class CertificateChecks {

    private static final long MAX_BYTES = 16 * 1024 * 1024;
    private static final Pattern CERTIFICATE = Pattern.compile(
            "-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----([^-]*+)-----END (?:X509 |TRUSTED )?CERTIFICATE-----");
    private static final Pattern KEY = Pattern.compile("-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----");

    private final Report report;
    private final Map<Path, String> certificates = new HashMap<>();
    private final Map<Path, String> keys = new HashMap<>();

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
        tls.trustedCa().ifPresent(ca -> certificates(ca, report.at(name, ca, tls, cluster)));
        tls.clientCertificate().ifPresent(pair -> pair(pair, name, tls, cluster));
    }

    private void check(DownstreamTlsConfig tls, FilterChainConfig chain, ListenerConfig listener) {
        String name = "listener " + listener.address();
        tls.trustedCa().ifPresent(ca -> certificates(ca, report.at(name, ca, tls, chain, listener)));
        tls.certificates().forEach(pair -> pair(pair, name, tls, chain, listener));
    }

    private void pair(CertificateFiles pair, String name, Object... around) {
        Object[] parts = new Object[around.length + 2];
        parts[1] = pair;
        System.arraycopy(around, 0, parts, 2, around.length);
        parts[0] = pair.chain();
        certificates(pair.chain(), report.at(name, parts));
        parts[0] = pair.key();
        tell(
                pair.key(),
                keys.computeIfAbsent(pair.key(), CertificateChecks::wrongKey),
                "a PEM key",
                report.at(name, parts));
    }

    private void certificates(Path file, Positions.Position at) {
        String wrong = certificates.computeIfAbsent(file, CertificateChecks::wrongCertificates);
        tell(file, wrong, "a PEM file of certificates", at);
    }

    private void tell(Path file, String wrong, String expected, Positions.Position at) {
        if (!wrong.isEmpty()) {
            report.error(at, "file " + file + ": " + wrong, expected);
        }
    }

    private static String wrongKey(Path file) {
        try {
            return KEY.matcher(text(file)).find() ? "" : "holds no private key";
        } catch (IOException failed) {
            return why(failed);
        }
    }

    private static String wrongCertificates(Path file) {
        try {
            Matcher block = CERTIFICATE.matcher(text(file));
            CertificateFactory factory = CertificateFactory.getInstance("X.509");
            int count = 0;
            while (block.find()) {
                count++;
                try {
                    byte[] der = Base64.getMimeDecoder().decode(block.group(1));
                    factory.generateCertificate(new ByteArrayInputStream(der));
                } catch (CertificateException | IllegalArgumentException damaged) {
                    return "certificate " + count + " is damaged: " + damaged.getMessage();
                }
            }
            return count == 0 ? "holds no certificate" : "";
        } catch (IOException failed) {
            return why(failed);
        } catch (CertificateException missing) {
            throw new IllegalStateException("every Java platform knows X.509", missing);
        }
    }

    private static String text(Path file) throws IOException {
        if (Files.isDirectory(file)) {
            throw new IOException("is a directory");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException("is larger than 16 MiB");
        }
        return Files.readString(file, StandardCharsets.ISO_8859_1);
    }

    private static String why(IOException failed) {
        return switch (failed) {
            case NoSuchFileException _ -> "does not exist";
            case AccessDeniedException _ -> "may not be read";
            default -> String.valueOf(failed.getMessage());
        };
    }
}
