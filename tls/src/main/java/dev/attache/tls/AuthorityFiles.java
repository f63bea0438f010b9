package dev.attache.tls;

import dev.attache.core.net.CertificateState;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** The authorities that one user trusts, and their revocation lists. */
final class AuthorityFiles {

    private final Optional<Path> bundle;
    private final Reloadable<Trust> loaded;

    /**
     * Reads the files.
     *
     * @param bundle  authorities; empty for none, or for the platform's
     * @param anchors gives what stands in the bundle as it is now
     * @throws dev.attache.core.config.ConfigException when a file cannot be read, or there are lists for nobody
     */
    AuthorityFiles(
            Optional<Path> bundle,
            Optional<Path> crl,
            boolean crlOfLeafOnly,
            PeerIdentity identity,
            Function<Optional<Path>, Optional<TrustAnchors>> anchors,
            Field field) {
        this.bundle = bundle;
        List<Path> files = Stream.concat(bundle.stream(), crl.stream()).toList();
        this.loaded = new Reloadable<>(files, () -> {
            Optional<TrustAnchors> read = anchors.apply(bundle);
            if (read.isEmpty() && crl.isPresent()) {
                throw field.at("crl").wrong("no trusted_ca beside it", "a trusted_ca, else no peer is verified");
            }
            Optional<RevocationLists> revoked =
                    crl.map(file -> RevocationLists.read(file, crlOfLeafOnly, read.orElseThrow(), field.at("crl")));
            return new Trust(read, revoked, identity);
        });
    }

    Reloadable<Trust> loaded() {
        return loaded;
    }

    Trust trust() {
        return loaded.value();
    }

    /** Empty where no file is named: the platform's authorities are not ours to look after. */
    Stream<CertificateState> state(User user) {
        return bundle.stream()
                .map(file -> new CertificateState(
                        file,
                        true,
                        trust().anchors().orElseThrow().certificates(),
                        List.of(user.toString()),
                        loaded.failures(),
                        loaded.error()));
    }
}
