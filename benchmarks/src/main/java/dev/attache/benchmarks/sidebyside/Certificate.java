package dev.attache.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The one certificate of all proxies: ECDSA on P-256, signed by itself.
 *
 * @param chain the certificate
 * @param key   its key
 * @param pair  both in one file
 */
record Certificate(Path chain, Path key, Path pair) {

    static Optional<String> missing() {
        return Executables.missing("openssl");
    }

    /** Where it is in a folder, made or not. */
    static Certificate in(Path folder) {
        return new Certificate(folder.resolve("cert.pem"), folder.resolve("key.pem"), folder.resolve("pair.pem"));
    }

    /** Makes it, unless it is there. */
    void make() throws IOException {
        if (Files.exists(pair)) {
            return;
        }
        String said = Patience.output(
                List.of(
                        Executables.path("openssl"),
                        "req",
                        "-x509",
                        "-newkey",
                        "ec",
                        "-pkeyopt",
                        "ec_paramgen_curve:P-256",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=localhost",
                        "-addext",
                        "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout",
                        key.toString(),
                        "-out",
                        chain.toString()),
                0);
        if (!Files.exists(chain)) {
            throw new IOException("openssl: " + said.strip());
        }
        Files.writeString(pair, Files.readString(chain) + Files.readString(key));
    }
}
