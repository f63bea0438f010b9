package dev.attache.core.config.envoy;

import dev.attache.core.config.CertificateFiles;
import dev.attache.core.config.SecretFile;
import java.nio.file.Path;

/** A certificate and its key by the name that they have in a file of secrets. */
record CertificateSecret(Path file, String name) implements SecretFile<CertificateFiles> {

    @Override
    public CertificateFiles read() {
        return SecretResources.reread(
                file,
                name,
                (context, secret) -> new TlsReader(context)
                        .certificate(secret.requiredSection("tls_certificate"))
                        .map(pair -> pair.from(this)));
    }
}
